"""Addresses and networks in CEL, each a text in its canonical form.

Mirrors: apiserver pkg/cel/library/ip.go, pkg/cel/library/cidr.go @ v1.37
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, Final

from k8slint.cel.errors import UnjudgedError
from k8slint.values.regex import regex

_LENGTH = regex(r"0|[1-9][0-9]{0,2}")


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        parsed = ip_address(text)
    except ValueError:
        return None
    is_odd = isinstance(parsed, IPv6Address) and ("%" in text or parsed.ipv4_mapped is not None)
    return None if is_odd or not text.isascii() else parsed


def _known(text: str) -> IPv4Address | IPv6Address:
    parsed = _parsed(text)
    if parsed is None:
        raise UnjudgedError
    return parsed


def address(text: str) -> str:
    """An address."""
    return str(_known(text))


def is_address(text: str) -> bool:
    """Whether a text is an address; one of IPv4 within IPv6 is none."""
    return _parsed(text) is not None


def is_canonical(text: str) -> bool:
    """Whether an address is written as it is printed."""
    return address(text) == text


def family(text: str) -> int:
    """4 or 6."""
    return _known(text).version


def _is_global_unicast(each: IPv4Address | IPv6Address) -> bool:
    is_broadcast = each == IPv4Address("255.255.255.255")
    return not (each.is_unspecified or each.is_loopback or each.is_multicast or each.is_link_local or is_broadcast)


def _is_link_local_multicast(each: IPv4Address | IPv6Address) -> bool:
    if isinstance(each, IPv4Address):
        return each.packed[:3] == b"\xe0\x00\x00"
    return each.packed[0] == 0xFF and each.packed[1] & 0x0F == 2


def _asks(question: Callable[[Any], bool]) -> Callable[[str], bool]:
    return lambda text: question(_known(text))


KINDS: Final[Mapping[str, Callable[[str], bool]]] = {
    "isGlobalUnicast": _asks(_is_global_unicast),
    "isLinkLocalMulticast": _asks(_is_link_local_multicast),
    "isLinkLocalUnicast": _asks(lambda each: each.is_link_local),
    "isLoopback": _asks(lambda each: each.is_loopback),
    "isUnspecified": _asks(lambda each: each.is_unspecified),
}
"""What is asked of addresses, by the name of the function."""


def _split(text: str) -> tuple[IPv4Address | IPv6Address, int] | None:
    before, slash, length = text.rpartition("/")
    parsed = _parsed(before) if slash and _LENGTH.fullmatch(length) else None
    return None if parsed is None or int(length) > parsed.max_prefixlen else (parsed, int(length))


def _network(text: str) -> tuple[IPv4Address | IPv6Address, int]:
    parts = _split(text)
    if parts is None:
        raise UnjudgedError
    return parts


def network(text: str) -> str:
    """A network, with the address as given."""
    parsed, length = _network(text)
    return f"{parsed}/{length}"


def is_network(text: str) -> bool:
    """Whether a text is a network."""
    return _split(text) is not None


def contains_address(text: str, other: str) -> bool:
    """Whether an address is in a network."""
    return _known(other) in ip_network(text, strict=False)


def contains_network(text: str, other: str) -> bool:
    """Whether all of the other network is in the first."""
    outer, inner = ip_network(network(text), strict=False), ip_network(network(other), strict=False)
    return inner.network_address in outer and inner.prefixlen >= outer.prefixlen


def address_of(text: str) -> str:
    """The address with which a network is written."""
    return str(_network(text)[0])


def prefix_length(text: str) -> int:
    """How many bits are the network's."""
    return _network(text)[1]


def masked(text: str) -> str:
    """The network with its first address."""
    return str(ip_network(network(text), strict=False))
