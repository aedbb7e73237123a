"""A hint is never worse than none: what it says to write is what the type takes."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import pytest

from k8slint.objects.fields import dig

POD = "apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\nspec: {{{}}}"
DEPLOYMENT = "apiVersion: apps/v1\nkind: Deployment\n{}"
IN_TEMPLATE = (
    "metadata: {{name: web}}\nspec: {{selector: {{}}, template: {{spec: {{containers: [{{name: web}}], {}}}}}}}"
)
TERM = "affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: a, %s}]}}"
CONTAINERS = "containers: [{name: web, image: a}]"

# An object, and the end of what is said of its unknown field: which name, or which place.
HINTS = {
    "beside what it belongs in, which is empty": (
        POD.format(TERM % "labelSelector: null, matchLabels: {app: web}"),
        f"in spec.affinity.podAffinity.{'required'}DuringSchedulingIgnoredDuringExecution[0].labelSelector",
    ),
    "beside one of several that could hold it": (
        POD.format("volumes: [{name: a, configMap: {name: a}, items: [{key: a, path: a}]}]"),
        "in spec.volumes[0].configMap",
    ),
    "a number beside it": (
        POD.format("volumes: [{name: b}, {name: a, secret: {secretName: a}, defaultMode: 256}]"),
        "in spec.volumes[1].secret",
    ),
    "a common name beside what holds the rest": (
        POD.format("containers: [{name: a, env: [{name: A, valueFrom: {secretKeyRef: {name: a}, key: b}}]}]"),
        "in spec.containers[0].env[0].valueFrom.secretKeyRef",
    ),
    "a name without its metadata": ("apiVersion: v1\nkind: ConfigMap\nname: a\nmetadata:\n", "in metadata"),
    "a namespace beside metadata": (
        "apiVersion: v1\nkind: ConfigMap\nnamespace: a\nmetadata: {name: a}",
        "in metadata",
    ),
    "of a container, in the Pod": (POD.format(f"env: [{{name: a, value: b}}], {CONTAINERS}"), "in spec.containers[]"),
    "of a container, though there are others": (
        POD.format("image: a, initContainers: [{name: a}], containers: [{name: web}]"),
        "in spec.containers[]",
    ),
    "of the template, in the Deployment": (
        DEPLOYMENT.format("metadata: {name: web}\nspec: {containers: [{name: web, image: a}]}"),
        "in spec.template.spec",
    ),
    "of the Deployment, in the template": (
        DEPLOYMENT.format(IN_TEMPLATE.format("minReadySeconds: 2")),
        "in spec",
    ),
    "of the Deployment, outside of its spec": (
        DEPLOYMENT.format("metadata: {name: web}\nspec: {template: {}}\nreplicas: 2"),
        "in spec",
    ),
    "a security setting of the Pod": (POD.format(f"fsGroup: 1, {CONTAINERS}"), "in spec.securityContext"),
    "a security setting of a container, in the Pod": (
        POD.format(f"allowPrivilegeEscalation: false, {CONTAINERS}"),
        "in spec.containers[].securityContext",
    ),
    "a security setting of a container, among those of the Pod": (
        POD.format(f"securityContext: {{privileged: true}}, {CONTAINERS}"),
        "in spec.containers[].securityContext",
    ),
    "of a rolling update": (
        DEPLOYMENT.format("metadata: {name: web}\nspec: {strategy: {type: RollingUpdate, maxSurge: 1}}"),
        "in spec.strategy.rollingUpdate",
    ),
    "a list for the plural": (
        "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {port: [{port: 80}]}",
        '"ports"?',
    ),
    "a number for what is in the list": (
        "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {port: 80}",
        "in spec.ports[]",
    ),
    "a mapping for one of two": (
        DEPLOYMENT.format("metadata: {name: web}\nspec: {selector: {matchLabel: {app: web}}}"),
        '"matchLabels"?',
    ),
    "another name for it": (
        "apiVersion: apps/v1\nkind: DaemonSet\nspec: {strategy: {type: OnDelete}}",
        '"updateStrategy"?',
    ),
    "a level too deep in a mapping of texts": (
        POD.format("containers: [{name: a, resources: {limits: {cpu: 1, requests: {cpu: 1}}}}]"),
        "in spec.containers[0].resources",
    ),
    "annotations below labels": (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {a: b, annotations: {c: d}}}",
        "in metadata",
    ),
}
# Where every hint would be wrong.
SILENT = {
    "two places are as likely": POD.format(
        "volumes: [{name: a, configMap: {name: a}, secret: {secretName: a}, items: [{key: a, path: a}]}]"
    ),
    "no place holds such a value": POD.format("volumes: [{name: a, configMap: {name: a}, items: 3}]"),
    "the place is taken": POD.format(f"image: a, initContainers: [{{name: a}}], {CONTAINERS}"),
    "the near name is there": POD.format("containers: [{name: a, image: a, imag: b}]"),
    "the near name takes no such value": POD.format("containers: [{name: a, imag: [b]}]"),
    "the field is where it belongs already": DEPLOYMENT.format("spec: {replicas: 2, template: {spec: {replicas: 3}}}"),
    "another mapping is below the labels": POD.format("nodeSelector: {disk: {ssd: true}}"),
    "a list is no label": DEPLOYMENT.format("spec: {selector: {nodeSelectorTerms: [{a: b}]}}"),
}


def taken(data: dict[str, Any], path: tuple[str | int, ...], fix: str) -> dict[str, Any]:
    """The object with the field where the fix says."""
    data = copy.deepcopy(data)
    holder = dig(data, *path[:-1])
    value = holder.pop(path[-1])
    if fix.startswith("write "):
        holder[fix.removeprefix("write ")] = value
        return data
    place = fix.partition(" is a field of ")[2]
    inner: Any = data
    steps: list[Any] = [
        0 if step == "[]" else int(step) if step.isdigit() else step
        for step in ([] if place == "the object itself" else re.findall(r"[^.\[\]]+|\[\]", place))
    ]
    for step, then in zip(steps, [*steps[1:], ""], strict=True):
        if isinstance(inner, list) and not inner:
            inner.append({})
        empty: Any = [] if isinstance(then, int) else {}
        if not inner[step] if isinstance(step, int) else not inner.get(step):
            inner[step] = empty
        inner = inner[step]
    inner[path[-1]] = value
    return data


@pytest.mark.parametrize(("text", "expected"), HINTS.values(), ids=HINTS)
def test_a_hint_says_what_the_type_takes(check: Any, objects_in: Any, text: str, expected: str) -> None:
    problem = next(problem for problem in check(text) if problem.rule in ("unknown-field", "wrong-type"))
    assert problem.message.endswith(expected)
    (obj,) = objects_in(text)
    mended = taken(obj.data, problem.path, problem.fix)
    again = check(json.dumps(mended))
    assert not [each for each in again if each.rule in ("unknown-field", "wrong-type")]


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_nothing_is_suggested_where(check: Any, text: str) -> None:
    found = [problem for problem in check(text) if problem.rule in ("unknown-field", "wrong-type")]
    assert found
    assert not [each.message for each in found if "did you mean" in each.message or "belong" in each.message]
