"""IP addresses and address ranges, as the API server reads them."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, NamedTuple

from k8slint.apiserver.validation.field import Field, Form

_NOT_VALID: Final = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
_NO_RANGE: Final = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"
_LINK_LOCAL_MULTICAST: Final = IPv4Network("224.0.0.0/24")


class Range(NamedTuple):
    """A range of addresses: the address that is written before the slash, and the network it lies in."""

    address: IPv4Address | IPv6Address
    network: IPv4Network | IPv6Network


def parsed_ip(text: str) -> IPv4Address | IPv6Address | None:
    """The address that a text means, or None; its decimal parts may have leading zeros.

    >>> parsed_ip("010.0.0.1"), parsed_ip("10.0.0.256")
    (IPv4Address('10.0.0.1'), None)
    """
    head, colon, tail = text.rpartition(":")
    if "." in tail:
        octets = (octet.lstrip("0") or "0" if octet.isdigit() else octet for octet in tail.split("."))
        text = head + colon + ".".join(octets)
    try:
        return None if "%" in text else ip_address(text)
    except ValueError:
        return None


def address(field: Field) -> None:
    """An IP address in an older field, which takes loose forms until the gate StrictIPCIDRValidation is on.

    Mirrors: apimachinery pkg/util/validation/ip.go IsValidIPForLegacyField @ v1.37
    """
    text = field.value or ""
    if text.__class__ is not str:
        return
    ip = parsed_ip(text)
    if ip is None:
        field.invalid(_NOT_VALID, text)
    elif field.run.has("StrictIPCIDRValidation"):
        if has_leading_zeros(text):
            field.invalid("must not have leading 0s", fix=f'write "{ip}"')
        elif isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
            field.invalid("must not be an IPv4-mapped IPv6 address", fix=f'write "{ip.ipv4_mapped}"')


def has_leading_zeros(text: str) -> bool:
    """Whether a decimal part of an address has a leading zero."""
    tail = text.rpartition(":")[2]
    return "." in tail and any(len(octet) > 1 and octet[0] == "0" for octet in tail.split("."))


def preferred_form(text: str) -> str | None:
    """The server's warning about an address that is not in its preferred form, or None.

    Mirrors: apimachinery pkg/util/validation/ip.go GetWarningsForIP @ v1.37
    """
    ip = parsed_ip(text)
    mapped = ip.ipv4_mapped if isinstance(ip, IPv6Address) else None
    if ip is None:
        return None
    if has_leading_zeros(text) or mapped is not None:
        said = "will be considered invalid in a future Kubernetes release"
        return f'non-standard IP address "{text}" {said}: use "{mapped or ip}"'
    if str(ip) != text:
        return f'IPv6 address "{text}" should be in RFC 5952 canonical format ("{ip}")'
    return None


@Form
def strict_address(text: str) -> Iterator[str]:
    """An IP address, written in the one way that newer fields take.

    Mirrors: apimachinery pkg/util/validation/ip.go IsValidIP @ v1.37
    """
    ip = parsed_ip(text)
    if ip is None:
        yield _NOT_VALID
    elif has_leading_zeros(text):
        yield "must not have leading 0s"
    elif isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        yield "must not be an IPv4-mapped IPv6 address"
    elif text != str(ip):
        yield f'must be in canonical form ("{ip}")'


def ordinary_address(field: Field) -> None:
    """An IP address to which traffic from elsewhere can go: not that of the own machine or link.

    Mirrors: pkg/apis/core/validation/validation.go ValidateEndpointIP @ v1.37
    """
    address(field)
    ip = parsed_ip(field.value) if field.value.__class__ is str else None
    if ip is None:
        return
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    if ip.is_unspecified:
        field.invalid(f"may not be unspecified ({ip})")
    if ip.is_loopback:
        field.invalid("may not be in the loopback range (127.0.0.0/8, ::1/128)")
    if ip.is_link_local:
        field.invalid("may not be in the link-local range (169.254.0.0/16, fe80::/10)")
    if _is_link_local_multicast(ip):
        field.invalid("may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)")


def _is_link_local_multicast(ip: IPv4Address | IPv6Address) -> bool:
    if isinstance(ip, IPv4Address):
        return ip in _LINK_LOCAL_MULTICAST
    return ip.packed[0] == 0xFF and ip.packed[1] & 0x0F == 0x02


def parsed_range(text: str) -> Range | None:
    """The range that a text means, or None; it may have leading zeros, and bits set behind its prefix.

    >>> parsed_range("10.0.0.1/08").network, parsed_range("10.0.0.0/33")
    (IPv4Network('10.0.0.0/8'), None)
    """
    written, slash, length = text.partition("/")
    ip = parsed_ip(written)
    if ip is None or not slash or not (length.isascii() and length.isdigit()):
        return None
    if len(length.lstrip("0")) > len("128") or int(length) > ip.max_prefixlen:
        return None
    return Range(ip, ip_network((ip, int(length)), strict=False))


def address_range(field: Field) -> Range | None:
    """A range of IP addresses in an older field, as `address` for addresses. Returns what it means, or None.

    Mirrors: apimachinery pkg/util/validation/ip.go IsValidCIDRForLegacyField @ v1.37
    """
    text = field.value or ""
    if text.__class__ is not str:
        return None
    found = parsed_range(text)
    if found is None:
        field.invalid(_NO_RANGE, text)
    elif field.run.has("StrictIPCIDRValidation"):
        fault = _loose(text, found)
        if fault:
            field.invalid(fault, text, fix=f'write "{found.network}"')
    return found


@Form
def strict_range(text: str) -> Iterator[str]:
    """A range of IP addresses, written in the one way that newer fields take.

    Mirrors: apimachinery pkg/util/validation/ip.go IsValidCIDR @ v1.37
    """
    found = parsed_range(text)
    if found is None:
        yield _NO_RANGE
        return
    fault = _loose(text, found)
    if fault:
        yield fault
    elif text != str(found.network):
        yield f'must be in canonical form ("{found.network}")'


def _loose(text: str, found: Range) -> str:
    """The fault of a form that older fields took until the gate; empty if the range has none."""
    written, _, length = text.partition("/")
    if has_leading_zeros(written) or (len(length) > 1 and length[0] == "0"):
        return "must not have leading 0s in IP or prefix length"
    if isinstance(found.address, IPv6Address) and found.address.ipv4_mapped is not None:
        return "must not have an IPv4-mapped IPv6 address"
    if found.address != found.network.network_address:
        return "must not have bits set beyond the prefix length"
    return ""


def preferred_range(text: str) -> str | None:
    """The server's warning about a range that is not in its preferred form, or None.

    Mirrors: apimachinery pkg/util/validation/ip.go GetWarningsForCIDR @ v1.37
    """
    found = parsed_range(text)
    if found is None:
        return None
    address, network = found
    if address != network.network_address:
        alone = f"{address}/{address.max_prefixlen}"
        return f'CIDR value "{text}" is ambiguous in this context (should be "{network}" or "{alone}"?)'
    if _loose(text, found):
        return f'non-standard CIDR value "{text}" is invalid: use "{network}"'
    if str(network) != text:
        return f'IPv6 CIDR value "{text}" should be in RFC 5952 canonical format ("{network}")'
    return None
