"""Services that stand for a name elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address
from typing import Final

from k8slint.cluster.cluster import Cluster
from k8slint.objects.fields import integer, items, text
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem

_PATH: Final = ("spec", "externalName")
_OWN: Final = ("localhost", "localhost.localdomain")


def external_name_is_localhost(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Service that stands for whoever asks."""
    name = _external_name(obj)
    if name in _OWN or name.endswith(".localhost"):
        yield Problem(_PATH, f'externalName "{name}" is whoever asks: the Pod itself, or the proxy in front of it')


def external_name_is_an_address(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Service that stands for an IP address, which is read as a name of digits."""
    name = _external_name(obj)
    if name and _is_address(name):
        yield Problem(_PATH, f'externalName "{name}" is read as a name, not as an address')


def external_name_maps_no_ports(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Service that stands for a name and writes a port that it would have to translate."""
    if not _external_name(obj):
        return
    for index, port in items(obj.spec.get("ports")):
        number, target = integer(port.get("port")), port.get("targetPort")
        if number is not None and integer(target) not in (None, 0, number):
            said = (
                f"port {number} is not translated to {target}: a Service of type ExternalName is a name, and no proxy"
            )
            yield Problem(("spec", "ports", index, "targetPort"), said)


def _external_name(obj: Object) -> str:
    """The name that the Service stands for, as resolvers read it; empty for Services of other types."""
    if obj.spec.get("type") != "ExternalName":
        return ""
    return text(obj.spec.get("externalName")).removesuffix(".").lower()


def _is_address(name: str) -> bool:
    try:
        IPv4Address(name)
    except ValueError:
        return False
    return True
