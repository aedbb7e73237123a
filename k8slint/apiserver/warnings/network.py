"""Warnings about Services and the other kinds of networking."""

from __future__ import annotations

from typing import Final

from k8slint.apiserver.validation.addresses import preferred_form, preferred_range
from k8slint.apiserver.validation.core.service_allocation import is_headless
from k8slint.apiserver.validation.field import Field

_TOPOLOGY_HINTS: Final = "service.kubernetes.io/topology-aware-hints"
_INGRESS_CLASS: Final = "kubernetes.io/ingress.class"
_CLOSE_IS_DEPRECATED_SINCE: Final = 36
_EXTERNAL_IPS_ARE_DEPRECATED_SINCE: Final = 36
_FOR_HEADLESS: Final = "is ignored for headless services"


def service(obj: Field) -> None:
    """A Service.

    Mirrors: pkg/api/service/warnings.go GetWarningsForService @ v1.37
    """
    spec, hints = obj["spec"], obj["metadata"]["annotations"][_TOPOLOGY_HINTS]
    if hints.is_set:
        hints.warn("is deprecated, please use service.kubernetes.io/topology-mode instead")
    if not is_headless(spec):
        # A single address may be filled in from clusterIP: the warning has to point at what is written.
        for ip in (spec["clusterIP"],) if len(spec["clusterIPs"]) == 1 else spec["clusterIPs"]:
            _address(ip)
    for ip in spec["externalIPs"]:
        _address(ip)
    _address(spec["loadBalancerIP"])
    for item in spec["loadBalancerSourceRanges"]:
        _range(item)
    _ignored(spec)
    if spec["trafficDistribution"].value == "PreferClose" and spec.run.minor >= _CLOSE_IS_DEPRECATED_SINCE:
        spec["trafficDistribution"].warn(
            '"PreferClose" is deprecated; use "PreferSameZone"', fix="write PreferSameZone"
        )


def _ignored(spec: Field) -> None:
    """Fields that have no effect in a Service of its type, and fields that may soon have none."""
    kind, ips = spec["type"], spec["externalIPs"]
    if kind.is_hole:
        return
    if kind.value == "ClusterIP" and is_headless(spec):
        for field in (spec["loadBalancerIP"], ips):
            if field:
                field.warn(_FOR_HEADLESS)
        if spec["sessionAffinity"].value != "None":
            spec["sessionAffinity"].warn(_FOR_HEADLESS)
    elif ips and kind.value == "ExternalName":
        ips.warn('is ignored when spec.type is "ExternalName"')
    elif ips and spec.run.minor >= _EXTERNAL_IPS_ARE_DEPRECATED_SINCE:
        ips.warn("is deprecated and may no longer be implemented in some clusters")
    if spec["externalName"] and kind.value != "ExternalName":
        spec["externalName"].warn('is ignored when spec.type is not "ExternalName"')


def ingress(obj: Field) -> None:
    """An Ingress.

    Mirrors: pkg/registry/networking/ingress/strategy.go WarningsOnCreate @ v1.37
    """
    annotation = obj["metadata"]["annotations"][_INGRESS_CLASS]
    if annotation.is_set and not obj["spec"]["ingressClassName"].is_set:
        annotation.warn("is deprecated, please use 'spec.ingressClassName' instead")


def network_policy(obj: Field) -> None:
    """A NetworkPolicy.

    Mirrors: pkg/registry/networking/networkpolicy/strategy.go WarningsOnCreate @ v1.37
    """
    for way, peers in (("ingress", "from"), ("egress", "to")):
        for rule in obj["spec"][way]:
            for peer in rule[peers]:
                _range(peer["ipBlock"]["cidr"])
                for item in peer["ipBlock"]["except"]:
                    _range(item)


def endpoint_slice(obj: Field) -> None:
    """An EndpointSlice.

    Mirrors: pkg/registry/discovery/endpointslice/strategy.go WarningsOnCreate @ v1.37
    """
    kind = obj["addressType"]
    if kind.value == "FQDN":
        kind.warn("FQDN endpoints are deprecated")
    elif kind.value in ("IPv4", "IPv6"):
        for endpoint in obj["endpoints"]:
            for item in endpoint["addresses"]:
                _address(item)


def _address(field: Field) -> None:
    said = preferred_form(field.value) if field.value.__class__ is str else None
    if said:
        field.warn(said)


def _range(field: Field) -> None:
    said = preferred_range(field.value) if field.value.__class__ is str else None
    if said:
        field.warn(said)
