"""Whatever the shape of the data, a check neither raises nor changes it: each example, with something else inside."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from k8slint.cluster.cluster import Cluster
from k8slint.engine.rule import Rule, load_rules
from k8slint.loading.composer import compose
from k8slint.loading.document import Document, Source
from k8slint.objects.from_documents import read_source
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem

RULES = [rule for rule in load_rules().values() if rule.target in ("object", "pod", "container")]
SOURCE = Source("a.yaml", "")
LONGEST_EXAMPLE = 4_000


def example_objects() -> Iterator[dict[str, Any]]:
    for rule in RULES:
        for text in (*rule.page.bad, *rule.page.good):
            if len(text) <= LONGEST_EXAMPLE:
                source = Source("a.yaml", text)
                yield from (obj.data for obj in read_source(source, compose(source)).objects)


EXAMPLES = list(example_objects())
JUNK = st.sampled_from(
    [None, True, 0, -1, 1.5, "", "x", "/", "\ud800", [], {}, [None, 1, "x", [], {}], {"a": None}, {"name": 1}]
)


def problems(rule: Rule, obj: Object, cluster: Cluster) -> Iterator[Problem]:
    if rule.target == "object":
        yield from rule.check(obj, cluster) if not rule.kinds or obj.group_kind in rule.kinds else ()
    elif obj.pod is not None:
        for target in (obj.pod,) if rule.target == "pod" else obj.pod.containers:
            yield from rule.check(target, cluster)


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
    objects = read_source(SOURCE, [Document(SOURCE, 0, 0, data, None) for data in documents]).objects
    cluster = Cluster(objects, objects if is_described else None)
    for obj in objects:
        for rule in RULES:
            for problem in problems(rule, obj, cluster):
                assert problem.message
    assert documents == before
