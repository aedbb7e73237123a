"""Ports of Services that others refer to by number or name."""

from __future__ import annotations

from collections.abc import Iterable

from k8slint.checks.wording import few, listed
from k8slint.cluster.generated import Supply
from k8slint.loading.document import Path
from k8slint.objects.fields import items, text
from k8slint.objects.object import Object
from k8slint.objects.problem import Absence, Problem, Related
from k8slint.values.nearest import nearest


def all_without_port(several: Iterable[Supply], field: str, wanted: str | int) -> Object | None:
    """The first of several Services, if all of them lack the port, or None; `field` is `number` or `name`."""
    first = None
    for supply in several:
        ports = [port for _, port in items(supply.obj.spec.get("ports"))]
        is_open = supply.obj.group_kind != "Service" or (supply.obj.spec.get("type") == "ExternalName" and not ports)
        if is_open or any(port.get("port" if field == "number" else "name") == wanted for port in ports):
            return None
        first = first or supply.obj
    return first


def port_problem(path: Path, service: Object, field: str, wanted: str | int, *, effect: str = "") -> Problem:
    """The problem that a Service lacks the port at the path, with the port that may have been meant."""
    ports = [port for _, port in items(service.spec.get("ports"))]
    if field == "number":
        confused = next((port.get("port") for port in ports if port.get("targetPort") == wanted), None)
        numbers = few(str(port.get("port")) for port in ports)
        hint = f"{wanted} is the targetPort of its port {confused}" if confused else f"it has {numbers}"
        message = f"{service} has no port {wanted}; {hint}"
    else:
        names = [name for port in ports if (name := text(port.get("name")))]
        near = nearest(str(wanted), names)
        hint = f'did you mean "{near}"?' if near else f"it has {listed(names)}" if names else "its ports have no names"
        message = f'{service} has no port named "{wanted}"; {hint}'
    related = (Related(service, ("spec", "ports"), "its ports"),)
    return Problem(path, message, related, effect, rests_on=Absence(mended_by=str(wanted)))
