"""Node ports that Services ask for by number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

from k8slint.checks.network.earlier import Places, before, folder
from k8slint.cluster.cluster import Cluster, once
from k8slint.loading.document import Path
from k8slint.objects.fields import integer, items, text
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem, Related

_NODE_PORTS: Final = range(30000, 32768)


def node_port_out_of_range(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Service that asks for a node port outside the default range of the API server."""
    for path, port in _node_ports(obj):
        if port["nodePort"] not in _NODE_PORTS:
            said = f"provided port is not in the valid range. The range of valid ports is {_range_text()}"
            field = f"spec.ports[{path[-1]}].nodePort"
            yield Problem((*path, "nodePort"), f"{field}: Invalid value: {port['nodePort']}: {said}")


def _range_text() -> str:
    return f"{_NODE_PORTS.start}-{_NODE_PORTS.stop - 1}"


def duplicate_node_port(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Service that asks for a node port that an earlier Service, or one of its own ports, already has.

    Only Services of one folder, and those of the cluster description, are known to meet in one cluster.
    """
    own: dict[tuple[int, str], Path] = {}
    for path, port in _node_ports(obj):
        key = (port["nodePort"], _protocol(port))
        first = own.setdefault(key, path)
        field, value = f"spec.ports[{path[-1]}].nodePort", port["nodePort"]
        if first is not path:
            related = Related(obj, (*first, "nodePort"), "asked for first here")
            yield Problem((*path, "nodePort"), f"{field}: Duplicate value: {value}", related=(related,))
            continue
        index = _services_by_node_port(cluster)
        taken = before(obj, index.get((None, *key), {}), cluster)
        taken = taken or before(obj, index.get((folder(obj), *key), {}), cluster)
        if taken is not None:
            related = Related(taken[0], (*taken[1], "nodePort"), f"{taken[0]} asks for it first")
            said = f"{field}: Invalid value: {value}: provided port is already allocated, to {taken[0]}"
            yield Problem((*path, "nodePort"), said, related=(related,))


def _node_ports(obj: Object) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The ports of a Service that ask for a certain node port, each with its path; 0 asks for any."""
    if obj.spec.get("type") not in ("NodePort", "LoadBalancer"):
        return
    for index, port in items(obj.spec.get("ports")):
        if integer(port.get("nodePort")):
            yield ("spec", "ports", index), port


def _protocol(port: Mapping[str, Any]) -> str:
    return text(port.get("protocol")) or "TCP"


@once
def _services_by_node_port(cluster: Cluster) -> Mapping[tuple[str | None, int, str], Places]:
    """The Services that ask for a node port, by folder, number and protocol; None is the cluster description."""
    found: dict[tuple[str | None, int, str], Places] = defaultdict(dict)
    described = frozenset(cluster.description or ())
    for obj in cluster.of_kind("Service"):
        place = None if obj in described else folder(obj)
        for path, port in _node_ports(obj):
            found[place, port["nodePort"], _protocol(port)].setdefault((obj.name, obj.namespace), (obj, path))
    return found
