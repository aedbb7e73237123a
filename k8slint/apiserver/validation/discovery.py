"""EndpointSlices, as the API server validates them on creation."""

from __future__ import annotations

from ipaddress import IPv6Address
from typing import Final

from k8slint.apiserver.validation.addresses import ordinary_address, parsed_ip
from k8slint.apiserver.validation.field import Check, Field, fields, given, needed, one_of, optional
from k8slint.apiserver.validation.formats import dns_label, dns_subdomain, label_value, qualified_name
from k8slint.apiserver.validation.metadata import labels

_MOST_ENDPOINTS: Final = 1000
_MOST_ADDRESSES: Final = 100
_MOST_PORTS: Final = 20000
_MOST_TOPOLOGY: Final = 16
_MOST_HINTS: Final = 8


def _topology(field: Field) -> None:
    if len(field) > _MOST_TOPOLOGY:
        field.too_many(_MOST_TOPOLOGY)
    labels(field)


def _hints_of(form: Check) -> Check:
    """The check of a list of hints, for zones or nodes, each of them named once."""

    def run(hints: Field) -> None:
        if len(hints) > _MOST_HINTS:
            hints.too_many(_MOST_HINTS)
            return
        seen: set[str] = set()
        for hint in hints:
            name = hint["name"]
            text = name.value or ""
            if text.__class__ is str and text in seen:
                name.duplicate(text)
            elif text.__class__ is str:
                seen.add(text)
            form(name)

    return run


_NODES = _hints_of(dns_subdomain)


def _hints_for_nodes(hints: Field) -> None:
    # Without the gate, the server drops the field.
    if hints.run.has("PreferSameTrafficDistribution"):
        _NODES(hints)


_ENDPOINT = fields(
    nodeName=given(dns_subdomain),
    deprecatedTopology=optional(_topology),
    hostname=given(dns_label),
    hints=given(fields(forZones=optional(_hints_of(label_value)), forNodes=optional(_hints_for_nodes))),
)
_PORT = fields(protocol=given(one_of("SCTP", "TCP", "UDP")), appProtocol=given(qualified_name))
_ADDRESS_TYPE = needed(one_of("FQDN", "IPv4", "IPv6")).check


def endpoint_slice(obj: Field) -> None:
    """An EndpointSlice.

    Mirrors: pkg/apis/discovery/validation/validation.go ValidateEndpointSlice @ v1.37
    """
    _ADDRESS_TYPE(obj["addressType"])
    _endpoints(obj["endpoints"], obj["addressType"])
    _ports(obj["ports"])


def _endpoints(endpoints: Field, kind: Field) -> None:
    if len(endpoints) > _MOST_ENDPOINTS:
        endpoints.too_many(_MOST_ENDPOINTS)
        return
    for endpoint in endpoints:
        addresses = endpoint["addresses"]
        if not addresses:
            addresses.required("must contain at least 1 address")
        elif len(addresses) > _MOST_ADDRESSES:
            addresses.too_many(_MOST_ADDRESSES)
        for item in addresses:
            _address(item, kind)
        _ENDPOINT(endpoint)


def _address(field: Field, kind: Field) -> None:
    if kind.value == "FQDN":
        dns_subdomain(field)
        return
    if kind.value not in ("IPv4", "IPv6"):
        return
    ordinary_address(field)
    ip = parsed_ip(field.value) if field.value.__class__ is str else None
    if ip is not None and isinstance(ip, IPv6Address) != (kind.value == "IPv6"):
        field.invalid(f"must be an {kind.value} address")


def _ports(ports: Field) -> None:
    """Ports, whose names must differ; a port without a name has the empty name."""
    if len(ports) > _MOST_PORTS:
        ports.too_many(_MOST_PORTS)
        return
    names: set[str] = set()
    for port in ports:
        name = port["name"].value or ""
        if name.__class__ is str:
            if name in names:
                port["name"].duplicate(name)
            names.add(name)
            if name:
                dns_label(port["name"])
        _PORT(port)
