"""IP addresses, as the API server reads them."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

from k8slint.apiserver.validation.field import Field

_NOT_VALID: Final = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"


def parsed_ip(text: str) -> IPv4Address | IPv6Address | None:
    """The address a text means, with leading zeros in its decimal parts or without; None if it is none.

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
    """An IP address in a field that has always been there. Since the gate is on, each has one way to be written.

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
    """Whether a decimal part of an address has a zero before it."""
    tail = text.rpartition(":")[2]
    return "." in tail and any(len(octet) > 1 and octet[0] == "0" for octet in tail.split("."))


def preferred_form(text: str) -> str | None:
    """What the server warns of an address that has a better form; None if it has the best.

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
