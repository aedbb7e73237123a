"""What Kubernetes adds to CEL's functions: the table of them, and those on lists, texts and formats.

A value of a type of Kubernetes is a text here, since the library hands over no others: an address and a network are in
their canonical form, a URL as it stands, an amount and a version with a word before them. So values are equal where
the API server's are, and a function that takes such a type is a function of a text. An optional is a list of none or
one, for the one function that gives one.

Mirrors: apiserver pkg/cel/library @ v1.37
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from functools import cache
from itertools import pairwise
from typing import Any, Final, NamedTuple

from k8slint.cel import amounts, networks, urls
from k8slint.cel.errors import EvaluationError, UnjudgedError
from k8slint.values.names import is_dns_label, is_dns_subdomain, is_qualified_name
from k8slint.values.regex import regex


class Function(NamedTuple):
    """An overload: its name, the types of what it takes and gives, what it does, and whether the first is a target."""

    name: str
    takes: tuple[str, ...]
    gives: str
    does: Callable[..., Any]
    is_member: bool = True


_LONGEST_PATTERN: Final = 10_000
_LABEL_1035 = regex(r"[a-z]([-a-z0-9]*[a-z0-9])?")
_LABEL_VALUE = regex(r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?")
# What the API server compares; of two such values in one list, all are of one type.
_ORDERED: Final = (bool, int, float, str, bytes)


def _is_sorted(values: Sequence[Any]) -> bool:
    _of_one_type(values)
    return all(not after < before for before, after in pairwise(values))


def _sum(values: Sequence[Any]) -> Any:
    _of_one_type(values)
    if any(isinstance(value, (bool, str, bytes)) for value in values):
        raise UnjudgedError
    total = sum(values[1:], values[0]) if values else 0
    if isinstance(total, int) and not -(2**63) <= total < 2**63:
        raise EvaluationError("integer overflow")
    return total


def _most(values: Sequence[Any], name: str, choose: Callable[[Sequence[Any]], Any]) -> Any:
    _of_one_type(values)
    if not values:
        raise EvaluationError(f"{name} called on empty list")
    return choose(values)


def _of_one_type(values: Sequence[Any]) -> None:
    kinds = {type(value) for value in values}
    if len(kinds) > 1 or not all(issubclass(kind, (*_ORDERED, timedelta)) for kind in kinds):
        raise UnjudgedError
    if any(value != value for value in values):  # noqa: PLR0124 - only NaN is not itself
        raise UnjudgedError


def _index_of(values: Sequence[Any], wanted: Any, *, is_last: bool = False) -> int:
    found = [index for index, value in enumerate(values) if _equal(value, wanted)]
    return (found[-1] if is_last else found[0]) if found else -1


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, (dict, list)) or isinstance(other, (dict, list)):
        raise UnjudgedError
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _find(text: str, pattern: str) -> str:
    match = _pattern(pattern).search(text)
    return "" if match is None else str(match.group())


def _find_all(text: str, pattern: str, most: int = -1) -> list[str]:
    found: list[str] = []
    if most == 0:
        return found
    for match in _pattern(pattern).finditer(text):
        found.append(match.group())
        if len(found) == most:
            break
    return found


@cache
def _pattern(pattern: str) -> Any:
    try:
        import re2  # type: ignore[import-untyped]  # noqa: PLC0415 - comes with the same extra, used by few rules
    except ImportError as error:
        raise UnjudgedError from error
    options = re2.Options()
    options.log_errors = False
    if len(pattern) > _LONGEST_PATTERN:
        raise UnjudgedError
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        raise UnjudgedError from error


def _is_dns_1035_label(text: str) -> bool:
    return len(text) <= 63 and _LABEL_1035.fullmatch(text) is not None


def _is_label_value(text: str) -> bool:
    return len(text) <= 63 and _LABEL_VALUE.fullmatch(text) is not None


def _as_prefix(is_one: Callable[[str], bool]) -> Callable[[str], bool]:
    """Whether a text with more after it may be one: a dash at its end does no harm."""
    return lambda text: is_one(text[:-2] + "a" if len(text) > 1 and text.endswith("-") else text)


_FORMATS: Final[Mapping[str, Callable[[str], bool]]] = {
    "dns1035Label": _is_dns_1035_label,
    "dns1035LabelPrefix": _as_prefix(_is_dns_1035_label),
    "dns1123Label": is_dns_label,
    "dns1123LabelPrefix": _as_prefix(is_dns_label),
    "dns1123Subdomain": is_dns_subdomain,
    "dns1123SubdomainPrefix": _as_prefix(is_dns_subdomain),
    "labelValue": _is_label_value,
    "qualifiedName": is_qualified_name,
    "uri": urls.is_url,
}


def _validate(name: str, text: str) -> list[list[str]]:
    """Nothing where the text is of the format; else what is wrong with it, which is not put into the server's words."""
    is_one = _FORMATS.get(name.removeprefix("format:"))
    if is_one is None:
        raise UnjudgedError
    return [] if is_one(text) else [["a text of another format"]]


