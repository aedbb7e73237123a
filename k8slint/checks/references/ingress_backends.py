"""Services and ports that Ingresses route to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from k8slint.checks.references.absence import absence
from k8slint.checks.wording import few, listed
from k8slint.cluster.cluster import Cluster
from k8slint.cluster.evidence import evidence_of
from k8slint.cluster.generated import Supply
from k8slint.cluster.references import is_supplied, may_exist, supplies
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, items, mapping, text
from k8slint.objects.object import Object
from k8slint.objects.problem import Absence, Problem, Related
from k8slint.values.names import is_dns_subdomain
from k8slint.values.nearest import nearest
from k8slint.values.placeholder import has_placeholder


def ingress_backend_missing(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A backend whose Service no file holds."""
    said: set[str] = set()
    for path, service in _backends(obj):
        name = text(service.get("name"))
        if name in said or not is_dns_subdomain(name) or is_supplied(cluster, "Service", obj.namespace, name):
            continue
        said.add(name)
        if not may_exist(cluster, obj, "Service", name):
            effect = f'Requests get 503 or a default page; kubectl describe shows <error: services "{name}" not found>.'
            yield absence((*path, "name"), cluster, obj, "Service", name, effect=effect)


def ingress_backend_port_missing(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A backend port that all Services of the name lack."""
    said: set[tuple[str, str | int]] = set()
    for path, service in _backends(obj):
        name, port = text(service.get("name")), mapping(service.get("port"))
        field = "number" if "number" in port else "name"
        wanted = port.get(field)
        if not isinstance(wanted, str | int) or (name, wanted) in said or has_placeholder(wanted):
            continue
        said.add((name, wanted))
        lacking = _all_without_port(supplies(cluster, "Service", obj.namespace, name), field, wanted)
        if lacking is not None and not evidence_of(cluster).is_patched(str(wanted)):
            yield _port_problem((*path, "port", field), lacking, field, wanted)


def _backends(obj: Object) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The Service backends of an Ingress, each with its path, without those that a controller's annotation defines."""
    places: list[tuple[Path, Any]] = [(("spec", "defaultBackend"), obj.spec.get("defaultBackend"))]
    for index, rule in items(obj.spec.get("rules")):
        for number, path in items(dig(rule, "http", "paths")):
            places.append((("spec", "rules", index, "http", "paths", number, "backend"), path.get("backend")))
    for at, backend in places:
        service = mapping(mapping(backend).get("service"))
        # A port of this name makes the controller read the backend from an annotation.
        if service and dig(service, "port", "name") != "use-annotation":
            yield (*at, "service"), service


def _all_without_port(several: Iterable[Supply], field: str, wanted: str | int) -> Object | None:
    """The first of several Services, if all of them lack the port, or None."""
    first = None
    for supply in several:
        ports = [port for _, port in items(supply.obj.spec.get("ports"))]
        is_open = supply.obj.group_kind != "Service" or (supply.obj.spec.get("type") == "ExternalName" and not ports)
        if is_open or any(port.get("port" if field == "number" else "name") == wanted for port in ports):
            return None
        first = first or supply.obj
    return first


def _port_problem(path: Path, service: Object, field: str, wanted: str | int) -> Problem:
    ports = [port for _, port in items(service.spec.get("ports"))]
    related = (Related(service, ("spec", "ports"), "its ports"),)
    if field == "number":
        confused = next((port.get("port") for port in ports if port.get("targetPort") == wanted), None)
        numbers = few(str(port.get("port")) for port in ports)
        hint = f"{wanted} is the targetPort of its port {confused}" if confused else f"it has {numbers}"
        return Problem(
            path, f"{service} has no port {wanted}; {hint}", related, rests_on=Absence(mended_by=str(wanted))
        )
    names = [name for port in ports if (name := text(port.get("name")))]
    near = nearest(str(wanted), names)
    hint = f'did you mean "{near}"?' if near else f"it has {listed(names)}" if names else "its ports have no names"
    return Problem(
        path, f'{service} has no port named "{wanted}"; {hint}', related, rests_on=Absence(mended_by=str(wanted))
    )
