"""Node ports that Services ask for by number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from k8slint.checks.network.earlier import Places, before, folder
from k8slint.cluster.cluster import Cluster, once
from k8slint.loading.document import Path
from k8slint.objects.fields import integer, items, text
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem, Related

_ALLOCATED = "provided port is already allocated"


def duplicate_node_port(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Service that asks for a node port that an earlier Service already has, or for one twice.

    Only Services of one folder, and those of the cluster description, are known to meet in one cluster.
    """
    index = _services_by_node_port(cluster)
    own: dict[int, _Request] = {}
    for asked in _requests(obj):
        number = asked.number
        if number in own:
            if asked.protocol != own[number].protocol:  # else validation refuses it as a duplicate
                first = Related(obj, own[number].path, "asked for here")
                yield Problem(asked.path, f"{asked.said}{_ALLOCATED}, to another port of this Service", (first,))
            continue
        own[number] = asked
        taken = before(obj, index.get((None, number), {}), cluster)
        taken = taken or before(obj, index.get((folder(obj), number), {}), cluster)
        if taken is not None:
            related = Related(*taken, f"{taken[0]} asks for it first")
            yield Problem(asked.path, f"{asked.said}{_ALLOCATED}, to {taken[0]}", (related,))


class _Request(NamedTuple):
    """A node port that is allocated by number: where it is asked for, and how the API server begins to refuse it."""

    number: int
    path: Path
    protocol: str
    said: str


def _requests(obj: Object) -> Iterator[_Request]:
    """The numbers that are allocated for a Service, in order: once for ports that share number and node port.

    Mirrors: pkg/registry/core/service/storage/alloc.go initNodePorts, allocHealthCheckNodePort @ v1.37
    """
    spec = obj.spec
    if spec.get("type") not in ("NodePort", "LoadBalancer"):
        return
    first: dict[int | None, int] = {}
    for index, port in items(spec.get("ports")):
        number, own = integer(port.get("nodePort")), integer(port.get("port"))
        # 0 asks for any.
        if number and (own not in first or number != first[own]):
            first.setdefault(own, number)
            said = f"spec.ports[{index}].nodePort: Invalid value: {number}: "
            yield _Request(number, ("spec", "ports", index, "nodePort"), text(port.get("protocol")) or "TCP", said)
    health = integer(spec.get("healthCheckNodePort"))
    if health and spec.get("type") == "LoadBalancer" and spec.get("externalTrafficPolicy") == "Local":
        said = f"Internal error occurred: failed to allocate requested HealthCheck NodePort {health}: "
        yield _Request(health, ("spec", "healthCheckNodePort"), "HTTP", said)


@once
def _services_by_node_port(cluster: Cluster) -> Mapping[tuple[str | None, int], Places]:
    """The Services that ask for a node port, by folder and number; None is the cluster description."""
    found: dict[tuple[str | None, int], Places] = defaultdict(dict)
    described = frozenset(cluster.description or ())
    for obj in cluster.of_kind("Service"):
        place = None if obj in described else folder(obj)
        for asked in _requests(obj):
            found[place, asked.number].setdefault((obj.name, obj.namespace), (obj, asked.path))
    return found
