"""Services, as the API server validates them on creation."""

from __future__ import annotations

from typing import Final

from k8slint.apiserver.validation.addresses import address_range, ordinary_address
from k8slint.apiserver.validation.core.service_allocation import allocate, is_headless, point_at_first
from k8slint.apiserver.validation.field import (
    Field,
    Unique,
    always,
    each,
    fields,
    given,
    one_of,
    optional,
)
from k8slint.apiserver.validation.formats import dns_label, dns_subdomain, qualified_name
from k8slint.apiserver.validation.metadata import labels
from k8slint.apiserver.validation.ports import port_number, port_number_or_name

_MOST_AFFINITY_SECONDS: Final = 86400
_NOT_FOR_NAMES: Final = "may not be set for ExternalName services"
_FOR_LOAD_BALANCERS: Final = "may only be used when `type` is 'LoadBalancer'"
_TOPOLOGY_HINTS: Final = "service.kubernetes.io/topology-aware-hints"
_TOPOLOGY_MODE: Final = "service.kubernetes.io/topology-mode"
_SOURCE_RANGES: Final = "service.beta.kubernetes.io/load-balancer-source-ranges"


def _affinity_seconds(field: Field) -> None:
    if field.value.__class__ is int and not 0 < field.value <= _MOST_AFFINITY_SECONDS:
        field.invalid(f"must be greater than 0 and less than {_MOST_AFFINITY_SECONDS}")


_PORT = fields(
    port=always(port_number),
    protocol=optional(one_of("SCTP", "TCP", "UDP")),
    targetPort=always(port_number_or_name),
    appProtocol=given(qualified_name),
)
_POLICY = one_of("Cluster", "Local")
_SPEC = fields(
    ports=optional(each(_PORT)),
    selector=optional(labels),
    sessionAffinity=optional(one_of("ClientIP", "None")),
    sessionAffinityConfig=given(fields(clientIP=given(fields(timeoutSeconds=given(_affinity_seconds))))),
    externalIPs=optional(each(ordinary_address)),
    type=optional(one_of("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")),
    internalTrafficPolicy=given(_POLICY),
    trafficDistribution=given(one_of("PreferClose", PreferSameNode=34, PreferSameZone=34)),
)


def service(obj: Field) -> None:
    """A Service.

    Mirrors: pkg/apis/core/validation/validation.go ValidateService @ v1.37
    """
    spec = obj["spec"]
    kind, ports = spec["type"], spec["ports"]
    allocate(spec)
    _topology(obj["metadata"]["annotations"])
    if not ports and not kind.may_be("ExternalName") and not _may_be_headless(spec):
        ports.required()
    if kind.value == "ExternalName":
        _external_name(spec)
    elif kind.value in ("LoadBalancer", "NodePort") and is_headless(spec):
        _not_headless(spec)
    _port_names(ports)
    _SPEC(spec)
    _repeated_ports(ports, are_allocated=kind.value in ("LoadBalancer", "NodePort"))
    if kind.value == "ClusterIP":
        for port in ports:
            if port["nodePort"]:
                port["nodePort"].forbidden("may not be used when `type` is 'ClusterIP'")
    _load_balancer(obj)
    _external_traffic(spec)


def _topology(annotations: Field) -> None:
    hints, mode = annotations[_TOPOLOGY_HINTS], annotations[_TOPOLOGY_MODE]
    if hints.is_set and mode.is_set and not hints.is_hole and hints.value != mode.value:
        mode.invalid(f"must match annotations[{_TOPOLOGY_HINTS}] when both are specified")


def _may_be_headless(spec: Field) -> bool:
    return is_headless(spec) or spec["clusterIP"].is_hole or spec["clusterIPs"].is_hole


