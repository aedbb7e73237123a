"""The first look at custom resources changes nothing of what is said of them; our patterns are those of RE2."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k8slint.apiserver.create import create
from k8slint.apiserver.custom import custom_resource as custom
from k8slint.apiserver.custom.automaton import Automaton
from k8slint.apiserver.custom.expressions import DeclinedError
from k8slint.apiserver.schemas import NEWEST, schemas_for
from tests.build import definition, objects_of

NAMES = st.sampled_from(["a", "b", "c", "kind", "metadata"])
WORDS = st.sampled_from(["x", "y", "long word", "1"])
SCALARS = st.one_of(WORDS, st.integers(0, 3), st.sampled_from([1.5, True, None]))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=6,
)
FLAG = st.one_of(
    st.fixed_dictionaries({"nullable": st.booleans()}),
    st.fixed_dictionaries({"default": VALUES}),
    st.fixed_dictionaries({"enum": st.lists(SCALARS, min_size=1, max_size=3)}),
    st.just({"x-kubernetes-preserve-unknown-fields": True}),
    st.just({"x-kubernetes-embedded-resource": True}),
    st.just({"x-kubernetes-int-or-string": True}),
)
FLAGS = st.one_of(st.just({}), st.just({}), FLAG)
LEAVES = st.one_of(
    st.fixed_dictionaries({"type": st.just("string")}, optional={"pattern": WORDS, "maxLength": st.integers(0, 4)}),
    st.fixed_dictionaries({"type": st.just("integer")}, optional={"maximum": st.integers(0, 3)}),
    st.just({"x-kubernetes-int-or-string": True, "anyOf": [{"type": "integer"}, {"type": "string"}]}),
    st.just({}),
)


def collections_of(schemas):
    properties = st.dictionaries(NAMES, schemas, max_size=3)
    required = st.lists(NAMES, max_size=2, unique=True)
    count = st.integers(0, 2)
    mappings = st.fixed_dictionaries(
        {"type": st.just("object"), "properties": properties},
        optional={"required": required, "additionalProperties": st.one_of(schemas, st.booleans())},
    )
    weighed = st.fixed_dictionaries(
        {"type": st.just("object"), "properties": properties},
        optional={
            "minProperties": count,
            "maxProperties": count,
            "oneOf": st.lists(st.fixed_dictionaries({"required": required}), min_size=1, max_size=2),
            "not": st.fixed_dictionaries({"required": required}),
        },
    )
    lists = st.fixed_dictionaries(
        {"type": st.just("array"), "items": schemas},
        optional={"minItems": count, "maxItems": count},
    )
    keyed = st.fixed_dictionaries(
        {
            "type": st.just("array"),
            "items": schemas,
            "x-kubernetes-list-type": st.sampled_from(["set", "map", "atomic"]),
        },
        optional={"x-kubernetes-list-map-keys": st.lists(NAMES, min_size=1, max_size=2)},
    )
    return st.tuples(st.one_of(mappings, weighed, lists, keyed), FLAGS).map(lambda parts: {**parts[1], **parts[0]})


SCHEMAS = st.recursive(
    st.tuples(LEAVES, FLAGS).map(lambda parts: {**parts[1], **parts[0]}), collections_of, max_leaves=6
)


@st.composite
def fitting(draw, schema):
    """A value that a schema may well take."""
    kind = schema.get("type")
    if draw(st.integers(0, 9)) == 0:
        return draw(VALUES)
    if kind == "object":
        known = [name for name in schema["properties"] if draw(st.booleans())] + schema.get("required", [])
        return {name: draw(fitting(schema["properties"].get(name, {}))) for name in known}
    if kind == "array":
        return [draw(fitting(schema["items"])) for _ in range(draw(st.integers(0, 3)))]
    return draw(st.integers(0, 3) if kind == "integer" else WORDS)


@st.composite
def cases(draw):
    spec = draw(SCHEMAS)
    return spec, draw(fitting(spec)), draw(st.booleans())


def widget_of(spec, value, *, has_status):
    schema = {"type": "object", "properties": {"spec": spec, "status": spec}}
    crd = definition(schema, "Widget", subresources={"status": {}} if has_status else {})
    widget = {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "w"}, "spec": value}
    obj, crd_object = objects_of(widget, crd)
    return obj, schemas_for(NEWEST, [crd_object])


def test_the_first_look_changes_nothing():
    looks = []
    first_look = vars(custom)["_fits"]

    @settings(max_examples=2_000, deadline=None)
    @given(cases())
    def law(case):
        spec, value, has_status = case
        widget, schemas = widget_of(spec, value, has_status=has_status)
        said = list(create(widget, schemas))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(custom, "_fits", lambda *args: looks.append(first_look(*args)))
            assert list(create(widget, schemas)) == said

    law()
    # Not by never sufficing.
    assert sum(looks) > 0.2 * len(looks) > 100


PIECES = st.sampled_from(
    [
        *"ab-.^$|()[]*+?{}\\10 \né",
        *("(?:", "[^", "a-b", "[a-b]", "[^a]", "[]", "{2}", "{0,2}", "{1,}", "**", "(?i)", "(?P<a>", "[[:alpha:]]"),
        *(r"\d", r"\S", r"\W", r"\s", r"\v", r"\.", r"\-", r"\n", r"\x61", r"\x{e9}", r"\z", r"\A", r"\b", r"\pL"),
    ]
)


@given(st.lists(PIECES, max_size=9).map("".join), st.text("ab-.10 \n\vé]", max_size=8))
def test_whatever_pattern_we_read_means_what_re2_makes_of_it(pattern, text):
    re2 = pytest.importorskip("re2")
    options = re2.Options()
    options.log_errors = False
    try:
        ours = Automaton(pattern)
    except DeclinedError:
        return
    assert ours.occurs_in(text) == (re2.compile(pattern, options).search(text) is not None)
