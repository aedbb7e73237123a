"""What belongs to a Service: endpoints of its own, the pods behind it, and the ports that these declare."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from k8slint.cluster.cluster import Cluster, once
from k8slint.cluster.pod_selectors import selector_of
from k8slint.loading.document import Path
from k8slint.objects.fields import items, text
from k8slint.objects.object import Object, Pod
from k8slint.values.labels import LabelSelector


class DeclaredPort(NamedTuple):
    """A port that a container declares; `path` leads from the object to the name of the port."""

    obj: Object
    path: Path
    name: str
    protocol: str


def has_own_endpoints(service: Object, cluster: Cluster) -> bool:
    """Whether a file holds endpoints for the Service, so that they need not come from its selector."""
    slices = _services_with_slices(cluster)
    return service.name in slices or bool(cluster.find("Endpoints", service.namespace, service.name))


@once
def _services_with_slices(cluster: Cluster) -> frozenset[str]:
    slices = cluster.of_kind("EndpointSlice.discovery.k8s.io")
    return frozenset(one.labels.get("kubernetes.io/service-name", "") for one in slices)


@once
def pods_behind(cluster: Cluster, namespace: str, name: str) -> tuple[tuple[Object, Pod], ...]:
    """The first pods that the Services of the name select, each with its Service."""
    return tuple(
        (service, pod)
        for service in cluster.find("Service", namespace, name)
        if (selector := selector_of(service)) is not None
        for pod in cluster.pods_selected(selector, service.namespace)[:_MOST_BEHIND]
    )


_MOST_BEHIND: Final = 20


# A selector that matches more pods is hardly a real Service's, so the ports of the pods after these are not read.
MOST_SELECTED: Final = 200


class DeclaredPorts(NamedTuple):
    """The ports that several pods declare: the last one of each name, and every name with its protocol."""

    by_name: Mapping[str, DeclaredPort]
    known: frozenset[tuple[str, str]]


@once
def declared_ports(cluster: Cluster, selector: LabelSelector, namespace: str) -> DeclaredPorts:
    """The ports of the containers that go on running, in every description of each selected workload.

    Mirrors: pkg/api/v1/pod/util.go FindPort @ v1.36
    """
    pods = cluster.pods_selected(selector, namespace)[:MOST_SELECTED]
    # `_ports_of` reads all descriptions of a workload together, so each workload is asked once.
    workloads = {(pod.obj.group_kind, pod.namespace, pod.obj.name or id(pod.obj)): pod for pod in pods}
    ports = [port for pod in workloads.values() for port in _ports_of(cluster, pod)]
    return DeclaredPorts(
        {port.name: port for port in ports if port.name}, frozenset((port.name, port.protocol) for port in ports)
    )


@once
def _ports_of(cluster: Cluster, pod: Pod) -> tuple[DeclaredPort, ...]:
    obj = pod.obj
    return tuple(
        DeclaredPort(
            other,
            (*its.path, *container.path, "ports", index, "name"),
            text(port.get("name")),
            text(port.get("protocol")) or "TCP",
        )
        for other in (cluster.find(obj.group_kind, obj.namespace, obj.name) if obj.name else (obj,))
        for its in other.pods
        if its.path == pod.path
        for container in its.containers
        if not container.is_init
        for index, port in items(container.data.get("ports"))
    )
