"""What a Service selects, and what it seems to mean where it selects nothing."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from k8slint.cluster.cluster import Cluster
from k8slint.cluster.service_selectors import declared_ports, nearest_pod, selector_of, written_part
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
    found = nearest_pod(first, selector, cluster)
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


def test_ports_are_those_of_containers_that_go_on_running() -> None:
    text = """
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  initContainers:
    - {name: setup, ports: [{name: setup, containerPort: 1}]}
    - {name: proxy, restartPolicy: Always, ports: [{name: admin, containerPort: 2}]}
  containers:
    - {name: web, ports: [{name: http, containerPort: 3}, {name: dns, containerPort: 4, protocol: UDP}, null, x]}
    - {name: odd, ports: x}
---
{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: [{ports: [{name: patched, containerPort: 5}]}]}}
"""
    objects = read({"a.yaml": text})
    ports = declared_ports(Cluster(objects), LabelSelector(()), "")
    assert [(port.name, port.protocol) for port in ports.by_name.values()] == [
        ("admin", "TCP"),
        ("http", "TCP"),
        ("dns", "UDP"),
        ("patched", "TCP"),
    ]
    assert ports.known == {("admin", "TCP"), ("http", "TCP"), ("dns", "UDP"), ("patched", "TCP")}
