"""Whatever the shape of the data, a check neither raises nor changes it: each example, with something else inside."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from k8slint.cluster.cluster import Cluster
from k8slint.engine.rule import load_rules
from tests.build import objects_of, problems_of, read

RULES = [rule for rule in load_rules().values() if rule.target in ("object", "pod", "container")]
LONGEST_EXAMPLE = 4_000


def example_objects() -> Iterator[dict[str, Any]]:
    for rule in RULES:
        for text in (*rule.page.bad, *rule.page.good):
            if len(text) <= LONGEST_EXAMPLE:
                yield from (obj.data for obj in read(text))


EXAMPLES = list(example_objects())
JUNK = st.sampled_from(
    [None, True, 0, -1, 1.5, "", "x", "/", "\ud800", [], {}, [None, 1, "x", [], {}], {"a": None}, {"name": 1}]
)


@st.composite
def hostile_objects(draw: Any) -> list[dict[str, Any]]:
    """Some objects of the examples, each with junk somewhere inside."""
    chosen = [copy.deepcopy(EXAMPLES[draw(st.integers(0, len(EXAMPLES) - 1))]) for _ in range(draw(st.integers(1, 4)))]
    for data in chosen:
        at: Any = data
        while keys := [
            key for key in (at if isinstance(at, dict) else range(len(at))) if key not in ("apiVersion", "kind")
        ]:
            key = draw(st.sampled_from(keys))
            if not isinstance(at[key], (dict, list)) or draw(st.integers(0, 3)) == 0:
                at[key] = draw(JUNK)
                break
            at = at[key]
    return chosen


@settings(deadline=None, max_examples=200)
@given(hostile_objects(), st.booleans())
def test_no_shape_of_data_stops_a_check(documents, is_described):
    before = copy.deepcopy(documents)
    objects = objects_of(*documents)
    cluster = Cluster(objects, objects if is_described else None)
    for obj in objects:
        for rule in RULES:
            for problem in problems_of(rule, obj, cluster):
                assert problem.message
    assert documents == before
