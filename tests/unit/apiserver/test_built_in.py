from __future__ import annotations

from typing import Any

import pytest

from k8slint.objects.problem import Place

POD = """
apiVersion: v1
kind: Pod
metadata: {{name: web}}
spec:
  containers:
    - name: web
      image: nginx:1.27
      {0}
"""
CASES: dict[str, tuple[str, str, tuple[str | int, ...], str]] = {
    "a misspelt field is told with its neighbour": (
        "imagePullPolcy: Always",
        "unknown-field",
        ("imagePullPolcy",),
        'unknown field "spec.containers[0].imagePullPolcy", did you mean "imagePullPolicy"?',
    ),
    "names are case-sensitive": (
        "Command: [ls]",
        "unknown-field",
        ("Command",),
        'unknown field "spec.containers[0].Command", did you mean "command"?',
    ),
    "a misplaced field is told where it belongs": (
        "runAsUser: 0",
        "unknown-field",
        ("runAsUser",),
        "runAsUser belongs in spec.containers[0].securityContext",
    ),
    "text for a list": ("command: ls", "wrong-type", ("command",), 'expected a list, found the string "ls"'),
    "a mapping for a list": ("ports: {a: b}", "wrong-type", ("ports",), "expected a list, found a mapping"),
    "a list for a mapping": ("resources: []", "wrong-type", ("resources",), "expected a mapping, found a list"),
    "text in quotes for a boolean": (
        'tty: "true"',
        "wrong-type",
        ("tty",),
        'expected true or false, found the string "true"',
    ),
    "a number in quotes for a number": (
        'ports: [{containerPort: "80"}]',
        "wrong-type",
        ("ports", 0, "containerPort"),
        'expected an integer, found the string "80"',
    ),
    "a fraction for an integer": (
        "ports: [{containerPort: 80.5}]",
        "wrong-type",
        ("ports", 0, "containerPort"),
        "found the number 80.5",
    ),
    "a boolean for an integer": (
        "ports: [{containerPort: true}]",
        "wrong-type",
        ("ports", 0, "containerPort"),
        "found the boolean true",
    ),
    "an integer over 32 bits": (
        "ports: [{containerPort: 2147483648}]",
        "wrong-type",
        ("ports", 0, "containerPort"),
        "2147483648 does not fit into a 32-bit integer",
    ),
    "an item of another type": ("args: [a, [b]]", "wrong-type", ("args", 1), "expected a string, found a list"),
    "a port that is a fraction": (
        "livenessProbe: {httpGet: {port: 1.5}}",
        "wrong-type",
        ("livenessProbe", "httpGet", "port"),
        "expected an integer or a string, found the number 1.5",
    ),
    "an amount with a wrong unit": (
        "resources: {limits: {memory: 1GB}}",
        "invalid-value",
        ("resources", "limits", "memory"),
        'invalid quantity "1GB"',
    ),
    "an amount that is a boolean": (
        "resources: {limits: {cpu: true}}",
        "wrong-type",
        ("resources", "limits", "cpu"),
        "expected a quantity",
    ),
    "the environment takes no number": (
        "env: [{name: A, value: 5}]",
        "wrong-type",
        ("env", 0, "value"),
        "expected a string, found the number 5",
    ),
    "nor a boolean": (
        "env: [{name: A, value: true}]",
        "wrong-type",
        ("env", 0, "value"),
        "found the boolean true",
    ),
    "a word that YAML 1.1 has for a boolean": (
        "env: [{name: A, value: off}]",
        "ambiguous-scalar",
        ("env", 0, "value"),
        "off is read as the boolean false",
    ),
    "an octal number for text": (
        "env: [{name: A, value: 0755}]",
        "ambiguous-scalar",
        ("env", 0, "value"),
        "0755 is read as the number 493",
    ),
    "a version that loses its last digit": (
        "env: [{name: A, value: 1.10}]",
        "ambiguous-scalar",
        ("env", 0, "value"),
        "1.10 is read as the number 1.1",
    ),
    "an exponent for text": (
        "env: [{name: A, value: 1e3}]",
        "ambiguous-scalar",
        ("env", 0, "value"),
        "1e3 is read as the number 1000",
    ),
    "a hexadecimal number for text": (
        "env: [{name: A, value: 0x1F}]",
        "ambiguous-scalar",
        ("env", 0, "value"),
        "0x1F is read as the number 31",
    ),
    "digits with underscores for text": (
        "env: [{name: A, value: 1_000}]",
        "ambiguous-scalar",
        ("env", 0, "value"),
        "1_000 is read as the number 1000",
    ),
}


@pytest.mark.parametrize(("line", "kind", "path", "message"), CASES.values(), ids=CASES)
def test_one_problem_is_found_at_its_place(check: Any, line: str, kind: str, path: Any, message: str) -> None:
    (problem,) = check(POD.format(line))
    assert (problem.rule, problem.path) == (kind, ("spec", "containers", 0, *path))
    assert message in problem.message
    assert (problem.place is Place.KEY) == (kind == "unknown-field")