def _value(optional: Sequence[Sequence[str]]) -> Sequence[str]:
    """What is wrong, which only the API server puts into words."""
    raise UnjudgedError if optional else EvaluationError("optional.none() dereference")


def _rows() -> Iterable[Function]:
    for name, most in (("max", max), ("min", min)):
        yield Function(name, ("list",), "dyn", lambda values, name=name, most=most: _most(values, name, most))
    for name in _FORMATS:
        yield Function(f"format.{name}", (), "string", lambda name=name: f"format:{name}", is_member=False)
    yield from amounts_of()
    yield from networks_of()
    yield from urls_of()


def amounts_of() -> Iterable[Function]:
    """Amounts, and versions, whose functions have the same names."""
    yield Function("quantity", ("string",), "string", amounts.quantity, is_member=False)
    yield Function("isQuantity", ("string",), "bool", amounts.is_quantity, is_member=False)
    yield Function("semver", ("string",), "string", amounts.semver, is_member=False)
    yield Function("semver", ("string", "bool"), "string", amounts.semver, is_member=False)
    yield Function("isSemver", ("string",), "bool", amounts.is_semver, is_member=False)
    yield Function("isSemver", ("string", "bool"), "bool", amounts.is_semver, is_member=False)
    yield Function("sign", ("string",), "int", amounts.sign)
    yield Function("isInteger", ("string",), "bool", amounts.is_integer)
    yield Function("asInteger", ("string",), "int", amounts.as_integer)
    yield Function("asApproximateFloat", ("string",), "double", amounts.as_float)
    for other in ("string", "int"):
        yield Function("add", ("string", other), "string", amounts.add)
        yield Function("sub", ("string", other), "string", amounts.sub)
    yield Function("compareTo", ("string", "string"), "int", amounts.compare)
    yield Function("isLessThan", ("string", "string"), "bool", lambda one, other: amounts.compare(one, other) < 0)
    yield Function("isGreaterThan", ("string", "string"), "bool", lambda one, other: amounts.compare(one, other) > 0)
    for index, part in enumerate(("major", "minor", "patch")):
        yield Function(part, ("string",), "int", lambda version, index=index: amounts.part(version, index))


def networks_of() -> Iterable[Function]:
    """Addresses and networks."""
    yield Function("ip", ("string",), "string", networks.address, is_member=False)
    yield Function("isIP", ("string",), "bool", networks.is_address, is_member=False)
    yield Function("ip.isCanonical", ("string",), "bool", networks.is_canonical, is_member=False)
    yield Function("family", ("string",), "int", networks.family)
    for name, is_so in networks.KINDS.items():
        yield Function(name, ("string",), "bool", is_so)
    yield Function("cidr", ("string",), "string", networks.network, is_member=False)
    yield Function("isCIDR", ("string",), "bool", networks.is_network, is_member=False)
    yield Function("containsIP", ("string", "string"), "bool", networks.contains_address)
    yield Function("containsCIDR", ("string", "string"), "bool", networks.contains_network)
    yield Function("ip", ("string",), "string", networks.address_of)
    yield Function("prefixLength", ("string",), "int", networks.prefix_length)
    yield Function("masked", ("string",), "string", networks.masked)


def urls_of() -> Iterable[Function]:
    """Addresses of the web."""
    yield Function("url", ("string",), "string", urls.url, is_member=False)
    yield Function("isURL", ("string",), "bool", urls.is_url, is_member=False)
    for name, part in urls.PARTS.items():
        yield Function(name, ("string",), "dyn" if name == "getQuery" else "string", part)


FUNCTIONS: Final = (
    Function("isSorted", ("list",), "bool", _is_sorted),
    Function("sum", ("list",), "dyn", _sum),
    Function("indexOf", ("list", "dyn"), "int", _index_of),
    Function("lastIndexOf", ("list", "dyn"), "int", lambda values, wanted: _index_of(values, wanted, is_last=True)),
    Function("find", ("string", "string"), "string", _find),
    Function("findAll", ("string", "string"), "texts", _find_all),
    Function("findAll", ("string", "string", "int"), "texts", _find_all),
    Function("validate", ("string", "string"), "problems", _validate),
    Function("hasValue", ("problems",), "bool", bool),
    Function("value", ("problems",), "texts", _value),
    *_rows(),
)
"""Every overload that Kubernetes adds."""

TAKE_LISTS: Final = frozenset(each.name for each in FUNCTIONS if "list" in each.takes)
"""Functions that may be handed a list: one with an optional in it the library cannot hand over."""
