"""Any data may arrive: no shape of an object or of a definition raises."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from k8slint.apiserver.create import create
from k8slint.apiserver.schemas import NEWEST, assumptions, coverage, schemas_for
from k8slint.objects.problem import Problem
from tests.build import definition, objects_of

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=4)
    | st.sampled_from(["object", "array", "string", "set", "map", "${A}", "1Gi", "2026-01-31"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(max_size=3)
            | st.sampled_from(
                [
                    "spec",
                    "type",
                    "properties",
                    "items",
                    "additionalProperties",
                    "default",
                    "nullable",
                    "enum",
                    "required",
                    "oneOf",
                    "anyOf",
                    "allOf",
                    "not",
                    "pattern",
                    "format",
                    "minimum",
                    "maximum",
                    "multipleOf",
                    "maxLength",
                    "minItems",
                    "x-kubernetes-list-type",
                    "x-kubernetes-list-map-keys",
                    "x-kubernetes-int-or-string",
                    "x-kubernetes-preserve-unknown-fields",
                    "x-kubernetes-embedded-resource",
                    "containers",
                    "resources",
                    "limits",
                    "template",
                    "metadata",
                    "labels",
                    "annotations",
                    "status",
                    "data",
                    "ports",
                    "env",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=25,
)
TYPES = [
    ("v1", "Pod"),
    ("v1", "Secret"),
    ("v1", "ConfigMap"),
    ("apps/v1", "Deployment"),
    ("v1", "Service"),
    ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
    ("coordination.k8s.io/v1", "Lease"),
    ("resource.k8s.io/v1", "ResourceClaim"),
    ("resource.k8s.io/v1", "ResourceSlice"),
]


def problems(*documents: Any) -> list[Problem]:
    objects = objects_of(*documents)
    crds = [obj for obj in objects if obj.kind == "CustomResourceDefinition"]
    schemas = schemas_for(NEWEST, crds)
    list(assumptions(schemas, objects))
    coverage(schemas, objects)
    found = [problem for obj in objects for problem in create(obj, schemas)]
    assert all(problem.rule and problem.message for problem in found)
    return found


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.sampled_from(TYPES), st.dictionaries(st.sampled_from(["spec", "data", "metadata", "x"]), ANYTHING, max_size=4)
)
def test_no_built_in_object_raises(gvk: tuple[str, str], data: dict[str, Any]) -> None:
    problems({"apiVersion": gvk[0], "kind": gvk[1], **data})


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(ANYTHING, ANYTHING)
def test_no_custom_resource_and_no_schema_raises(schema: Any, value: Any) -> None:
    own = {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "a"}, "spec": value}
    problems(definition({"type": "object", "properties": {"spec": schema}}), own)


@pytest.mark.parametrize("spec", [None, "text", [], [1], {"versions": {}}, {"versions": [None, 5]}, {"names": []}])
def test_no_definition_raises(spec: Any) -> None:
    crd = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "spec": spec}
    problems(crd, {"apiVersion": "example.com/v1", "kind": "Thing"})


def nested(depth: int, wrap: Any, leaf: Any) -> Any:
    for _ in range(depth):
        leaf = wrap(leaf)
    return leaf


def test_deep_objects_do_not_exhaust_the_stack() -> None:
    deep_data = nested(900, lambda inner: {"a": [inner]}, 1)
    assert problems({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {"nodeSelector": deep_data}})
    crd = definition({"type": "object", "properties": {"spec": {"type": "object"}}})
    own = {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "a"}, "spec": deep_data}
    assert [problem.rule for problem in problems(crd, own)] == ["unknown-field"]


def test_a_definition_that_nests_as_deep_as_a_file_may_is_followed_or_left_alone() -> None:
    by_field = nested(480, lambda inner: {"type": "object", "properties": {"a": inner}}, {"type": "string"})
    by_all_of = nested(480, lambda inner: {"allOf": [inner]}, {"type": "string"})
    data = nested(480, lambda inner: {"a": inner}, 5)
    own = {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "a"}, "spec": data}
    for schema in (by_field, by_all_of):
        problems(definition({"type": "object", "properties": {"spec": schema}}), own)


@pytest.mark.parametrize("depth", [100, 295])
def test_lists_in_lists_are_followed_to_the_deepest_schema(depth: int) -> None:
    schema = nested(depth, lambda inner: {"type": "array", "items": inner}, {"type": "string"})
    crd = definition({"type": "object", "properties": {"spec": schema}})
    own = {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "a"}}
    assert problems(crd, {**own, "spec": nested(depth, lambda inner: [inner], "x")}) == []
    (problem,) = problems(crd, {**own, "spec": nested(depth, lambda inner: [inner], 1)})
    assert problem.rule == "wrong-type"


def test_a_default_of_any_depth_is_filled_in() -> None:
    default = nested(900, lambda inner: {"a": inner}, 1)
    schema = {"type": "object", "properties": {"spec": {"type": "object", "default": default}}}
    problems(definition(schema), {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "a"}})
