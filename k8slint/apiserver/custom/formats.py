"""Formats of strings in the schemas of CRDs, read as Go reads them."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from k8slint.values.base64_text import base64_defect

_HEX: Final = "[0-9a-fA-F]"
_UUID: Final = rf"{_HEX}{{8}}-?{_HEX}{{4}}-?%s{_HEX}{{3}}-?%s{_HEX}{{3}}-?{_HEX}{{12}}"
_ANY_DIGIT, _VARIANT = _HEX, "[89abAB]"
_PAIRS: Final = f"(?:[:-]{_HEX}{{2}})"
_MAC = re.compile(f"{_HEX}{{2}}(?:{_PAIRS}{{5}}|{_PAIRS}{{7}}|{_PAIRS}{{19}})|{_HEX}{{4}}(?:\\.{_HEX}{{4}}){{2,9}}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_LEADING_ZEROS = re.compile(r"\b0+(?=\d)", re.ASCII)
_TIME_OF_DAY = re.compile(r"(\d{2}):(\d{2}):(\d{2})(.\d+)?(z|[+-]\d{2}:\d{2})", re.ASCII)
_GO_DURATION = re.compile(r"[+-]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)", re.ASCII)
_SCALA_DURATION = re.compile(
    r"\d\s*(?:ns|nano|us|µs|micro|ms|milli|s|sec|m|min|h|hr|hour|d|day|w|wk|week)", re.ASCII | re.IGNORECASE
)


def _is_ipv4(text: str) -> bool:
    return _parses(ipaddress.IPv4Address, _LEADING_ZEROS.sub("", text))


def _is_ipv6(text: str) -> bool:
    return "%" not in text and _parses(ipaddress.IPv6Address, text)


def _is_network(text: str) -> bool:
    address, slash, length = text.partition("/")
    if not slash or not length.isdecimal():
        return False
    longest = 128 if ":" in address else 32
    return int(length) <= longest and (_is_ipv6 if ":" in address else _is_ipv4)(address)


def _is_date(text: str) -> bool:
    return _DATE.fullmatch(text) is not None and _parses(date.fromisoformat, text)


def _parses(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


def _is_date_time(text: str) -> bool:
    day, _, rest = text.lower().partition("t")
    match = _TIME_OF_DAY.fullmatch(rest)
    return _is_date(day) and match is not None and match[1] <= "23" and match[2] <= "59" and match[3] <= "59"


def _matches(pattern: str | re.Pattern[str]) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda text: compiled.fullmatch(text) is not None


# The formats that are checked here; the API server has a few more, which no library here reads in the same way.
_FORMATS: Final[Mapping[str, Callable[[str], bool]]] = {
    "byte": lambda text: not base64_defect(text),
    "cidr": _is_network,
    "date": _is_date,
    "datetime": _is_date_time,
    "duration": lambda text: bool(_GO_DURATION.fullmatch(text) or _SCALA_DURATION.search(text)),
    "hexcolor": _matches(rf"#?({_HEX}{{3}}|{_HEX}{{6}})"),
    "ipv4": _is_ipv4,
    "ipv6": _is_ipv6,
    "mac": _matches(_MAC),
    "uuid": _matches(_UUID % (_ANY_DIGIT, _ANY_DIGIT)),
    "uuid3": _matches(_UUID % ("3", _ANY_DIGIT)),
    "uuid4": _matches(_UUID % ("4", _VARIANT)),
    "uuid5": _matches(_UUID % ("5", _VARIANT)),
}


def has_format(text: str, name: str) -> bool:
    """Whether the text has the format; true for a format that is not checked here.

    Mirrors: kube-openapi pkg/validation/strfmt @ v1.37
    """
    check = _FORMATS.get(name.replace("-", ""))
    return check is None or check(text)