SOUND = {
    "null everywhere": "ports: null\n      tty: null\n      env: [{name: A, value: null}]\n      args: [null]",
    "integers written as floats": "ports: [{containerPort: 80.0}]",
    "amounts as numbers and with spaces": 'resources: {limits: {cpu: 0.5, memory: 1e9, ephemeral-storage: " 1Gi "}}',
    "ports by name or number": "livenessProbe: {httpGet: {port: http}}\n      readinessProbe: {tcpSocket: {port: 80}}",
    "templates for numbers and booleans": 'tty: "{{ .Values.tty }}"\n      ports: [{containerPort: "${PORT}"}]',
    "templates for words": "imagePullPolicy: $(POLICY)\n      terminationMessagePolicy: <your policy>",
    "an empty word where the field is no pointer": 'imagePullPolicy: ""',
    "a field whose name is a template": '"{{ key }}": x',
    "a directive of a patch": "$patch: delete",
    "text in quotes": 'env: [{name: A, value: "no"}, {name: B, value: "0755"}, {name: C, value: "8080"}]',
}


@pytest.mark.parametrize("line", SOUND.values(), ids=SOUND)
def test_nothing_is_found_in(check: Any, line: str) -> None:
    assert check(POD.format(line)) == []


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {resources: {}}}", 32),
        ("{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {hostnameOverride: a}}", 34),
        ("{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {evictionResponders: []}}", 37),
    ],
    ids=["pod-level resources", "hostnameOverride", "evictionResponders"],
)
def test_what_a_minor_added_is_wrong_before_it(check: Any, text: str, first: int) -> None:
    assert len(check(text, first - 1)) == 1
    assert check(text, first) == []


def test_a_field_that_a_minor_took_away_is_told_so(check: Any) -> None:
    (problem,) = check("{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {workloadRef: {}}}", 36)
    assert problem.message == 'unknown field "spec.workloadRef"; it is gone since 1.36'


def test_a_field_of_another_version_of_the_api_is_told_so(check: Any) -> None:
    (problem,) = check("{apiVersion: autoscaling/v1, kind: HorizontalPodAutoscaler, spec: {metrics: []}}")
    assert problem.message == 'unknown field "spec.metrics"; autoscaling/v2 has it'


def test_labels_straight_below_a_selector_are_told_where_they_go(check: Any) -> None:
    (problem,) = check("{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {selector: {app: web}}}")
    assert problem.fix == "move it: app belongs below matchLabels"


def test_a_secret_keeps_its_values_to_itself(check: Any) -> None:
    problems = check(
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: a}
        data: {one: 31337, two: [s3cret]}
        stringData: {three: 0755, four: true, five: {a: s3cret}}
        """
    )
    assert sorted(problem.rule for problem in problems) == ["ambiguous-scalar"] + ["wrong-type"] * 4
    assert all(problem.place is Place.SECRET for problem in problems)
    told = " ".join(problem.message + problem.fix for problem in problems)
    assert not any(value in told for value in ("31337", "s3cret", "0755", "493"))


def test_bytes_are_checked_outside_of_secrets_and_never_shown(check: Any) -> None:
    (problem,) = check("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, binaryData: {a: not-base64, b: aGk=}}")
    assert (problem.rule, problem.path) == ("invalid-value", ("binaryData", "a"))
    assert "not-base64" not in problem.message
    assert check("{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {a: not-base64}}") == []


def test_at_most_a_hundred_problems_are_told_of_an_object(check: Any) -> None:
    fields = ", ".join(f"f{number}x: 1" for number in range(300))
    assert len(check(f"{{apiVersion: v1, kind: Pod, metadata: {{name: a}}, spec: {{{fields}}}}}")) == 100


def test_the_schema_of_a_crd_is_typed_and_below_its_unions_only_as_far_as_the_server_looks(check: Any) -> None:
    problems = check(
        """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: backups.example.com}
        spec:
          group: example.com
          scope: Namespaced
          names: {kind: Backup, plural: backups}
          versions:
            - name: v1
              served: true
              storage: true
              schema:
                openAPIV3Schema:
                  type: object
                  properties:
                    a: {type: string, nulable: true, default: {any: [thing]}}
                    b: {type: array, items: {type: string, patern: x}}
                    c: {type: object, additionalProperties: maybe}
                    d: {type: array, items: {type: 5}}
                    e: {type: object, additionalProperties: true, example: 1}
        """
    )
    base = "spec.versions.0.schema.openAPIV3Schema.properties"
    assert {(problem.rule, ".".join(map(str, problem.path))) for problem in problems} == {
        ("unknown-field", f"{base}.a.nulable"),
        ("wrong-type", f"{base}.c.additionalProperties"),
        ("wrong-type", f"{base}.d.items.type"),
    }
