"""What a selector of pods selects, and what it seems to mean where it selects nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from k8slint.cluster.cluster import Cluster
from k8slint.cluster.pod_selectors import (
    Selection,
    label_selector,
    may_be_labelled,
    nearest_pod,
    selector_of,
    written_part,
)
from k8slint.values.labels import LabelSelector
from tests.build import read


def service(name: str, selector: str, extra: str = "") -> str:
    return (
        f"{{apiVersion: v1, kind: Service, metadata: {{name: {name}}}, spec: {{selector: {selector}{extra}}}}}\n---\n"
    )


def pod(name: str, labels: str, namespace: str = "") -> str:
    metadata = f"{{name: {name}, namespace: '{namespace}', labels: {labels}}}"
    return f"{{apiVersion: v1, kind: Pod, metadata: {metadata}, spec: {{containers: [{{name: a}}]}}}}\n---\n"


def nearest_to(files: Mapping[str, str]) -> str | None:
    """The name of the pod that the first Service seems to mean."""
    objects = read(files)
    cluster = Cluster(objects)
    first = next(obj for obj in objects if obj.kind == "Service")
    selector = selector_of(first)
    assert selector is not None
    found = nearest_pod(Selection(first, selector, first.namespace), cluster)
    return found.obj.name if found is not None else None


@pytest.mark.parametrize(
    ("selector", "extra", "expected"),
    [
        ("{app: web}", "", "app=web"),
        ("{}", "", None),
        ("null", "", None),
        ("web", "", None),
        ("{app: 1}", "", None),
        ('{app: "${APP}"}', "", None),
        ("{app: web}", ", type: ExternalName", None),
    ],
)
def test_the_selector_of_a_service(selector: str, extra: str, expected: str | None) -> None:
    (obj,) = read({"a.yaml": service("web", selector, extra)})
    found = selector_of(obj)
    assert (str(found) if found is not None else None) == expected


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({"app": "web", "statefulset.kubernetes.io/pod-name": "web-0"}, "app=web"),
        ({"batch.kubernetes.io/job-name": "a"}, ""),
        ({"app": "web", "role": "primary"}, "app=web"),
        ({"app": "web", "spilo-role": "master"}, "app=web"),
        ({"app": "web", "operator.example.com/cluster": "a"}, "app=web"),
        ({"app.kubernetes.io/name": "web", "tier": "front"}, "app.kubernetes.io/name=web,tier=front"),
        ({"app": "web", "controller": "a"}, "app=web,controller=a"),
    ],
)
def test_labels_set_at_run_time_are_left_out(labels: dict[str, str], expected: str) -> None:
    assert str(written_part(LabelSelector.of_labels(labels), Cluster(()))) == expected


def test_a_label_that_a_pod_is_written_with_is_not_set_at_run_time() -> None:
    cluster = Cluster(read({"a.yaml": pod("a", "{role: db}")}))
    assert str(written_part(LabelSelector.of_labels({"role": "web"}), cluster)) == "role=web"


def test_the_nearest_is_in_any_file_of_the_namespace() -> None:
    files = {"service.yaml": service("front", "{app: wbe}"), "pod.yaml": pod("a", "{app: web}", "shop")}
    assert nearest_to(files) == "a"
    elsewhere = service("front", "{app: wbe}").replace("{name: front}", "{name: front, namespace: blog}")
    assert nearest_to({**files, "service.yaml": elsewhere}) is None


def test_a_namesake_is_meant_even_without_a_shared_label() -> None:
    files = {"service.yaml": service("web", "{name: web}"), "pod.yaml": pod("web", "{app: web}")}
    assert nearest_to(files) == "web"
    assert nearest_to({**files, "pod.yaml": pod("api", "{app: api}")}) is None


def test_the_only_pod_of_the_file_is_meant() -> None:
    text = service("front", "{name: web}") + pod("a", "{app: b}")
    assert nearest_to({"all.yaml": text}) == "a"
    assert nearest_to({"all.yaml": text + pod("c", "{app: d}")}) is None


def test_a_pod_that_another_service_selects_is_not_meant_but_by_a_slip() -> None:
    pods = pod("web", "{app: web-front}")
    other = service("other", "{app: web-front}")
    assert nearest_to({"a.yaml": service("x", "{app: web-back}") + pods + other}) is None
    assert nearest_to({"a.yaml": service("x", "{app: web-fornt}") + pods + other}) == "web"


def test_broad_labels_say_nothing() -> None:
    assert (
        nearest_to({"a.yaml": service("x", "{tier: front, app: other}"), "b.yaml": pod("web", "{tier: front}")}) is None
    )
    assert (
        nearest_to({"a.yaml": service("x", "{unit: front, app: other}"), "b.yaml": pod("web", "{unit: front}")})
        == "web"
    )


def test_of_several_the_one_that_meets_most_is_nearest() -> None:
    files = {
        "a.yaml": service("x", "{app: web, unit: a, zone: b}"),
        "b.yaml": pod("one", "{app: web}") + pod("two", "{app: web, unit: a}") + pod("three", "{unit: a}"),
    }
    assert nearest_to(files) == "two"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"matchLabels": {"app": "web"}}, "app=web"),
        (
            {"matchLabels": {"app": "web"}, "matchExpressions": [{"key": "tier", "operator": "Exists"}]},
            "app=web,tier",
        ),
        ({}, None),
        (None, None),
        ({"matchLabels": {}}, None),
        ({"matchLabels": ["app"]}, None),
        ({"matchLabels": {"app": 1}}, None),
        ({"matchLabels": {"app": "${APP}"}}, None),
        ({"matchExpressions": ["tier"]}, None),
        ({"matchExpressions": [{"key": "tier", "operator": "In", "values": ["{{ tier }}"]}]}, None),
        ({"matchExpressions": [{"operator": "Exists"}]}, None),
    ],
)
def test_a_label_selector_is_known_if_it_is_applied_as_written(written: Any, expected: str | None) -> None:
    found = label_selector(written)
    assert (str(found) if found is not None else None) == expected


@pytest.mark.parametrize(
    ("selector", "is_own", "expected"),
    [
        ("app=wbe", False, "front"),  # a slip
        ("app=web-admin", False, None),  # another workload, perhaps of no file
        ("app.kubernetes.io/name=web", False, "front"),  # the value of the other custom for names
        ("app=front", False, "front"),  # the name of the workload
        ("tier=web", False, None),
        ("app=asker", True, "asker"),
        ("unit=asker", False, None),
    ],
)
def test_which_pods_a_selector_may_mean(selector: str, is_own: bool, expected: str | None) -> None:
    key, _, value = selector.partition("=")
    text = pod("front", "{app: web}") + pod("asker", "{unit: a}")
    asker, *_ = read({"a.yaml": service("asker", "{a: b}")})
    selection = Selection(asker, LabelSelector.of_labels({key: value}), "", is_own)
    found = nearest_pod(selection, Cluster(read({"pods.yaml": text})))
    assert (found.obj.name if found is not None else None) == expected


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ("commonLabels: {team: a}", {"team", "a"}),
        ("labels: [{pairs: {team: a}}, x, {pairs: null}]", {"team", "a"}),
        ("patches: [{patch: 'team: a'}]", {"team", "a"}),
        ("namePrefix: team", set()),
    ],
)
def test_a_kustomization_may_add_a_label(fields: str, words: set[str]) -> None:
    text = f"{{apiVersion: kustomize.config.k8s.io/v1beta1, kind: Kustomization, {fields}}}"
    cluster = Cluster(read({"kustomization.yaml": text}))
    assert {word for word in ("team", "a", "unit") if may_be_labelled(word, cluster)} == words
