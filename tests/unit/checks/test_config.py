"""What one example file cannot show: limits to the byte, and secrets that must not be printed."""

from __future__ import annotations

import base64
import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k8slint.apiserver.create import create
from k8slint.apiserver.schemas import NEWEST, schemas_for
from k8slint.cluster.cluster import Cluster
from k8slint.cluster.unread import Unread
from k8slint.engine.findings import judge
from k8slint.engine.rule import load_rules
from k8slint.engine.selection import Selection
from k8slint.engine.stages import World
from k8slint.loading.composer import compose
from k8slint.loading.document import Source
from k8slint.objects.from_documents import read_source
from k8slint.objects.problem import Place
from tests.build import objects_of, problems_of

RULES = [rule for rule in load_rules().values() if rule.category == "config"]
REFUSALS = {rule.id for rule in RULES if rule.target == "fields"}
MEBIBYTE = 1_048_576
ANNOTATIONS = 262_144
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def found(*documents: dict[str, Any]) -> list[str]:
    """The ids of the rules that find something, once for each finding."""
    objects = objects_of(*documents)
    cluster = Cluster(objects)
    schemas = schemas_for(NEWEST, ())
    checked = [rule.id for rule in RULES for obj in objects for _ in problems_of(rule, obj, cluster)]
    refused = [problem.rule for obj in objects for problem in create(obj, schemas)]
    return sorted(checked + [rule for rule in refused if rule in REFUSALS])


def configmap(**fields: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "b"}, **fields}


def secret(**fields: Any) -> dict[str, Any]:
    return {**configmap(**fields), "kind": "Secret"}


def encoded(size: int) -> str:
    return base64.b64encode(b"\xff" * size).decode()


