"""The ports of the pods that a Service selects."""

from __future__ import annotations

from k8slint.cluster.cluster import Cluster
from k8slint.cluster.services import declared_ports
from k8slint.values.labels import LabelSelector
from tests.build import read


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
