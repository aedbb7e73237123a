"""Amounts and versions in CEL, each a text with a word before it.

Mirrors: apiserver pkg/cel/library/quantity.go, pkg/cel/library/semverlib.go @ v1.37
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final, NamedTuple

from k8slint.cel.errors import EvaluationError, UnjudgedError
from k8slint.values.quantity import Quantity, QuantityError
from k8slint.values.regex import regex

_AMOUNT: Final = "quantity:"
_VERSION: Final = "semver:"
_NANO: Final = 10**9
_NUMBER = "(0|[1-9][0-9]*)"
_SEMVER = regex(rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?")
_IDENTIFIER = regex(r"0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*")
_BUILD = regex(r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*")
_INT64: Final = 2**63
_UINT64: Final = 2**64


def quantity(text: str) -> str:
    """An amount, known by its nano units."""
    try:
        return f"{_AMOUNT}{Quantity.parse(_untrimmed(text)).nanos}"
    except QuantityError as error:
        raise EvaluationError(str(error)) from error


def is_quantity(text: str) -> bool:
    """Whether a text is an amount."""
    try:
        Quantity.parse(_untrimmed(text))
    except QuantityError:
        return False
    return True


def _untrimmed(text: str) -> str:
    """The text, as no amount where there are spaces around it: only JSON's are taken off."""
    if text != text.strip():
        raise QuantityError(
            "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
        )
    return text


def _nanos(value: str | int) -> int:
    if isinstance(value, int):
        return value * _NANO
    if not value.startswith(_AMOUNT):
        raise UnjudgedError
    return int(value.removeprefix(_AMOUNT))


def sign(amount: str) -> int:
    """1, 0 or -1."""
    nanos = _nanos(amount)
    return (nanos > 0) - (nanos < 0)


def is_integer(amount: str) -> bool:
    """Whether it is a whole number that fits into 64 bits."""
    nanos = _nanos(amount)
    return nanos % _NANO == 0 and -_INT64 <= nanos // _NANO < _INT64


def as_integer(amount: str) -> int:
    """The whole number that it is."""
    if not is_integer(amount):
        raise EvaluationError("cannot convert value to integer")
    return _nanos(amount) // _NANO


def as_float(amount: str) -> float:
    """The number that it is, or nearly so."""
    return float(Fraction(_nanos(amount), _NANO))


def add(one: str, other: str | int) -> str:
    """Both together."""
    return f"{_AMOUNT}{_nanos(one) + _nanos(other)}"


def sub(one: str, other: str | int) -> str:
    """What is left."""
    return f"{_AMOUNT}{_nanos(one) - _nanos(other)}"


def compare(one: str, other: str) -> int:
    """Which of two amounts, or two versions, is more: -1, 0 or 1."""
    if one.startswith(_VERSION):
        left, right = _parsed(one), _parsed(other)
        return (left > right) - (left < right)
    difference = _nanos(one) - _nanos(other)
    return (difference > 0) - (difference < 0)


class _Version(NamedTuple):
    """A version, in an order of its own: one with a suffix comes before that without."""

    numbers: tuple[int, ...]
    is_final: bool
    identifiers: tuple[tuple[bool, int, str], ...]


def semver(text: str, normalize: bool = False) -> str:
    """A version of three numbers; what is built of it makes no difference."""
    version = _read(text, normalize=normalize)
    if version is None:
        raise UnjudgedError
    return f"{_VERSION}{(_normalized(text) or '') if normalize else text}"


def is_semver(text: str, normalize: bool = False) -> bool:
    """Whether a text is a version; `normalize` forgives a v before it, leading zeros and missing numbers."""
    return _read(text, normalize=normalize) is not None


def part(version: str, index: int) -> int:
    """One of the three numbers."""
    return _parsed(version).numbers[index]


def _parsed(value: str) -> _Version:
    version = _read(value.removeprefix(_VERSION)) if value.startswith(_VERSION) else None
    if version is None:
        raise UnjudgedError
    return version


def _read(text: str, *, normalize: bool = False) -> _Version | None:
    written: Any = _normalized(text) if normalize else text
    match = _SEMVER.fullmatch(written) if written is not None else None
    if match is None or (match[5] and not _BUILD.fullmatch(match[5])):
        return None
    numbers = tuple(int(match[group]) for group in (1, 2, 3))
    words = match[4].split(".") if match[4] else []
    if any(number >= _UINT64 for number in numbers) or not all(map(_IDENTIFIER.fullmatch, words)):
        return None
    identifiers = tuple((not word.isdecimal(), int(word) if word.isdecimal() else 0, word) for word in words)
    return _Version(numbers, not words, identifiers)


def _normalized(text: str) -> str | None:
    parts = text.removeprefix("v").split(".", 2)
    for index, each in enumerate(parts):
        if len(each) > 1:
            rest = each.lstrip("0")
            parts[index] = rest if rest[:1].isdecimal() and rest.isascii() else "0" + rest
    if len(parts) < 3 and ("+" in parts[-1] or "-" in parts[-1]):
        return None
    return ".".join([*parts, "0", "0"][: max(3, len(parts))])
