"""Endpoints, as the API server validates them on creation."""

from __future__ import annotations

from k8slint.apiserver.validation.addresses import ordinary_address
from k8slint.apiserver.validation.field import Field, always, each, fields, given, one_of, optional
from k8slint.apiserver.validation.formats import dns_label, dns_subdomain, qualified_name
from k8slint.apiserver.validation.ports import port_number

_ADDRESS = fields(ip=always(ordinary_address), hostname=optional(dns_label), nodeName=given(dns_subdomain))
_PORT = fields(
    name=optional(dns_label),
    port=always(port_number),
    protocol=optional(one_of("SCTP", "TCP", "UDP")),
    appProtocol=given(qualified_name),
)
_SUBSET = fields(addresses=optional(each(_ADDRESS)), notReadyAddresses=optional(each(_ADDRESS)))


def endpoints(obj: Field) -> None:
    """Endpoints. A subset without ports is valid: headless Services have such.

    Mirrors: pkg/apis/core/validation/validation.go ValidateEndpoints @ v1.37
    """
    for subset in obj["subsets"]:
        if not subset["addresses"] and not subset["notReadyAddresses"]:
            subset.required("must specify `addresses` or `notReadyAddresses`")
        _SUBSET(subset)
        ports = subset["ports"]
        for port in ports:
            if len(ports) > 1 and not port["name"]:
                port["name"].required()
            _PORT(port)
