"""Amounts of cpu, memory and any other resource, exact to the nano unit."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

_NANO = 10**9
_CAP = (2**63 - 1) * _NANO
_INT64 = 2**63
_SHAPE = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*)([-+]?[0-9]*)")
_BINARY = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50, "Ei": 2**60}
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_LONGEST = 512


class QuantityError(ValueError):
    """A text that the API server refuses as a quantity; its message is the API server's."""


class Quantity(NamedTuple):
    """An amount in whole nano units.

    >>> Quantity.parse("500m").millicores
    500
    >>> Quantity.parse("1Gi").value
    1073741824
    >>> Quantity.parse("1k") == Quantity.parse("1e3")
    True
    """

    nanos: int

    @classmethod
    def parse(cls, written: Any) -> Quantity:
        """The quantity that a manifest writes, as a string or a number.

        Fractions of a nano unit round away from zero; larger amounts become 2^63-1. Like the API server, this reads a
        text without digits as zero: `Gi` is no error, though `Pi` and `Ei` are.

        Raises:
            QuantityError: for any other value, such as `K`, `1,5`, `gb` or a boolean.

        Mirrors: apimachinery pkg/api/resource/quantity.go ParseQuantity @ v1.36
        """
        if isinstance(written, str):
            return cls(_nanos(written.strip()))
        if isinstance(written, (int, float)) and not isinstance(written, bool):
            return cls(_nanos(repr(written)))
        raise QuantityError(_BAD_FORMAT)

    @property
    def millicores(self) -> int:
        """The amount in thousandths, the unit of cpu, rounded away from zero."""
        return _rounded_up(self.nanos, 10**6)

    @property
    def value(self) -> int:
        """The amount in whole units, such as bytes of memory or counts of pods, rounded away from zero."""
        return _rounded_up(self.nanos, _NANO)

    @property
    def is_whole(self) -> bool:
        """Whether `value` is exact."""
        return self.nanos % _NANO == 0

    def __str__(self) -> str:
        """The amount in decimal, with the suffix `m`, `u` or `n` unless it is whole.

        >>> str(Quantity.parse("1.5Gi")), str(Quantity.parse("250m"))
        ('1610612736', '250m')
        """
        for suffix, unit in (("", _NANO), ("m", 10**6), ("u", 10**3)):
            if self.nanos % unit == 0:
                return f"{self.nanos // unit}{suffix}"
        return f"{self.nanos}n"


_BAD_FORMAT = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
_BAD_SUFFIX = "unable to parse quantity's suffix"
_BAD_NUMBER = "unable to parse numeric part of quantity"


@lru_cache(maxsize=4096)
def _nanos(text: str) -> int:
    match = _SHAPE.fullmatch(text) if 0 < len(text) <= _LONGEST else None
    if match is None:
        raise QuantityError(_BAD_FORMAT)
    sign, whole, fraction, letters, exponent = match.groups(default="")
    times, parts = _scale(letters, exponent)
    if not whole and not fraction:
        # The API server's fast path reads no digits as zero; its slow path, for very small and large scales, refuses.
        if times * _NANO < parts or letters in ("Pi", "Ei"):
            raise QuantityError(_BAD_NUMBER)
        return 0
    amount = int(whole + fraction) * times * _NANO
    nanos: int = min(-(-amount // (parts * 10 ** len(fraction))), _CAP)
    return -nanos if sign == "-" else nanos


def _scale(letters: str, exponent: str) -> tuple[int, int]:
    """The factor that the suffix stands for, as a numerator and a denominator."""
    if not exponent and letters in _BINARY:
        return _BINARY[letters], 1
    if not exponent and letters in _DECIMAL:
        power = _DECIMAL[letters]
    elif letters in ("e", "E") and exponent not in ("", "+", "-"):
        power = int(exponent)
        if not -_INT64 <= power < _INT64:
            raise QuantityError(_BAD_SUFFIX)
        # The API server keeps the lowest 32 bits. Beyond 999 a larger power changes no result.
        power = (power + 2**31) % 2**32 - 2**31
        power = max(-999, min(power, 999))
    else:
        raise QuantityError(_BAD_SUFFIX)
    return (10**power, 1) if power >= 0 else (1, 10**-power)


def _rounded_up(nanos: int, unit: int) -> int:
    size = -(-abs(nanos) // unit)
    return size if nanos >= 0 else -size
