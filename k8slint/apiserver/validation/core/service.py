"""Services, as the API server validates them on creation."""

from __future__ import annotations

from k8slint.apiserver.validation.field import Field, Unique, between, each, fields, given, needed, one_of, optional
from k8slint.apiserver.validation.formats import dns_label, dns_subdomain, port_name, qualified_name
from k8slint.apiserver.validation.metadata import labels


def _target_port(field: Field) -> None:
    (port_name if field.value.__class__ is str else between(1, 65535))(field)


_PORT = fields(
    port=needed(between(1, 65535)),
    protocol=optional(one_of("SCTP", "TCP", "UDP")),
    targetPort=optional(_target_port),
    appProtocol=given(qualified_name),
)
_SPEC = fields(
    selector=optional(labels),
    type=optional(one_of("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")),
    sessionAffinity=optional(one_of("ClientIP", "None")),
    internalTrafficPolicy=given(one_of("Cluster", "Local")),
    ipFamilies=optional(each(one_of("IPv4", "IPv6"))),
    ipFamilyPolicy=given(one_of("PreferDualStack", "RequireDualStack", "SingleStack")),
    trafficDistribution=given(one_of("PreferClose", PreferSameNode=33, PreferSameZone=33)),
    ports=optional(each(_PORT)),
)


def service(obj: Field) -> None:
    """A Service.

    Mirrors: pkg/apis/core/validation/validation.go ValidateService @ v1.37
    """
    spec = obj["spec"]
    kind, ports = spec["type"], spec["ports"]
    if not ports and not spec["clusterIP"].may_be("None") and not kind.may_be("ExternalName"):
        ports.required()
    if kind.value == "ExternalName":
        _external_name(spec)
    _port_names(ports)
    _SPEC(spec)
    _repeated_ports(ports)
    if kind.value == "ClusterIP":
        for port in ports:
            if port["nodePort"]:
                port["nodePort"].forbidden("may not be used when `type` is 'ClusterIP'")
    if not kind.may_be("LoadBalancer"):
        for name in ("loadBalancerClass", "allocateLoadBalancerNodePorts", "loadBalancerSourceRanges"):
            if spec[name].is_set:
                spec[name].forbidden("may only be used when `type` is 'LoadBalancer'")


def _external_name(spec: Field) -> None:
    for name in ("clusterIPs", "ipFamilies", "ipFamilyPolicy"):
        if spec[name]:
            spec[name].forbidden("may not be set for ExternalName services")
    host = spec["externalName"]
    if not host:
        host.required()
    elif host.value.__class__ is str:
        for fault in dns_subdomain.faults(host.value.removesuffix(".")):
            host.invalid(fault)


def _port_names(ports: Field) -> None:
    names = Unique()
    for port in ports:
        if port["name"]:
            dns_label(port["name"])
            names.add(port["name"])
        elif len(ports) > 1:
            port["name"].required()


def _repeated_ports(ports: Field) -> None:
    """No two ports have the same protocol and number, nor the same protocol and node port."""
    pairs, node_ports = Unique(), Unique()
    for port in ports:
        protocol = port["protocol"].value or "TCP"
        if port["port"]:
            key = {"port": port["port"].value, "protocol": protocol}
            pairs.add(port, (protocol, port["port"].value), key)
        node_ports.add(port["nodePort"], (protocol, port["nodePort"].value))
