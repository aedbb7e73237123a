"""Pitfalls of the network: node ports, routes, namespaces, canaries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from pathlib import PurePath
from typing import Any, Final

from k8slint.checks.wording import few
from k8slint.cluster.cluster import Cluster, may_share_namespace
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, integer, items, mapping, text
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem, Related
from k8slint.values.labels import LabelSelector
from k8slint.values.placeholder import has_placeholder

Place = tuple[Object, Path]
# The first place of each name and namespace, in order of reading.
Places = dict[tuple[str, str], Place]

_NODE_PORTS: Final = range(30000, 32768)
_SYSTEM_NAMESPACES: Final = frozenset({"kube-system", "kube-public", "kube-node-lease"})
_SPLIT_BY: Final = ("Deployment.apps", "ReplicaSet.apps", "StatefulSet.apps", "ReplicationController")
# Classes whose controller gives each Ingress a load balancer of its own.
_LONE_CLASSES: Final = frozenset({"alb", "gce", "gce-internal"})
_ALB_GROUP = "alb.ingress.kubernetes.io/group.name"
_MERGEABLE = "nginx.org/mergeable-ingress-type"
_ACME_LABEL = "acme.cert-manager.io/http01-solver"
_ACME_PATH = "/.well-known/acme-challenge"
# Annotations by which controllers tell apart routes of the same host and path.
_ROUTE_ANNOTATIONS: Final = (
    _ALB_GROUP,
    "traefik.ingress.kubernetes.io/router.entrypoints",
    "konghq.com/methods",
    "konghq.com/protocols",
)


def node_port_out_of_range(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Service that asks for a node port outside the range that API servers hand out by default."""
    for path, port in _node_ports(obj):
        if port["nodePort"] not in _NODE_PORTS:
            said = f"provided port is not in the valid range. The range of valid ports is {_range_text()}"
            field = f"spec.ports[{path[-1]}].nodePort"
            yield Problem((*path, "nodePort"), f"{field}: Invalid value: {port['nodePort']}: {said}")


def _range_text() -> str:
    return f"{_NODE_PORTS.start}-{_NODE_PORTS.stop - 1}"