def _external_name(spec: Field) -> None:
    for name in ("clusterIPs", "ipFamilies"):
        if spec[name]:
            spec[name].forbidden(_NOT_FOR_NAMES)
    if spec["ipFamilyPolicy"].is_set:
        spec["ipFamilyPolicy"].forbidden(_NOT_FOR_NAMES)
    host = spec["externalName"]
    if not host or host.value == ".":
        host.required()
    elif host.value.__class__ is str:
        for fault in dns_subdomain.faults(host.value.removesuffix(".")):
            host.invalid(fault)


def _not_headless(spec: Field) -> None:
    """Services that can be reached from outside the cluster must not be headless."""
    start = len(spec.run.found)
    for ip in spec["clusterIPs"]:
        ip.invalid(f"may not be set to 'None' for {spec['type'].value} services")
    point_at_first(spec, start)


def _port_names(ports: Field) -> None:
    names = Unique()
    for port in ports:
        if port["name"]:
            dns_label(port["name"])
            names.add(port["name"])
        elif len(ports) > 1:
            port["name"].required()


def _repeated_ports(ports: Field, *, are_allocated: bool) -> None:
    """No two ports have the same protocol and number, nor the same protocol and node port.

    Allocation has reported repeated node ports already, unless the ports share their number.
    """
    pairs, node_ports = Unique(), Unique()
    for port in ports:
        protocol, number, node_port = port["protocol"], port["port"], port["nodePort"]
        if protocol.is_hole:
            continue
        if number and not number.is_hole:
            pairs.add(port, (protocol.value, number.value), {"port": number.value, "protocol": protocol.value})
        if not (are_allocated and number.is_hole):
            node_ports.add(node_port, (protocol.value, node_port.value, number.value if are_allocated else None))


def _load_balancer(obj: Field) -> None:
    """Fields that only load balancers may have."""
    spec = obj["spec"]
    is_known_to_be_none = not spec["type"].may_be("LoadBalancer")
    _source_ranges(obj, is_forbidden=is_known_to_be_none)
    if is_known_to_be_none:
        for name in ("allocateLoadBalancerNodePorts", "loadBalancerClass"):
            if spec[name].is_set:
                spec[name].forbidden(_FOR_LOAD_BALANCERS)
    elif spec["loadBalancerClass"].is_set:
        qualified_name(spec["loadBalancerClass"])


def _source_ranges(obj: Field, *, is_forbidden: bool) -> None:
    spec, run = obj["spec"], obj.run
    annotation = obj["metadata"]["annotations"][_SOURCE_RANGES]
    written = spec["loadBalancerSourceRanges"]
    if written:
        # The server writes the field's name with a capital.
        ranges = written.named_as(spec, "LoadBalancerSourceRanges")
        if is_forbidden:
            ranges.forbidden(_FOR_LOAD_BALANCERS)
        for item in ranges:
            text = item.value
            address_range(Field(text.strip() if text.__class__ is str else text, run, ranges, item.path[-1]))
    elif annotation.value.__class__ is str:
        if is_forbidden:
            annotation.forbidden(_FOR_LOAD_BALANCERS)
        for text in annotation.value.split(",") if annotation.value.strip() else ():
            address_range(Field(text.strip(), run, obj["metadata"]["annotations"], _SOURCE_RANGES))


def _external_traffic(spec: Field) -> None:
    """The policy for traffic from outside the cluster.

    Mirrors: pkg/apis/core/validation/validation.go validateServiceExternalTrafficPolicy @ v1.37
    """
    kind, policy, port = spec["type"], spec["externalTrafficPolicy"], spec["healthCheckNodePort"]
    if kind.is_hole:
        return
    if kind.value in ("LoadBalancer", "NodePort") or (kind.value == "ClusterIP" and spec["externalIPs"]):
        if policy:
            _POLICY(policy)
    elif policy:
        policy.invalid("may only be set for externally-accessible services", fix="remove the field")
    needs_health_check = kind.value == "LoadBalancer" and policy.may_be("Local")
    if port and not needs_health_check:
        port.invalid("may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'")
