"""Custom resources against the rules of their definition that are written in CEL."""

from __future__ import annotations

import json
from typing import Any

import pytest

from k8slint.apiserver.create import create, decode
from k8slint.apiserver.schemas import NEWEST, schemas_for
from k8slint.cel.engine import is_available

pytestmark = pytest.mark.skipif(not is_available(), reason="cel-expr-python is not installed: it is the extra `cel`")

CRD = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: backups.example.com}}
spec:
  group: example.com
  scope: Namespaced
  names: {{kind: Backup, plural: backups}}
  versions: [{{name: v1, served: true, storage: true, schema: {{openAPIV3Schema: {0}}}}}]
---
"""
TEXT, WHOLE, NUMBER = {"type": "string"}, {"type": "integer"}, {"type": "number"}
EITHER = {"x-kubernetes-int-or-string": True}


def a_mapping(**fields: Any) -> dict[str, Any]:
    return {"type": "object", "properties": fields}


def ruled(schema: dict[str, Any], rule: str, **more: Any) -> dict[str, Any]:
    return {**schema, "x-kubernetes-validations": [{"rule": rule, **more}]}


def backup(spec: dict[str, Any], value: str, *, metadata: str = "{name: a}", root: Any = None) -> str:
    schema = {"type": "object", "properties": {"spec": spec}, **(root or {})}
    return (
        CRD.format(json.dumps(schema))
        + f"apiVersion: example.com/v1\nkind: Backup\nmetadata: {metadata}\nspec: {value}\n"
    )


SIZE = ruled(a_mapping(size=WHOLE), "self.size < 3", message="too large")
BROKEN: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "a message": (SIZE, "{size: 3}", "invalid-value", "spec: Invalid value: too large"),
    "no message": (
        ruled(a_mapping(size=WHOLE), "self.size < 3"),
        "{size: 3}",
        "invalid-value",
        "spec: Invalid value: failed rule: self.size < 3",
    ),
    "an expression for a message": (
        ruled(a_mapping(a=WHOLE), "self.a < 3", messageExpression="string(self.a) + ' is too large'", message="not so"),
        "{a: 3}",
        "invalid-value",
        "spec: Invalid value: 3 is too large",
    ),
    "an expression for a message that fails": (
        ruled(a_mapping(a=WHOLE), "self.a < 3", messageExpression="self.b", message="not so"),
        "{a: 3}",
        "invalid-value",
        "spec: Invalid value: not so",
    ),
    "a scalar, with the value": (
        a_mapping(a=ruled(WHOLE, "self > 0", message="above zero")),
        "{a: -1}",
        "invalid-value",
        "spec.a: Invalid value: -1: above zero",
    ),
    "an item": (
        a_mapping(a={"type": "array", "items": ruled(TEXT, "self != 'x'", message="no x")}),
        "{a: [z, x]}",
        "invalid-value",
        'spec.a[1]: Invalid value: "x": no x',
    ),
    "a key of a map": (
        a_mapping(a={"type": "object", "additionalProperties": ruled(TEXT, "self != 'x'", message="no x")}),
        "{a: {k: x}}",
        "invalid-value",
        'spec.a[k]: Invalid value: "x": no x',
    ),
    "a field that is missing": (
        ruled(a_mapping(a=TEXT, b=TEXT), "has(self.a)", reason="FieldValueRequired", fieldPath=".a", message="say a"),
        "{b: x}",
        "required-field",
        "spec.a: Required value: say a",
    ),
    "a field that is forbidden": (
        ruled(a_mapping(a=TEXT), "!has(self.a)", reason="FieldValueForbidden", fieldPath="['a']", message="no a"),
        "{a: x}",
        "forbidden-field",
        "spec.a: Forbidden: no a",
    ),
    "a duplicate": (
        ruled(a_mapping(a=TEXT), "false", reason="FieldValueDuplicate", message="twice"),
        "{a: x}",
        "duplicate-value",
        "spec: Duplicate value: twice",
    ),
    "what the API server cannot evaluate": (
        ruled(a_mapping(a=TEXT, b=TEXT), "self.a == 'x'", message="a is x"),
        "{b: x}",
        "invalid-value",
        'spec: Invalid value: "object": no such key: a evaluating rule: a is x',
    ),
    "a default": (
        ruled(a_mapping(a={**TEXT, "default": "x"}, b=TEXT), "self.a != 'x'", message="not x"),
        "{b: z}",
        "invalid-value",
        "spec: Invalid value: not x",
    ),
    "an optional old self": (
        ruled(a_mapping(a=WHOLE), "oldSelf.hasValue() || self.a == 0", optionalOldSelf=True, message="start with 0"),
        "{a: 1}",
        "invalid-value",
        "spec: Invalid value: start with 0",
    ),
    "whole numbers of a number": (
        ruled(a_mapping(a=NUMBER), "type(self.a) == double && self.a > 2.5", message="above 2.5"),
        "{a: 2}",
        "invalid-value",
        "spec: Invalid value: above 2.5",
    ),
}


@pytest.mark.parametrize(("spec", "value", "rule", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_rule_is_told_as_the_api_server_does(check, spec, value, rule, message):
    (problem,) = check(backup(spec, value))
    assert (problem.rule, problem.message) == (rule, message)


def test_a_broken_rule_names_its_line_in_the_definition(check):
    (problem,) = check(backup(SIZE, "{size: 3}"))
    (related,) = problem.related
    start, end = related.obj.document.span((*related.obj.path, *related.path))
    assert related.obj.document.source.text[start:end] == '"self.size < 3"'
    assert related.message == "the rule that refuses it"


SOUND: dict[str, tuple[dict[str, Any], str]] = {
    "a kept rule": (SIZE, "{size: 2}"),
    "a rule of changes": (ruled(a_mapping(a=WHOLE), "self.a == oldSelf.a"), "{a: 1}"),
    "a null": (a_mapping(a=ruled({**TEXT, "nullable": True}, "self != ''")), "{a: null}"),
    "a field that is absent": (a_mapping(a=ruled(TEXT, "false"), b=TEXT), "{b: x}"),
    "a placeholder": (ruled(a_mapping(a=TEXT), "self.a == 'x'"), "{a: '${A}'}"),
    "a placeholder in an item": (
        ruled(a_mapping(a={"type": "array", "items": TEXT}), "self.a.all(x, x == 'x')"),
        "{a: ['{{ .x }}']}",
    ),
    "names that are escaped": (
        ruled(
            a_mapping(**{"a-b": WHOLE, "c.d/e": WHOLE, "namespace": TEXT, "f__g": WHOLE}),
            "self.a__dash__b == 1 && self.c__dot__d__slash__e == 2 && self.__namespace__ == 'x'"
            " && self.f__underscores__g == 3",
        ),
        "{a-b: 1, c.d/e: 2, namespace: x, f__g: 3}",
    ),
    "keys of a map, which are not": (
        ruled({"type": "object", "additionalProperties": WHOLE}, "self['a-b'] == 1 && self.all(k, k == 'a-b')"),
        "{a-b: 1}",
    ),
    "bytes": (ruled(a_mapping(a={**TEXT, "format": "byte"}), "self.a == b'abc'"), "{a: YWJj}"),
    "either": (ruled(a_mapping(a=EITHER, b=EITHER), "self.a == 80 && self.b == 'http'"), "{a: 80, b: http}"),
    "an expression that is none": (ruled(a_mapping(a=WHOLE), "  "), "{a: 1}"),
}


@pytest.mark.parametrize(("spec", "value"), SOUND.values(), ids=SOUND)
def test_what_keeps_the_rules_is_silent(check, spec, value):
    assert check(backup(spec, value)) == []


@pytest.mark.parametrize(
    ("value", "rules"),
    [
        ("{size: x}", ["wrong-type"]),
        ("{size: 5, sizze: 3}", ["unknown-field"]),
        ("{size: 3, low: -1}", ["invalid-value", "invalid-value"]),
    ],
)
def test_rules_are_asked_unless_the_schema_stops_before(check, value, rules):
    spec = a_mapping(size=WHOLE, low={**WHOLE, "minimum": 0})
    assert [each.rule for each in check(backup(ruled(spec, "self.size < 3"), value))] == rules


def test_the_root_has_a_name_even_if_it_is_generated(check):
    root = {"x-kubernetes-validations": [{"rule": "self.metadata.name.startsWith('a')", "message": "an a"}]}
    assert check(backup(a_mapping(), "{}", metadata="{generateName: a-}", root=root)) == []
    (problem,) = check(backup(a_mapping(), "{}", metadata="{name: b}", root=root))
    assert (problem.path, problem.message) == ((), "Invalid value: an a")


DECLINED = {
    "a time": (
        ruled(a_mapping(a={**TEXT, "format": "date-time"}), "self.a < timestamp('2026-01-31T00:00:00Z')"),
        "{a: '2027-01-31T00:00:00Z'}",
    ),
    "a list whose order means nothing": (
        ruled(a_mapping(a={"type": "array", "x-kubernetes-list-type": "set", "items": TEXT}), "self.a == ['x', 'z']"),
        "{a: [z, x]}",
    ),
    "a function that is not known": (ruled(a_mapping(a=TEXT), "self.a.unheardOf()"), "{a: x}"),
    "a loop in a loop": (
        ruled(a_mapping(a={"type": "array", "items": WHOLE}), "self.a.all(x, self.a.all(y, self.a.all(z, x != y)))"),
        f"{{a: {list(range(300))}}}",
    ),
}


@pytest.mark.parametrize(("spec", "value"), DECLINED.values(), ids=DECLINED)
def test_what_is_not_evaluated_is_counted_and_said_of_its_kind(objects_in, spec, value):
    crd, own = objects_in(backup(spec, value))
    schemas = schemas_for(NEWEST, [crd])
    assert decode(own, schemas).problems == []
    assert {kind: len(rules) for kind, rules in schemas.asked.unjudged.items()} == {"Backup.example.com/v1": 1}


def test_an_expression_that_is_none_is_an_error_of_its_definition(objects_in):
    spec = a_mapping(a=ruled(a_mapping(b=TEXT), "self.b ==", messageExpression="'x"))
    crd, _ = objects_in(backup(spec, "{}"))
    problems = [each for each in create(crd, schemas_for(NEWEST, [])) if each.rule == "invalid-value"]
    assert [each.path[-3:] for each in problems] == [
        ("x-kubernetes-validations", 0, "rule"),
        ("x-kubernetes-validations", 0, "messageExpression"),
    ]
    said = "compilation failed: ERROR: <input>:1:10: Syntax error: mismatched input '<EOF>'"
    assert problems[0].message.endswith(said)


def test_a_rule_of_a_definition_that_names_a_field_without_self_is_an_error(objects_in):
    crd, _ = objects_in(backup(a_mapping(a=ruled(a_mapping(b=TEXT), "b == 'x'")), "{}"))
    (problem,) = [each for each in create(crd, schemas_for(NEWEST, [])) if each.rule == "invalid-value"]
    assert problem.message.endswith("ERROR: <input>:1:1: undeclared reference to 'b' (in container '')")
    assert problem.fix == "write self before the name of a field, as self.replicas"


def test_sound_expressions_of_a_definition_are_silent(objects_in):
    spec = ruled(a_mapping(a=TEXT), "self.a.unheardOf() || self.b", messageExpression="'x'")
    crd, _ = objects_in(backup(spec, "{}"))
    assert [each for each in create(crd, schemas_for(NEWEST, [])) if each.rule == "invalid-value"] == []
