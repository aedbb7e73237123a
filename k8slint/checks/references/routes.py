"""Services, ports and Gateways that routes of the Gateway API name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, Final

from k8slint.checks.references.absence import absence, is_missing, is_near, served_namespaces
from k8slint.checks.references.service_ports import all_without_port, port_problem
from k8slint.checks.wording import listed
from k8slint.cluster.cluster import Cluster, once
from k8slint.cluster.evidence import evidence_of
from k8slint.cluster.generated import reach
from k8slint.cluster.references import is_supplied, may_exist, supplies
from k8slint.loading.document import Path
from k8slint.objects.fields import integer, items, mapping, text
from k8slint.objects.object import Object
from k8slint.objects.problem import Absence, Problem, Related
from k8slint.values.names import is_dns_subdomain
from k8slint.values.placeholder import has_placeholder

_GROUP: Final = "gateway.networking.k8s.io"
_GATEWAY: Final = f"Gateway.{_GROUP}"
# Where a rule of a route names backends; the filters of one backend may mirror to others.
_BACKENDS: Final = (
    ("backendRefs", "*"),
    ("filters", "*", "requestMirror", "backendRef"),
    ("backendRefs", "*", "filters", "*", "requestMirror", "backendRef"),
)


def route_backend_missing(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A backend whose Service no file holds."""
    said: set[tuple[str, str]] = set()
    for path, ref in _services_named(obj):
        name, namespace = text(ref.get("name")), text(ref.get("namespace")) or obj.namespace
        if (name, namespace) in said or not is_missing(cluster, obj, "Service", name, namespace):
            continue
        said.add((name, namespace))
        # If the files put no Service into a namespace, what is there is the work of others.
        if namespace in served_namespaces(cluster) or is_near(cluster, "Service", namespace, name):
            effect = f"{_lost(obj)}: ResolvedRefs is False, reason BackendNotFound."
            yield absence((*path, "name"), cluster, obj, "Service", name, effect=effect, namespace=namespace)


