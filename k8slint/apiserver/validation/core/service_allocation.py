"""Problems of a Service when the API server allocates its addresses and ports, which it does before validation.

The cluster is assumed to have both families of addresses and the default range of node ports, all of them free.
"""

from __future__ import annotations

from ipaddress import IPv6Address
from typing import Any, Final

from k8slint.apiserver.validation.addresses import address, parsed_ip
from k8slint.apiserver.validation.field import Field, Unique, fields, given, one_of, optional
from k8slint.values.field_path import field_path

_NONE: Final = "None"
_NODE_PORTS: Final = range(30000, 32768)
_NOT_IN_RANGE: Final = (
    f"provided port is not in the valid range. The range of valid ports is {_NODE_PORTS.start}-{_NODE_PORTS.stop - 1}"
)
_WITH_SEVERAL: Final = "must be 'RequireDualStack' or 'PreferDualStack' when multiple {} are specified"


_FAMILY = one_of("IPv4", "IPv6")


def _families(families: Field) -> None:
    seen = Unique()
    for family in families:
        _FAMILY(family)
        seen.add(family)


_IP_FIELDS = fields(
    ipFamilies=optional(_families),
    ipFamilyPolicy=given(one_of("PreferDualStack", "RequireDualStack", "SingleStack")),
)


def is_headless(spec: Field) -> bool:
    """Whether a Service is known to have no address of its own."""
    return bool(spec["clusterIPs"].value == [_NONE])


def allocate(spec: Field) -> None:
    """The addresses and ports that a Service asks for.

    Mirrors: pkg/registry/core/service/storage/alloc.go allocateCreate @ v1.37
    """
    kind, start = spec["type"], len(spec.run.found)
    if not kind.may_be("ExternalName"):
        _cluster_ips(spec)
        point_at_first(spec, start)
    taken: set[int] = set()
    if kind.value in ("NodePort", "LoadBalancer"):
        _node_ports(spec["ports"], taken)
    if kind.value == "LoadBalancer" and spec["externalTrafficPolicy"].value == "Local":
        _allocate_port(spec["healthCheckNodePort"], taken)


def point_at_first(spec: Field, start: int) -> None:
    """Make problems of `clusterIPs` found since `start` point at `clusterIP`, if the list holds that alone."""
    if spec["clusterIPs"].value != [spec["clusterIP"].value]:
        return
    found = spec.run.found
    for index in range(start, len(found)):
        path = found[index].path
        if path[:2] == ("spec", "clusterIPs"):
            found[index] = found[index]._replace(path=("spec", "clusterIP"), named=field_path(path))


def _cluster_ips(spec: Field) -> None:
    """The addresses, against each other and against the families.

    Mirrors: pkg/apis/core/validation/validation.go ValidateServiceClusterIPsRelatedFields @ v1.37
    """
    first, ips, start = spec["clusterIP"], spec["clusterIPs"], len(spec.run.found)
    if first.value.__class__ is str and first and ips.value.__class__ is list:
        if ips and ips.value[0].__class__ is str and ips.value[0] != first.value:
            ips.invalid("first value must match `clusterIP`")
    elif ips and not first:
        ips.invalid("must be empty when `clusterIP` is not specified")
    _IP_FIELDS(spec)
    if _are_addresses(ips):
        _against_families(spec, ips)
    if len(spec.run.found) == start and spec["ipFamilyPolicy"].value in (None, "SingleStack"):
        policy = spec["ipFamilyPolicy"]
        if len(ips) == 2:
            policy.invalid(_WITH_SEVERAL.format("cluster IPs"), "SingleStack", fix='write "PreferDualStack"')
        if len(spec["ipFamilies"]) == 2:
            policy.invalid(_WITH_SEVERAL.format("IP families"), "SingleStack", fix='write "PreferDualStack"')


def _are_addresses(ips: Field) -> bool:
    """Whether all entries are addresses, or the list is `None` alone."""
    start = len(ips.run.found)
    for index, ip in enumerate(ips):
        if index == 0 and ip.value == _NONE:
            if len(ips) > 1:
                ips.invalid("'None' must be the first and only value")
        else:
            address(ip)
    is_sound = len(ips.run.found) == start
    if len(ips) > 2:
        ips.invalid("may only hold up to 2 values")
    return is_sound


def _against_families(spec: Field, ips: Field) -> None:
    if ips.value.__class__ is not list or ips.value == [_NONE]:
        return
    versions = [_version(ip) for ip in ips]
    if len(versions) == 2 and versions[0] and versions[0] == versions[1]:
        ips.invalid("may specify no more than one IP for each IP family")
    for index, (ip, family) in enumerate(zip(ips, spec["ipFamilies"], strict=False)):
        wanted = family.value
        if versions[index] and wanted in ("IPv4", "IPv6") and versions[index] != wanted:
            ip.invalid(f"expected an {wanted} value as indicated by `ipFamilies[{index}]`")


def _version(ip: Field) -> str:
    """The family of an address; empty if the address is not known."""
    parsed = parsed_ip(ip.value) if ip.value.__class__ is str else None
    return "" if parsed is None else "IPv6" if isinstance(parsed, IPv6Address) else "IPv4"


def _node_ports(ports: Field, taken: set[int]) -> None:
    """The node ports that are asked for, which are added to `taken`. Two ports of one number may share one.

    Mirrors: pkg/registry/core/service/storage/alloc.go initNodePorts @ v1.37
    """
    of_port: dict[Any, int] = {}
    for port in ports:
        number, node_port = port["port"].value, port["nodePort"]
        if number.__class__ is not int or node_port.value.__class__ is not int or not node_port:
            continue
        if of_port.get(number) != node_port.value:
            _allocate_port(node_port, taken)
            of_port.setdefault(number, node_port.value)


def _allocate_port(port: Field, taken: set[int]) -> None:
    if port.value.__class__ is not int or not port:
        return
    if port.value not in _NODE_PORTS:
        port.invalid(_NOT_IN_RANGE, rule="node-port-out-of-range")
    elif port.value in taken:
        port.invalid("provided port is already allocated", rule="duplicate-value")
    taken.add(port.value)