@pytest.mark.parametrize(
    ("data", "is_over"),
    [
        (configmap(data={"key": "x" * MEBIBYTE}), False),
        (configmap(data={"key": "x" * MEBIBYTE, "more": "x"}), True),
        (configmap(data={"key": "é" * (MEBIBYTE // 2)}), False),
        (configmap(data={"key": "é" * (MEBIBYTE // 2) + "x"}), True),
        (configmap(data={"a": "x"}, binaryData={"b": encoded(MEBIBYTE - 1)}), False),
        (configmap(data={"a": "x"}, binaryData={"b": encoded(MEBIBYTE)}), True),
        (secret(data={"a": encoded(MEBIBYTE)}), False),
        (secret(data={"a": encoded(MEBIBYTE)}, stringData={"b": "x"}), True),
        (secret(data={"a": encoded(MEBIBYTE)}, stringData={"a": "x"}), False),
    ],
    ids=[
        "full",
        "over",
        "full of two bytes",
        "over by one",
        "both fields",
        "both over",
        "decoded",
        "added",
        "replaced",
    ],
)
def test_the_limit_of_values_is_exact(data, is_over):
    assert ("oversized-configmap" in found(data)) == is_over


def filled_to(total: int, data: dict[str, Any]) -> dict[str, Any]:
    """The ConfigMap with a value such that its annotations come to that many bytes, as kubectl apply writes them."""
    written = copy.deepcopy(data)
    annotations = written["metadata"].setdefault("annotations", {})
    annotations.pop(LAST_APPLIED, None)
    written["data"] = {"key": ""}
    copied = len(json.dumps(written, separators=(",", ":"))) + 1
    own = sum(len(key) + len(value) for key, value in annotations.items())
    return {**data, "data": {"key": "x" * (total - copied - own - len(LAST_APPLIED))}}


@pytest.mark.parametrize(
    "metadata",
    [
        {"name": "a", "namespace": "default"},
        {"name": "a", "namespace": "default", "labels": {"app": "web"}, "annotations": {"note": "counts twice"}},
        {"name": "a", "namespace": "default", "annotations": {LAST_APPLIED: "replaced"}},
    ],
)
def test_the_limit_of_client_side_apply_is_exact(metadata):
    data = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "immutable": False}
    assert found(filled_to(ANNOTATIONS, data)) == []
    assert found(filled_to(ANNOTATIONS + 1, data)) == ["configmap-too-large-to-apply"]


def test_kubectl_writes_the_namespace_it_applies_to():
    with_namespace = filled_to(ANNOTATIONS, configmap(metadata={"name": "a", "namespace": "default"}))
    without = {**with_namespace, "metadata": {"name": "a"}}
    assert found(without) == []
    without["data"]["key"] += "x"
    assert found(without) == ["configmap-too-large-to-apply"]


@pytest.mark.parametrize(
    ("character", "size"),
    [("<", 6), ("&", 6), ("\n", 2), ("\\", 2), ("\x01", 6), ("é", 2), ("\u2028", 6), ("\U0001f418", 4)],
)
def test_a_character_takes_as_many_bytes_as_go_writes(character, size):
    base = filled_to(ANNOTATIONS - size * 9_000, configmap(metadata={"name": "a", "namespace": "default"}))
    base["data"]["key"] += character * 9_000
    assert found(base) == []
    base["data"]["key"] += "x"
    assert found(base) == ["configmap-too-large-to-apply"]


def test_what_is_too_large_in_any_case_is_said_once():
    assert found(configmap(data={"key": "x" * (MEBIBYTE + 1)})) == ["oversized-configmap"]


def test_a_deep_object_is_measured_too():
    nested: Any = "end"
    for _ in range(5_000):
        nested = {"a": [nested]}
    data = configmap(data={"key": "x" * ANNOTATIONS}, metadata={"name": "a", "odd": nested})
    assert found(data) == ["configmap-too-large-to-apply"]


# What Go's encoding/base64 StdEncoding takes.
@pytest.mark.parametrize(
    ("value", "is_taken"),
    [
        ("AA==", True),
        ("AA=\n=\n", True),
        ("A\r\nA=\r\n=", True),
        ("AB==", True),
        ("AAA=", True),
        ("AAAA", True),
        ("AAAA====", False),
        ("AAAA==", False),
        ("A===", False),
        ("AA=", False),
        ("AA=A", False),
        ("AA==AA==", False),
        ("AA A", False),
        ("-_==", False),
        ("====", False),
        ("é===", False),
    ],
)
def test_base64_is_what_the_api_server_takes(value, is_taken):
    assert ("secret-data-not-base64" in found(secret(data={"key": value}))) != is_taken


SPOKEN_OF = """
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Secret
    metadata: {name: a}
    data: {password: sw0rdfish!, token: c3cwcmRmaXNoCg==, key: YzNjd2NtUm1hWE5v}
    stringData: {token: c3cwcmRmaXNoLXN3MHJkZmlzaA==, password: "sw0rdfish\\n"}
  - apiVersion: v1
    kind: ConfigMap
    metadata: {name: a}
    data:
      password: sw0rdfish
      url: "amqp://a:sw0rdfish@b"
  - apiVersion: v1
    kind: Pod
    metadata: {name: a}
    spec:
      containers:
        - name: a
          env:
            - {name: DB_PASSWORD, value: sw0rdfish}
            - {name: DB_URL, value: "http://a:sw0rdfish@b"}
"""


def test_no_finding_shows_a_secret():
    source = Source("a.yaml", SPOKEN_OF)
    reading = read_source(source, compose(source))
    world = World(Cluster(reading.objects), schemas_for(NEWEST, ()), Unread(is_whole=True))
    selection = Selection({rule.id: rule for rule in RULES}, {rule.id: rule.severity for rule in RULES})
    findings = judge(reading, world, selection).findings
    assert len(findings) == 9
    for finding in findings:
        shown = str(finding)
        assert not [text for text in ("sw0rdfish", "c3cw", "YzNj") if text in shown]


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["password", "user", "api-token", "key"]), st.text(min_size=6), min_size=1))
def test_no_message_holds_a_value_of_a_secret(values):
    objects = objects_of(secret(data=values, stringData=values), configmap(data=values))
    for obj in objects:
        for rule in RULES:
            for problem in problems_of(rule, obj, Cluster(objects)):
                told = problem.message + problem.effect + problem.fix
                assert not [value for value in values.values() if value in told]
                assert problem.place is Place.SECRET