def route_backend_port_missing(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A backend port that all Services of the name lack."""
    said: set[tuple[str, str, int]] = set()
    for path, ref in _services_named(obj):
        name, namespace, wanted = text(ref.get("name")), text(ref.get("namespace")), integer(ref.get("port"))
        if wanted is None or (name, namespace, wanted) in said:
            continue
        said.add((name, namespace, wanted))
        lacking = all_without_port(supplies(cluster, "Service", namespace or obj.namespace, name), "number", wanted)
        if lacking is not None and not evidence_of(cluster).is_patched(str(wanted)):
            effect = f"{_lost(obj)}: ResolvedRefs is False."
            yield port_problem((*path, "port"), lacking, "number", wanted, effect=effect)


def route_backend_not_permitted(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A backend in another namespace of the files, where no ReferenceGrant lets the route use it."""
    if not obj.namespace or has_placeholder(obj.namespace):
        return
    said: set[tuple[str, str]] = set()
    for path, ref in _services_named(obj):
        name, namespace = text(ref.get("name")), text(ref.get("namespace"))
        if namespace in ("", obj.namespace) or has_placeholder(namespace) or (name, namespace) in said:
            continue
        said.add((name, namespace))
        service = next((one.obj for one in supplies(cluster, "Service", namespace, name) if one.namespace), None)
        evidence = evidence_of(cluster)
        is_open = evidence.moves_namespaces or evidence.is_open(obj) or evidence.is_filled(namespace)
        if service is None or is_open or _is_granted(obj, namespace, name, cluster):
            continue
        message = f'no ReferenceGrant in namespace "{namespace}" lets {obj.kind}s of "{obj.namespace}" use {service}'
        related = (Related(service, ("metadata", "namespace"), f"{service} is in another namespace"),)
        effect = f"{_lost(obj)}: ResolvedRefs is False, reason RefNotPermitted."
        yield Problem((*path, "namespace"), message, related, effect, rests_on=Absence(obj.namespace))


def route_parent_missing(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Gateway or a listener that a route names, of which only a similar one is there, or one of another namespace."""
    for index, ref in items(obj.spec.get("parentRefs")):
        if ref.get("group") not in (None, _GROUP) or ref.get("kind") not in (None, "Gateway"):
            continue
        name, namespace = text(ref.get("name")), text(ref.get("namespace")) or obj.namespace
        if not is_dns_subdomain(name) or has_placeholder(namespace):
            continue
        path: Path = ("spec", "parentRefs", index)
        if is_supplied(cluster, _GATEWAY, namespace, name):
            yield from _listener_missing(path, ref, namespace, cluster)
        elif is_near(cluster, _GATEWAY, namespace, name) and not may_exist(cluster, obj, _GATEWAY, name, namespace):
            yield _parent_problem(path, cluster, obj, name, namespace)


def _parent_problem(path: Path, cluster: Cluster, obj: Object, name: str, namespace: str) -> Problem:
    effect = "The route is attached to nothing: no controller writes a condition into its status."
    elsewhere = next(supplies(cluster, _GATEWAY, "", name), None)
    if elsewhere is None:
        return absence((*path, "name"), cluster, obj, _GATEWAY, name, effect=effect, namespace=namespace)
    there = elsewhere.namespace
    message = f'Gateway "{name}" is in namespace "{there}", not in "{namespace}", where the route looks for it'
    related = (Related(elsewhere.obj, ("metadata", "namespace"), f'Gateway "{name}" is in "{there}"'),)
    return Problem((*path, "name"), message, related, effect, f"Write namespace: {there}.", rests_on=Absence(name))


def _listener_missing(path: Path, ref: Mapping[str, Any], namespace: str, cluster: Cluster) -> Iterator[Problem]:
    """The problem of a listener that all Gateways of the name lack; a ListenerSet may add one."""
    wanted = text(ref.get("sectionName"))
    if not wanted or has_placeholder(wanted) or _has_listener_sets(cluster):
        return
    gateways = [supply.obj for supply in supplies(cluster, _GATEWAY, namespace, text(ref.get("name")))]
    names = [text(one.get("name")) for gateway in gateways for _, one in items(gateway.spec.get("listeners"))]
    if not names or wanted in names or any(map(has_placeholder, names)):
        return
    message = f'{gateways[0]} has no listener named "{wanted}"; it has {listed(names)}'
    related = (Related(gateways[0], ("spec", "listeners"), "its listeners"),)
    effect = "The route is not accepted: Accepted is False, reason NoMatchingParent."
    fix = "Correct sectionName, or leave it out: then the route is attached to every listener that allows it."
    yield Problem((*path, "sectionName"), message, related, effect, fix, rests_on=Absence(mended_by=wanted))


@once
def _has_listener_sets(cluster: Cluster) -> bool:
    return any(obj.kind in ("ListenerSet", "XListenerSet") for obj in cluster.objects)


def _services_named(obj: Object) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The references of a route to Services that get traffic, each with its path; other kinds are passed over."""
    for index, rule in items(obj.spec.get("rules")):
        for place in _BACKENDS:
            for path, value in reach(rule, place):
                ref = mapping(value)
                is_service = ref.get("group") in (None, "") and ref.get("kind") in (None, "Service")
                is_rendered = is_dns_subdomain(text(ref.get("name"))) and not has_placeholder(ref.get("namespace"))
                if is_service and is_rendered and ref.get("weight") != 0:
                    yield ("spec", "rules", index, *path), ref


def _is_granted(obj: Object, namespace: str, name: str, cluster: Cluster) -> bool:
    """Whether a ReferenceGrant of the namespace lets the route use its Service."""
    grants = _grants(cluster)
    known = product((obj.kind,), (obj.namespace, _ANY), (namespace, _ANY), (name, _ANY))
    return any(grant in grants for grant in known)


# Stands for every name: that of a grant without one, and what is not written yet.
_ANY: Final = ""


@once
def _grants(cluster: Cluster) -> frozenset[tuple[str, str, str, str]]:
    """What ReferenceGrants allow: kind and namespace of the route, namespace and name of the Service."""
    return frozenset(
        (text(route.get("kind")), _known(route.get("namespace")), grant.namespace, _known(service.get("name")))
        for grant in cluster.of_kind(f"ReferenceGrant.{_GROUP}")
        for _, route in items(grant.spec.get("from"))
        for _, service in items(grant.spec.get("to"))
        if service.get("kind") == "Service"
    )


def _known(written: Any) -> str:
    return _ANY if has_placeholder(written) else text(written)


def _lost(obj: Object) -> str:
    return "Requests get 500" if obj.kind in ("HTTPRoute", "GRPCRoute") else "Connections are refused"
