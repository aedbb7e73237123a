"""Warnings about the ports of a pod, across all its containers."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from k8slint.apiserver.validation.core.pod_security import all_containers
from k8slint.apiserver.validation.field import Field
from k8slint.values.field_path import field_path

_RULE: Final = "duplicate-container-port"
_SAME: Final = "remove one of the two entries, or mend its number or protocol"


class _Port(NamedTuple):
    """A port, with what may clash with other ports."""

    field: Field
    number: int
    protocol: str
    host_ip: str
    host_port: int


def port_warnings(spec: Field) -> None:
    """Duplicate ports and duplicate names; each warning names the first earlier port.

    Mirrors: pkg/api/pod/warnings.go warningsForPodSpecAndMeta @ v1.37
    """
    taken: dict[tuple[int, str], _Taken] = {}
    names: dict[str, Field] = {}
    ports = [port for container in all_containers(spec) if container.holds("ports") for port in container["ports"]]
    for port in map(_port_of, ports):
        if port is not None:
            if port.host_ip and not port.host_port:
                port.field.warn(f"hostIP set without hostPort: {_as_go(port)}", fix="write hostPort, or remove hostIP")
            taken.setdefault((port.number, port.protocol), _Taken()).add(port)
    for field in ports:
        name = field["name"].value
        if name.__class__ is str and name:
            if name in names:
                _named_twice(field, name, names[name])
            names.setdefault(name, field)


def _port_of(field: Field) -> _Port | None:
    """The port, or None if not all of it is known."""
    number, host_port = field["containerPort"].value or 0, field["hostPort"].value or 0
    protocol, host_ip = field["protocol"].value or "TCP", field["hostIP"].value or ""
    if (
        number.__class__ is int
        and host_port.__class__ is int
        and protocol.__class__ is str
        and host_ip.__class__ is str
    ):
        return _Port(field, number, protocol, host_ip, host_port)
    return None


def _as_go(port: _Port) -> str:
    name = port.field["name"].value or ""
    return (
        f"{{Name:{name} HostPort:{port.host_port} ContainerPort:{port.number} Protocol:{port.protocol} "
        f"HostIP:{port.host_ip}}}"
    )


def _named_twice(field: Field, name: str, first: Field) -> None:
    other = field_path(first.path)
    said = f'duplicate port name "{name}" with {other}, services and probes that select ports by name will use {other}'
    related = ((first.path, "named first here"),)
    field.warn(said, rule=_RULE, fix="give one of the two another name", related=related)


class _Taken:
    """The ports of one number and protocol: the first of each sort that a later one can clash with."""

    __slots__ = ("_exact", "_first", "_inside", "_of_all", "_of_one")

    def __init__(self) -> None:
        self._first: _Port | None = None
        self._inside: _Port | None = None
        self._exact: dict[Any, _Port] = {}
        # By host port: the first on all addresses of the host, and the first on one address.
        self._of_all: dict[int, _Port] = {}
        self._of_one: dict[int, _Port] = {}

    def add(self, port: _Port) -> None:
        """Warn if a port clashes with an earlier one, and keep it."""
        key = (port.host_ip, port.host_port)
        same = self._exact.get(key)
        overlapped = self._inside if port.host_port else self._first
        ambiguous = (self._of_one if not port.host_ip else self._of_all).get(port.host_port)
        if same is not None:
            self._warn(port, "duplicate", same)
        elif overlapped is not None:
            self._warn(port, "overlapping", overlapped)
        elif ambiguous is not None:
            self._warn(port, "dangerously ambiguous", ambiguous)
        self._exact.setdefault(key, port)
        self._first = self._first or port
        if not port.host_port:
            self._inside = self._inside or port
        (self._of_one if port.host_ip else self._of_all).setdefault(port.host_port, port)

    def _warn(self, port: _Port, how: str, other: _Port) -> None:
        path = other.field.path
        said = f"{how} port definition with {field_path(path)}"
        port.field.warn(said, rule=_RULE, fix=_SAME, related=((path, "defined first here"),))
