from __future__ import annotations

import json
from typing import Any

import pytest

from k8slint.apiserver.create import create
from k8slint.apiserver.schemas import NEWEST, assumptions, coverage, schemas_for

CRD = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: backups.example.com}}
spec:
  group: example.com
  scope: Namespaced
  names: {{kind: Backup, plural: backups}}
  {0}
  versions:
    - name: v1
      served: true
      storage: true
      {1}
      schema: {{openAPIV3Schema: {2}}}
---
"""


def backup(spec: dict[str, Any], value: str, *, crd: str = "", version: str = "") -> str:
    schema = json.dumps({"type": "object", "properties": {"spec": spec}})
    own = f"apiVersion: example.com/v1\nkind: Backup\nmetadata: {{name: a}}\nspec: {value}\n"
    return CRD.format(crd, version, schema) + own


RULES = "CEL rules (x-kubernetes-validations) of CustomResourceDefinitions (pip install k8slint[cel] evaluates them)"
TEXT, WHOLE, KEPT = {"type": "string"}, {"type": "integer"}, {"x-kubernetes-preserve-unknown-fields": True}
EITHER = {"x-kubernetes-int-or-string": True}


def a_mapping(**fields: Any) -> dict[str, Any]:
    return {"type": "object", "properties": fields}


WRONG: dict[str, tuple[dict[str, Any], str, str, str, str]] = {
    "an unknown field": (a_mapping(keep=WHOLE), "{kepp: 1}", "unknown-field", "spec.kepp", 'did you mean "keep"?'),
    "an unknown field in an item": (
        a_mapping(a={"type": "array", "items": a_mapping(b=TEXT)}),
        "{a: [{b: x}, {c: x}]}",
        "unknown-field",
        "spec.a.1.c",
        'unknown field "spec.a[1].c"; the fields here are b',
    ),
    "an unknown field below one that keeps what is around it": (
        {**a_mapping(a=a_mapping(b=TEXT)), **KEPT},
        "{z: {y: 1}, a: {c: 1}}",
        "unknown-field",
        "spec.a.c",
        "spec.a.c",
    ),
    "a mapping where the schema says any value": (
        {"type": "object", "additionalProperties": True},
        "{a: {b: 1}}",
        "unknown-field",
        "spec.a.b",
        "spec.a.b",
    ),
    "text for a number": (WHOLE, "x", "wrong-type", "spec", 'expected an integer, found the string "x"'),
    "a fraction for an integer": (WHOLE, "1.5", "wrong-type", "spec", "expected an integer"),
    "a boolean for a number": ({"type": "number"}, "true", "wrong-type", "spec", "expected a number"),
    "a list for a mapping": (a_mapping(a=TEXT), "[]", "wrong-type", "spec", "expected a mapping, found a list"),
    "a number for text": (TEXT, "5", "wrong-type", "spec", "expected a string, found the number 5"),
    "an unquoted word for text": (TEXT, "no", "ambiguous-scalar", "spec", "no is read as the boolean false"),
    "a boolean for a number or text": (EITHER, "true", "wrong-type", "spec", "expected an integer or a string"),
    "null in a list": ({"type": "array", "items": TEXT}, "[null]", "wrong-type", "spec.0", "found null"),
    "null in a list of numbers or texts": ({"type": "array", "items": EITHER}, "[~]", "wrong-type", "spec.0", "null"),
    "null for what may be null but is not among the words": (
        {**TEXT, "nullable": True, "enum": ["a"]},
        "null",
        "unsupported-value",
        "spec",
        '"null"',
    ),
    "a required field": (
        {**a_mapping(a=TEXT), "required": ["a"]},
        "{}",
        "required-field",
        "spec.a",
        "spec.a: Required value",
    ),
    "a required field that is null": (
        {**a_mapping(a=TEXT), "required": ["a"]},
        "{a: null}",
        "required-field",
        "spec.a",
        "spec.a: Required value",
    ),
    "another word": ({**TEXT, "enum": ["Full", "Part"]}, "full", "unsupported-value", "spec", 'did you mean "Full"?'),
    "text for a true number among words": ({"enum": [1]}, "true", "unsupported-value", "spec", '"true"'),
    "a text without the pattern": (
        {**TEXT, "pattern": "^a$"},
        '"a\\n"',
        "invalid-value",
        "spec",
        "should match '^a$'",
    ),
    "a number over the bound": ({**WHOLE, "maximum": 5}, "6", "invalid-value", "spec", "less than or equal to 5"),
    "a number on an open bound": (
        {**WHOLE, "maximum": 5, "exclusiveMaximum": True},
        "5",
        "invalid-value",
        "spec",
        "should be less than 5",
    ),
    "a number under the bound": ({**WHOLE, "minimum": 5}, "4", "invalid-value", "spec", "greater than or equal to 5"),
    "no multiple": ({"type": "number", "multipleOf": 0.1}, "0.25", "invalid-value", "spec", "a multiple of 0.1"),
    "a text too short": ({**TEXT, "minLength": 2}, "a", "invalid-value", "spec", "at least 2 chars long"),
    "a text too long": ({**TEXT, "maxLength": 2}, "abc", "too-long", "spec", "Too long: may not be more than 2 bytes"),
    "too many items": ({"type": "array", "items": WHOLE, "maxItems": 1}, "[1, 2]", "too-long", "spec", "Too many: 2"),
    "too many keys": (
        {"type": "object", "additionalProperties": WHOLE, "maxProperties": 1},
        "{a: 1, b: 2}",
        "too-long",
        "spec",
        "Too many: 2",
    ),
    "none of the alternatives": (
        {**EITHER, "anyOf": [{**WHOLE}, {**TEXT, "pattern": "%$"}]},
        "ten",
        "invalid-value",
        "spec",
        "must validate at least one schema (anyOf)",
    ),
    "none of those that only ask for fields": (
        {**a_mapping(a=TEXT, b=TEXT), "anyOf": [{"required": ["a"]}, {"required": ["b"]}]},
        "{}",
        "invalid-value",
        "spec",
        "set at least one of a, b",
    ),
    "what must not be": (
        {**a_mapping(a=TEXT), "not": {"required": ["a"]}},
        "{a: x}",
        "invalid-value",
        "spec",
        "(not)",
    ),
    "a part of allOf": (
        {**a_mapping(a=WHOLE), "allOf": [{"properties": {"a": {"minimum": 3}}}]},
        "{a: 1}",
        "invalid-value",
        "spec.a",
        "greater than or equal to 3",
    ),
    "an item of a set twice": (
        {"type": "array", "items": TEXT, "x-kubernetes-list-type": "set"},
        "[a, b, a, a]",
        "duplicate-value",
        "spec.2",
        'Duplicate value: "a"',
    ),
    "an embedded object without its type": (
        {"type": "object", "x-kubernetes-embedded-resource": True, **KEPT},
        "{kind: Pod}",
        "required-field",
        "spec.apiVersion",
        "spec.apiVersion: Required value",
    ),
    "a default that itself breaks the schema's bound": (
        a_mapping(a={**WHOLE, "default": 1, "minimum": 2}),
        "{}",
        "invalid-value",
        "spec.a",
        "greater than or equal to 2",
    ),
}


@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG)
def test_one_problem_is_found_for(check: Any, case: tuple[Any, str, str, str, str]) -> None:
    schema, value, kind, path, message = case
    (problem,) = check(backup(schema, value))
    assert (problem.rule, ".".join(map(str, problem.path))) == (kind, path)
    assert message in problem.message


SOUND: dict[str, tuple[dict[str, Any], str]] = {
    "null where there is a default": (a_mapping(a={**WHOLE, "default": 1}), "{a: null}"),
    "null that is dropped": (a_mapping(a=WHOLE), "{a: null}"),
    "null that is allowed": ({"type": "array", "items": {**WHOLE, "nullable": True}}, "[null]"),
    "null among the words": ({**TEXT, "nullable": True, "enum": ["a", None]}, "null"),
    "a required field with a default": ({**a_mapping(a={**TEXT, "default": "x"}), "required": ["a"]}, "{}"),
    "a number or text": ({"type": "array", "items": EITHER}, "[1, a, 80%]"),
    "a whole number written as a float": (WHOLE, "3.0"),
    "an integer for a number": ({"type": "number"}, "3"),
    "unknown fields that are kept": ({"type": "object", **KEPT}, "{a: {b: [{c: 1}]}}"),
    "any key": ({"type": "object", "additionalProperties": TEXT}, "{a: x, b: z}"),
    "metadata of an embedded object": (
        {**a_mapping(spec=a_mapping()), "x-kubernetes-embedded-resource": True},
        "{apiVersion: v1, kind: Pod, metadata: {name: a, whatever: 1}, spec: {}}",
    ),
    "templates": (a_mapping(a=WHOLE, b={**TEXT, "pattern": "^x$"}), '{a: "{{ .a }}", b: "${B}"}'),
    "a pattern that RE2 refuses": ({**TEXT, "pattern": "(?=a)b"}, "x"),
    "a format nobody knows": ({**TEXT, "format": "colour"}, "x"),
    "items of a list that are alike": ({"type": "array", "items": TEXT}, "[a, a]"),
    "characters of several bytes": ({**TEXT, "maxLength": 2}, "äö"),
    "a fraction that floats blur": ({"type": "number", "multipleOf": 0.1}, "0.3"),
}


@pytest.mark.parametrize(("schema", "value"), SOUND.values(), ids=SOUND)
def test_nothing_is_found_in(check: Any, schema: Any, value: str) -> None:
    assert check(backup(schema, value)) == []


def test_metadata_is_typed_where_the_crd_is_known(check: Any) -> None:
    text = backup(a_mapping(), "{}").replace("metadata: {name: a}", "metadata: {name: a, lables: {}, labels: {a: 1}}")
    assert {(p.rule, p.path) for p in check(text)} == {
        ("unknown-field", ("metadata", "lables")),
        ("wrong-type", ("metadata", "labels", "a")),
    }


def test_metadata_of_a_kind_without_crd_is_held_to_the_types_of_labels_only(check: Any) -> None:
    text = "{apiVersion: example.com/v1, kind: Backup, metadata: {name: a, tags: [x], labels: {v: 1.10}}}"
    (problem,) = check(text)
    assert (problem.rule, problem.path) == ("ambiguous-scalar", ("metadata", "labels", "v"))


def test_metadata_that_is_no_mapping_is_wrong_where_the_crd_is_known(check: Any) -> None:
    (problem,) = check(backup(a_mapping(), "{}").replace("metadata: {name: a}", "metadata: a"))
    assert (problem.rule, problem.path) == ("wrong-type", ("metadata",))


def test_a_status_that_applying_takes_off_is_not_judged(check: Any) -> None:
    text = backup(a_mapping(), "{}\nstatus: {phase: 5}", version="subresources: {status: {}}")
    assert [p.rule for p in check(text)] == ["unknown-field"]


def test_of_several_definitions_one_that_takes_the_object_suffices(check: Any) -> None:
    old = backup(a_mapping(a=TEXT), "{}").partition("---\n")[0]
    assert check(old + "---\n" + backup(a_mapping(a=TEXT, b=TEXT), "{b: x}")) == []


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (("a.yaml", "apps/a.yaml", "apps/web/a.yaml"), "apps/web/a.yaml"),
        (("crds/a.yaml", "apps/crds/a.yaml"), "apps/crds/a.yaml"),
        (("apps/web/crds/a.yaml", "apps/a.yaml"), "apps/web/crds/a.yaml"),
        (("crds/all/a.yaml", "crds/a.yaml"), "crds/a.yaml"),
        (("./apps/./web/a.yaml", "a.yaml"), "./apps/./web/a.yaml"),
        (("apps-2/a.yaml", "a.yaml"), "a.yaml"),
    ],
)
def test_of_several_definitions_that_refuse_it_the_nearest_is_named(
    objects_in: Any, files: tuple[str, ...], expected: str
) -> None:
    crds = [objects_in(backup({**WHOLE, "maximum": 5}, "9"), name)[0] for name in files]
    (_, obj) = objects_in(backup(WHOLE, "9"), "apps/web/obj.yaml")
    for further in ([], objects_in(backup({**WHOLE, "maximum": 5}, "9"), "apps/web/settings.yaml")[:1]):
        (problem,) = create(obj, schemas_for(NEWEST, crds, further))
        assert problem.related[0].obj.document.source.name == expected


@pytest.mark.parametrize(
    ("schema", "value", "keyword"),
    [
        ({**WHOLE, "maximum": 5}, "9", "5"),
        (a_mapping(a={**TEXT, "enum": ["x"]}), "{a: q}", "enum"),
        (a_mapping(a={"type": "array", "items": {**TEXT, "pattern": "^z$"}}), "{a: [q]}", "^z$"),
        (a_mapping(a={"allOf": [{"minLength": 7}], **TEXT}), "{a: q}", "7"),
        (a_mapping(a=TEXT), "{b: y}", "properties"),
        ({**a_mapping(a=TEXT), "required": ["a"]}, "{}", "required"),
        ({"type": "array", "items": TEXT, "x-kubernetes-list-type": "set"}, "[a, a]", "set"),
    ],
)
def test_the_part_of_the_schema_that_refuses_a_value_is_shown(
    check: Any, schema: dict[str, Any], value: str, keyword: str
) -> None:
    (problem,) = check(backup(schema, value))
    (related,) = problem.related
    start, end = related.obj.document.span((*related.obj.path, *related.path))
    assert keyword in related.obj.document.source.text[start:end]
    assert related.path[:5] == ("spec", "versions", 0, "schema", "openAPIV3Schema")


def test_a_version_that_is_not_served_is_told_with_those_that_are(check: Any) -> None:
    (problem,) = check(backup(a_mapping(), "{}").replace("example.com/v1\n", "example.com/v2\n"))
    assert (problem.rule, problem.path) == ("unknown-kind", ("apiVersion",))
    assert problem.message.endswith('has no version "v2": its CustomResourceDefinition serves v1')


def test_a_deprecated_version_warns_in_its_own_words(check: Any) -> None:
    plain = check(backup(a_mapping(), "{}", version="deprecated: true"))
    assert [(p.rule, p.message) for p in plain] == [("deprecated-api", "example.com/v1 Backup is deprecated")]
    own = check(backup(a_mapping(), "{}", version="deprecated: true\n      deprecationWarning: gone soon"))
    assert [p.message for p in own] == ["gone soon"]


def test_definitions_that_keep_unknown_fields_are_believed(check: Any) -> None:
    assert check(backup(a_mapping(), "{a: 1}", crd="preserveUnknownFields: true")) == []


def test_a_pattern_cannot_make_us_wait(check: Any) -> None:
    (problem,) = check(backup({**TEXT, "pattern": "^(a+)+$"}, "a" * 40_000 + "b"))
    assert problem.rule == "invalid-value"


def test_what_is_not_checked_is_said(objects_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("k8slint.cel.engine.is_available", lambda: False)
    rules = {**a_mapping(a=WHOLE), "x-kubernetes-validations": [{"rule": "self.a > 0"}]}
    text = backup(rules, "{a: 1}") + "".join(
        f"---\napiVersion: {version}\nkind: {kind}\nmetadata: {{name: a}}\n"
        for version, kind in (
            ("cert-manager.io/v1", "Certificate"),
            ("cert-manager.io/v1", "Certificate"),
            ("acme.io/v1", "Order"),
            ("v1", "ConfigMap"),
            ("kustomize.config.k8s.io/v1beta1", "Kustomization"),
            ("rbac/v1", "Role"),
        )
    )
    objects = objects_in(text)
    crds = [obj for obj in objects if obj.kind == "CustomResourceDefinition"]
    schemas = schemas_for(NEWEST, crds)
    assert list(assumptions(schemas, objects)) == [
        (
            "CEL expressions (pip install k8slint[cel] compiles them) are not compiled",
            "CustomResourceDefinition.apiextensions.k8s.io",
        ),
        (f"{RULES} are not evaluated", "Backup.example.com/v1"),
    ]
    assert coverage(schemas, objects) == (
        (("Kustomization", 1),),
        (("Certificate.cert-manager.io/v1", 2), ("Order.acme.io/v1", 1)),
        (("Backup.example.com/v1", 1),),
    )
