"""Ingresses, network policies and the ranges of Services, as the API server validates them on creation."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from typing import Final, TypeAlias

from k8slint.apiserver.validation.addresses import address_range, parsed_ip, parsed_range, strict_range
from k8slint.apiserver.validation.field import Field, fields, given, needed, one_of, optional
from k8slint.apiserver.validation.formats import (
    dns_label,
    dns_subdomain,
    domain_prefixed_path,
    path_segment_name,
    port_name,
    wildcard_dns_subdomain,
)
from k8slint.apiserver.validation.metadata import name_form
from k8slint.apiserver.validation.ports import port_number, port_number_or_name
from k8slint.apiserver.validation.selectors import label_selector

Network: TypeAlias = IPv4Network | IPv6Network

_MOST_CONTROLLER_BYTES: Final = 250
_INGRESS_CLASS: Final = "kubernetes.io/ingress.class"
_NOT_IN_PATHS: Final = ("//", "/./", "/../", "%2f", "%2F")
_NOT_AT_ENDS: Final = ("/..", "/.")
_PATH_TYPES: Final = ("Exact", "ImplementationSpecific", "Prefix")
_PATH_TYPE = one_of(*_PATH_TYPES)
_SCOPE = one_of("Cluster", "Namespace")
_CONTROLLER = needed(domain_prefixed_path).check
_PROTOCOL = one_of("SCTP", "TCP", "UDP")
_POLICY_TYPE = one_of("Egress", "Ingress")
_REFERENCE = fields(
    apiGroup=given(dns_subdomain),
    kind=needed(path_segment_name),
    name=needed(path_segment_name),
)


def ingress_class(obj: Field) -> None:
    """An IngressClass.

    Mirrors: pkg/apis/networking/validation/validation.go ValidateIngressClass @ v1.37
    """
    controller, parameters = obj["spec"]["controller"], obj["spec"]["parameters"]
    if len(controller) > _MOST_CONTROLLER_BYTES:
        controller.too_long(_MOST_CONTROLLER_BYTES)
    _CONTROLLER(controller)
    if parameters.is_set:
        _REFERENCE(parameters)
        _scope(parameters)


def _scope(parameters: Field) -> None:
    scope, namespace = parameters["scope"], parameters["namespace"]
    _SCOPE(scope)
    if scope.value == "Namespace":
        if namespace.is_set:
            dns_label(namespace)
        else:
            namespace.required("`parameters.scope` is set to 'Namespace'")
    elif scope.value == "Cluster" and namespace.is_set:
        namespace.forbidden("`parameters.scope` is set to 'Cluster'")


def ingress(obj: Field) -> None:
    """An Ingress.

    Mirrors: pkg/apis/networking/validation/validation.go ValidateIngressCreate @ v1.37
    """
    spec = obj["spec"]
    if not spec["rules"] and not spec["defaultBackend"].is_set:
        spec.invalid("either `defaultBackend` or `rules` must be specified", None)
    if spec["defaultBackend"].is_set:
        _backend(spec["defaultBackend"])
    for rule in spec["rules"]:
        _host(rule["host"])
        _paths(rule["http"])
    for tls in spec["tls"]:
        for host in tls["hosts"]:
            _host_form(host)
        if tls["secretName"]:
            dns_subdomain(tls["secretName"])
    if spec["ingressClassName"].is_set:
        dns_subdomain(spec["ingressClassName"])
    _class_annotation(obj)


def _class_annotation(obj: Field) -> None:
    annotation, name = obj["metadata"]["annotations"][_INGRESS_CLASS], obj["spec"]["ingressClassName"]
    if annotation.is_set and name.is_set and not name.is_hole and annotation.value != name.value:
        fix = f"remove the annotation, or write {name.value}"
        annotation.invalid("must match `ingressClassName` when both are specified", fix=fix)


def _host(host: Field) -> None:
    if host and host.value.__class__ is str:
        if parsed_ip(host.value) is not None:
            host.invalid("must be a DNS name, not an IP address")
        _host_form(host)


def _host_form(host: Field) -> None:
    text = host.value or ""
    if text.__class__ is str:
        (wildcard_dns_subdomain if "*" in text else dns_subdomain).item(host)


def _paths(http: Field) -> None:
    if not http.is_set:
        return
    if not http["paths"]:
        http["paths"].required()
    for path in http["paths"]:
        if path["pathType"].is_set:
            _path(path["path"], path["pathType"])
            _backend(path["backend"])
        else:
            path["pathType"].required("pathType must be specified", fix='write "Prefix"')


def _path(path: Field, kind: Field) -> None:
    _PATH_TYPE(kind)
    text = path.value or ""
    if text.__class__ is not str or kind.value not in _PATH_TYPES:
        return
    is_strict = kind.value != "ImplementationSpecific"
    if not text.startswith("/") and (text or is_strict):
        path.invalid("must be an absolute path", text, fix='begin it with "/"')
    if is_strict:
        for part in _NOT_IN_PATHS:
            if part in text:
                path.invalid(f"must not contain '{part}'")
        for end in _NOT_AT_ENDS:
            if text.endswith(end):
                path.invalid(f"cannot end with '{end}'")


def _backend(backend: Field) -> None:
    """Where traffic goes: a Service, or an object of another kind.

    Mirrors: pkg/apis/networking/validation/validation.go validateIngressBackend @ v1.37
    """
    resource, service = backend["resource"], backend["service"]
    if backend.is_hole:
        return
    if resource.is_set and service.is_set:
        backend.invalid("cannot set both resource and service backends", "")
    elif resource.is_set:
        _REFERENCE(resource)
    elif service.is_set:
        _service(backend, service)
    else:
        backend.invalid("resource or service backend is required", "")


def _service(backend: Field, service: Field) -> None:
    name, port = service["name"], service["port"]
    form = name_form("Service", name)
    if not name:
        name.required()
    elif form is not None:
        form(name)
    if port["name"] and port["number"]:
        if not port.is_hole:
            backend.invalid("cannot set both port name & port number", "")
    elif port["name"]:
        port_name(port["name"])
    elif port["number"]:
        port_number(port["number"])
    else:
        backend.required("port name or number is required")


def network_policy(obj: Field) -> None:
    """A NetworkPolicy.

    Mirrors: pkg/apis/networking/validation/validation.go ValidateNetworkPolicy @ v1.37
    """
    spec = obj["spec"]
    label_selector(spec["podSelector"])
    for way, peers in (("ingress", "from"), ("egress", "to")):
        for rule in spec[way]:
            for port in rule["ports"]:
                _policy_port(port)
            for peer in rule[peers]:
                _peer(peer)
    types = spec["policyTypes"]
    if len(types) > 2:
        types.invalid("may not specify more than two policyTypes")
        return
    for kind in types:
        _POLICY_TYPE(kind)


def _policy_port(field: Field) -> None:
    port, end = field["port"], field["endPort"]
    if field["protocol"].is_set:
        _PROTOCOL(field["protocol"])
    if port.is_set:
        port_number_or_name(port)
    if end.is_set and not port.is_hole:
        if port.value.__class__ is int:
            if end.value.__class__ is int and end.value < port.value:
                end.invalid("must be greater than or equal to `port`")
            port_number(end)
        else:
            end.invalid(f"may not be specified when `port` is {'non-numeric' if port.is_set else 'not specified'}")


def _peer(peer: Field) -> None:
    selectors, block = [peer[name] for name in ("podSelector", "namespaceSelector")], peer["ipBlock"]
    for selector in selectors:
        label_selector(selector)
    if block.is_set:
        _ip_block(block)
    has_selector = any(selector.is_set for selector in selectors)
    if not has_selector and not block.is_set:
        peer.required("must specify a peer")
    elif has_selector and block.is_set:
        peer.forbidden("may not specify both ipBlock and another peer", fix="write the ipBlock as a peer of its own")


def _ip_block(block: Field) -> None:
    if not block["cidr"]:
        block["cidr"].required()
        return
    whole = address_range(block["cidr"])
    if whole is None:
        return
    for item in block["except"]:
        part = address_range(item)
        if part is not None and not _is_strict_part(part.network, whole.network):
            item.invalid("must be a strict subset of `cidr`")


def _is_strict_part(part: Network, whole: Network) -> bool:
    return part.version == whole.version and part.prefixlen > whole.prefixlen and part.network_address in whole


_PARENT = fields(
    group=optional(dns_subdomain),
    resource=needed(path_segment_name),
    name=needed(path_segment_name),
    namespace=optional(path_segment_name),
)


def ip_address(obj: Field) -> None:
    """An IPAddress.

    Mirrors: pkg/apis/networking/validation/validation.go ValidateIPAddress @ v1.37
    """
    parent = obj["spec"]["parentRef"]
    if parent.is_set:
        _PARENT(parent)
    else:
        parent.required()


def service_cidr(obj: Field) -> None:
    """A ServiceCIDR.

    Mirrors: pkg/apis/networking/validation/validation.go ValidateServiceCIDR @ v1.37
    """
    ranges = obj["spec"]["cidrs"]
    if not ranges:
        ranges.required("at least one CIDR required")
        return
    if len(ranges) > 2:
        ranges.invalid("may only hold up to 2 values")
        return
    for item in ranges:
        strict_range.item(item)
    texts = (item.value for item in ranges if item.value.__class__ is str)
    versions = [found.network.version for text in texts if (found := parsed_range(text)) is not None]
    if len(versions) == 2 and versions[0] == versions[1]:
        said = "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64"
        ranges.invalid(said)