def duplicate_node_port(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Service that asks for a node port which another Service read before it has already.

    Only Services of one folder, or of the cluster description, are known to meet in one cluster.
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
        index = cluster.once(_services_by_node_port)
        taken = _before(obj, index.get((None, *key), {}), cluster)
        taken = taken or _before(obj, index.get((_folder(obj), *key), {}), cluster)
        if taken is not None:
            related = Related(taken[0], (*taken[1], "nodePort"), f"{taken[0]} asks for it first")
            said = f"{field}: Invalid value: {value}: provided port is already allocated, to {taken[0]}"
            yield Problem((*path, "nodePort"), said, related=(related,))


def _node_ports(obj: Object) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The ports of a Service that ask for a certain node port; 0 asks for any."""
    if obj.spec.get("type") not in ("NodePort", "LoadBalancer"):
        return
    for index, port in items(obj.spec.get("ports")):
        if integer(port.get("nodePort")):
            yield ("spec", "ports", index), port


def _protocol(port: Mapping[str, Any]) -> str:
    return text(port.get("protocol")) or "TCP"


def _services_by_node_port(cluster: Cluster) -> Mapping[tuple[str | None, int, str], Places]:
    """Who asks for a node port, by folder, number and protocol; the folder is none for the cluster description."""
    found: dict[tuple[str | None, int, str], Places] = defaultdict(dict)
    described = frozenset(cluster.description or ())
    for obj in cluster.of_kind("Service"):
        folder = None if obj in described else _folder(obj)
        for path, port in _node_ports(obj):
            found[folder, port["nodePort"], _protocol(port)].setdefault((obj.name, obj.namespace), (obj, path))
    return found


def _folder(obj: Object) -> str:
    return _folder_of(obj.document.source.name)


@lru_cache(maxsize=1_024)
def _folder_of(file: str) -> str:
    return PurePath(file).parent.as_posix()


# Of so many objects of one name, one is of another namespace.
_LOOKED_AT: Final = 20


def _before(obj: Object, places: Places, cluster: Cluster) -> Place | None:
    """The first of the places, in order of reading up to the object, that belongs to another object than this."""
    order = cluster.once(_order)
    for place in islice(places.values(), _LOOKED_AT):
        other = place[0]
        # What the cluster description holds is there before all others.
        if order.get(other, -1) >= order[obj]:
            return None
        if other.name != obj.name or not may_share_namespace(other.namespace, obj.namespace):
            return place
    return None


def _order(cluster: Cluster) -> Mapping[Object, int]:
    return {obj: index for index, obj in enumerate(cluster.objects)}


def ingress_duplicate_host_path(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """An Ingress rule for a host and path that another rule of the same class has already."""
    own: dict[tuple[str, str, str], Path] = {}
    for key, path in _routes(obj):
        first = own.setdefault(key, path)
        if first is not path:
            related = Related(obj, (*first, "path"), "routed first here")
            yield Problem((*path, "path"), f"{_route_text(key)} is routed twice in this Ingress", related=(related,))
            continue
        # Without host and class nothing says that the same load balancer serves both.
        places = cluster.once(_ingresses_by_route).get((*_scope(obj), *key), {}) if key[0] or _class(obj) else {}
        taken = _before(obj, places, cluster)
        if taken is not None:
            related = Related(taken[0], (*taken[1], "path"), f"{taken[0]} routes it first")
            said = f"{_route_text(key)} is routed by {taken[0]} already"
            yield Problem((*path, "path"), said, related=(related,))


def _routes(obj: Object) -> Iterator[tuple[tuple[str, str, str], Path]]:
    """Host, path and path type of each rule that is meant to stand alone, with the path to it."""
    if _MERGEABLE in obj.annotations or _ACME_LABEL in obj.labels:
        return
    if any(key.endswith("/canary") and value == "true" for key, value in obj.annotations.items()):
        return
    for number, rule in items(obj.spec.get("rules")):
        host = text(rule.get("host")).lower()
        for index, route in items(dig(rule, "http", "paths")):
            path = text(route.get("path")) or "/"
            kind = text(route.get("pathType")) or "ImplementationSpecific"
            if kind == "Prefix":
                path = path.rstrip("/") or "/"
            if not has_placeholder(host) and not has_placeholder(path) and not path.startswith(_ACME_PATH):
                yield (host, path, kind), ("spec", "rules", number, "http", "paths", index)


def _route_text(key: tuple[str, str, str]) -> str:
    host, path, kind = key
    shown = f'host "{host}"' if host else "any host"
    return f'{shown} with {kind} path "{path}"'


def _ingresses_by_route(cluster: Cluster) -> Mapping[tuple[str, ...], Places]:
    found: dict[tuple[str, ...], Places] = defaultdict(dict)
    for kind in ("Ingress.networking.k8s.io", "Ingress.extensions"):
        for obj in cluster.of_kind(kind):
            if _class(obj) in _LONE_CLASSES and _ALB_GROUP not in obj.annotations:
                continue
            for key, path in _routes(obj):
                found[(*_scope(obj), *key)].setdefault((obj.name, obj.namespace), (obj, path))
    return found


def _scope(obj: Object) -> tuple[str, ...]:
    """What two Ingresses share if their rules meet: folder, class, and what their controller tells routes apart by."""
    return (_folder(obj), _class(obj), *(obj.annotations.get(key, "") for key in _ROUTE_ANNOTATIONS))


def _class(obj: Object) -> str:
    return text(obj.spec.get("ingressClassName")) or obj.annotations.get("kubernetes.io/ingress.class", "")


def reserved_namespace(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Namespace of one's own under the prefix that Kubernetes keeps for itself."""
    if obj.name.startswith("kube-") and obj.name not in _SYSTEM_NAMESPACES:
        yield Problem(("metadata", "name"), f'namespace "{obj.name}" takes the prefix kube-, which Kubernetes reserves')


_MOST_TOLD: Final = 20


def canary_without_session_affinity(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Service over Pods of several workloads that sends each new connection to any of them."""
    spec, selector = obj.spec, mapping(obj.spec.get("selector"))
    if not selector or spec.get("clusterIP") == "None" or spec.get("type") == "ExternalName":
        return
    if spec.get("sessionAffinity") == "ClientIP" or has_placeholder(spec.get("sessionAffinity")):
        return
    said, related = cluster.once(_split, LabelSelector.of_labels(selector), obj.namespace, _folder(obj))
    if len(related) > 1:
        yield Problem(("spec", "selector"), f"the Service spreads connections over {said}", related=related)


def _split(cluster: Cluster, selector: LabelSelector, namespace: str, folder: str) -> tuple[str, tuple[Related, ...]]:
    """The workloads of a folder and namespace whose pods are selected: with their shares, and where the first are."""
    workloads: dict[tuple[str, str], Object] = {}
    for pod in cluster.pods_selected(selector, namespace):
        other = pod.obj
        if other.group_kind not in _SPLIT_BY or dig(other.data, "metadata", "ownerReferences"):
            continue
        if other.namespace == namespace and _folder(other) == folder:
            workloads.setdefault((other.kind, other.name), other)
    counts = {other: count for other in workloads.values() if (count := _replicas(other, cluster)) != 0}
    return _shares(counts), tuple(Related(other, ("metadata", "name"), "selected") for other in [*counts][:_MOST_TOLD])


def _replicas(obj: Object, cluster: Cluster) -> int | None:
    """How many pods it runs; none where something else decides."""
    if (obj.namespace, obj.kind, obj.name) in cluster.once(_scaled):
        return None
    written = obj.spec.get("replicas")
    return 1 if written is None else integer(written)


def _scaled(cluster: Cluster) -> frozenset[tuple[str, str, str]]:
    """Namespace, kind and name of what an autoscaler scales."""
    return frozenset(
        (obj.namespace, text(dig(obj.spec, "scaleTargetRef", "kind")) or "Deployment", target)
        for kind in ("HorizontalPodAutoscaler.autoscaling", "ScaledObject.keda.sh")
        for obj in cluster.of_kind(kind)
        if (target := text(dig(obj.spec, "scaleTargetRef", "name")))
    )


def _shares(counts: Mapping[Object, int | None]) -> str:
    total = sum(count or 0 for count in counts.values())
    if None in counts.values():
        return few((f"{obj} ({_pods_text(count)})" for obj, count in counts.items()), _MOST_TOLD)
    return few((f"{obj} ({round(100 * (count or 0) / total)} %)" for obj, count in counts.items()), _MOST_TOLD)


def _pods_text(count: int | None) -> str:
    if count is None:
        return "unknown"
    return "1 Pod" if count == 1 else f"{count} Pods"
