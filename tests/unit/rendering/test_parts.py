"""The parts of a rendering that have a meaning of their own: hashes, selectors, merges, paths of fields."""

from __future__ import annotations

import pytest

from k8slint.loading.document import Document, Source
from k8slint.rendering.field_paths import steps_of
from k8slint.rendering.hashing import hash_of
from k8slint.rendering.merge import Cell, merged
from k8slint.rendering.merge_keys import BUILT_IN, merge_keys_of
from k8slint.rendering.origin import Origin
from k8slint.rendering.problems import Refused
from k8slint.rendering.resource import Resource
from k8slint.rendering.selectors import label_selector, selector_of
from k8slint.rendering.transformers.images import parts_of

NOWHERE = Origin(Document(Source("a.yaml", ""), 0, 0, None, None))


def resource(**data):
    return Resource({"apiVersion": "v1", "metadata": {"name": "a"}, **data}, NOWHERE.copy())


@pytest.mark.parametrize(
    ("data", "suffix"),
    [
        ({"kind": "ConfigMap", "data": {"a": "1"}}, "h29d89cmmt"),
        ({"kind": "ConfigMap"}, "6ct58987ht"),
        ({"kind": "Secret", "type": "Opaque", "data": {"a": "MQ=="}}, "25khgmg44c"),
        ({"kind": "Secret", "type": "other", "data": {"a": "MQ=="}}, "762c6cbktm"),
    ],
)
def test_hash(data, suffix):
    assert hash_of(resource(**data)) == suffix


def test_the_name_does_not_count_in_the_hash():
    one = resource(kind="ConfigMap", data={"a": "1"})
    one.data["metadata"] = {"name": "other", "labels": {"x": "y"}}
    assert hash_of(one) == "h29d89cmmt"


@pytest.mark.parametrize(
    ("text", "labels", "matches"),
    [
        ("a=b", {"a": "b"}, True),
        ("a==b,c!=d", {"a": "b"}, True),
        ("a in (x, y),!old", {"a": "y"}, True),
        ("a notin (x)", {"a": "x"}, False),
        ("a", {}, False),
        ("!a", {}, True),
    ],
)
def test_label_selectors(text, labels, matches):
    assert label_selector(text, NOWHERE).matches(labels) is matches


@pytest.mark.parametrize("text", ["a=b=c", "a in b", ",,", "(a)"])
def test_a_text_that_is_no_selector_is_refused(text):
    with pytest.raises(Refused, match="unable to parse the selector"):
        label_selector(text, NOWHERE)


def test_a_target_is_anchored_and_searched_in_linear_time():
    selector = selector_of({"name": "(a+)+|b.*", "kind": "Config"}, NOWHERE)
    assert selector.takes_name("a" * 1_000)
    assert not selector.takes_name("a" * 1_000 + "c")
    assert not selector.takes_type(resource(kind="ConfigMap").gvk)
    with pytest.raises(Refused, match="error parsing regexp"):
        selector_of({"name": "("}, NOWHERE)


def test_what_a_patch_does_not_touch_keeps_its_identity():
    untouched = {"args": ["x"]}
    target = resource(kind="Foo", spec=untouched)
    patch = resource(kind="Foo", more={"a": 1})
    result = merged(Cell(target.data, target.origin), Cell(patch.data, patch.origin), BUILT_IN)
    assert result["spec"] is untouched
    assert result["more"] == {"a": 1}


def test_a_mapping_in_the_place_of_a_list_is_refused():
    target, patch = resource(kind="Foo", spec=[1]), resource(kind="Foo", spec={"a": 1})
    with pytest.raises(Refused, match="the patch has a mapping where a list is"):
        merged(Cell(target.data, target.origin), Cell(patch.data, patch.origin), BUILT_IN)


def test_merge_keys_of_built_in_kinds():
    pod = BUILT_IN.field(BUILT_IN.of_kind("v1", "Pod"), "spec")
    assert BUILT_IN.field(pod, "volumes").keys == ("name",)
    assert BUILT_IN.field(BUILT_IN.item(BUILT_IN.field(pod, "containers")), "ports").keys == (
        "containerPort",
        "protocol",
    )
    assert BUILT_IN.of_kind("autoscaling/v2", "HorizontalPodAutoscaler") is None


@pytest.mark.parametrize("schema", [None, [], {"definitions": 1}, {"definitions": {"a": 1, "b": {"properties": []}}}])
def test_a_schema_of_any_shape_is_read(schema):
    assert merge_keys_of(schema).of_kind("v1", "Pod") is None


def test_steps_of_paths():
    assert steps_of("spec.containers.[name=a.b].image") == ["spec", "containers", "[name=a.b]", "image"]
    assert steps_of(r"metadata.annotations.example\.org/x") == ["metadata", "annotations", "example.org/x"]


@pytest.mark.parametrize(
    ("image", "parts"),
    [
        ("nginx", ("nginx", "", "")),
        ("example.org:5000/a/b:1", ("example.org:5000/a/b", "1", "")),
        ("a@sha256:0", ("a", "", "sha256:0")),
    ],
)
def test_parts_of_images(image, parts):
    assert parts_of(image) == parts
