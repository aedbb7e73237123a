"""Routes of Ingresses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from k8slint.checks.network.earlier import Places, before, folder
from k8slint.cluster.cluster import Cluster, once
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, items, text
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem, Related
from k8slint.values.placeholder import has_placeholder

# Classes whose controller gives each Ingress a load balancer of its own.
_LONE_CLASSES: Final = frozenset({"alb", "gce", "gce-internal"})
_ALB_GROUP = "alb.ingress.kubernetes.io/group.name"
_MERGEABLE = "nginx.org/mergeable-ingress-type"
_ACME_LABEL = "acme.cert-manager.io/http01-solver"
_ACME_PATH = "/.well-known/acme-challenge"
# Controllers use these annotations to tell apart routes with the same host and path.
_ROUTE_ANNOTATIONS: Final = (
    _ALB_GROUP,
    "traefik.ingress.kubernetes.io/router.entrypoints",
    "konghq.com/methods",
    "konghq.com/protocols",
)


def ingress_duplicate_host_path(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """An Ingress rule for a host and path that an earlier rule of the same class already routes."""
    own: dict[tuple[str, str, str], Path] = {}
    for key, path in _routes(obj):
        first = own.setdefault(key, path)
        if first is not path:
            related = Related(obj, (*first, "path"), "routed first here")
            yield Problem((*path, "path"), f"{_route_text(key)} is routed twice in this Ingress", related=(related,))
            continue
        # Without host and class, nothing tells that one load balancer serves both.
        places = _ingresses_by_route(cluster).get((*_scope(obj), *key), {}) if key[0] or _class(obj) else {}
        taken = before(obj, places, cluster)
        if taken is not None:
            related = Related(taken[0], (*taken[1], "path"), f"{taken[0]} routes it first")
            said = f"{_route_text(key)} is routed by {taken[0]} already"
            yield Problem((*path, "path"), said, related=(related,))


def _routes(obj: Object) -> Iterator[tuple[tuple[str, str, str], Path]]:
    """Host, path and path type of each rule that is meant to stand alone, with the path that leads to it."""
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


@once
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
    """What two Ingresses share if their rules meet: folder, class, and the annotations that tell routes apart."""
    return (folder(obj), _class(obj), *(obj.annotations.get(key, "") for key in _ROUTE_ANNOTATIONS))


def _class(obj: Object) -> str:
    return text(obj.spec.get("ingressClassName")) or obj.annotations.get("kubernetes.io/ingress.class", "")
