"""Amounts of cpu, memory and everything else, exact to the nano unit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

_NANO = 10**9
_CAP = (2**63 - 1) * _NANO
_SHAPE = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?([a-zA-Z]*)([-+]?[0-9]*)")
_BINARY = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50, "Ei": 2**60}
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_LONGEST = 512


class QuantityError(ValueError):
    """A text that the API server refuses as a quantity; its message is the API server's."""


@dataclass(frozen=True, slots=True, order=True)
class Quantity:
    """An amount, held as whole nano units.

    >>> Quantity.parse("500m").millicores
    500
    >>> Quantity.parse("1Gi").value
    1073741824
    >>> Quantity.parse("1k") == Quantity.parse("1e3")
    True
    """

    nanos: int

    @classmethod
    @lru_cache(maxsize=4096)
    def parse(cls, text: str | float) -> Quantity:
        """The quantity a manifest writes; JSON numbers are allowed.

        Finer parts than a nano unit round away from zero; amounts over 2^63-1 are held at that.

        Raises:
            QuantityError: for any other text, as `K`, `1,5` or `gb`.

        Mirrors: apimachinery pkg/api/resource/quantity.go ParseQuantity @ v1.36
        """
        if isinstance(text, bool):
            raise QuantityError(_BAD_FORMAT)
        written = text if isinstance(text, str) else _number_text(text)
        match = _SHAPE.fullmatch(written) if len(written) <= _LONGEST else None
        if match is None:
            raise QuantityError(_BAD_FORMAT)
        sign, whole, fraction, letters, exponent = match.groups()
        if not whole and not fraction:
            raise QuantityError(_BAD_FORMAT)
        scale = _scale(letters, exponent)
        digits = Fraction(int((whole or "0") + (fraction or "")), 10 ** len(fraction or ""))
        amount = digits * scale * _NANO
        nanos = min(-(-amount.numerator // amount.denominator), _CAP)
        return cls(-nanos if sign == "-" else nanos)

    @property
    def millicores(self) -> int:
        """Thousandths, rounded up: the unit of cpu."""
        return -(-self.nanos // 10**6)

    @property
    def value(self) -> int:
        """Whole units, rounded up: bytes of memory, counts of pods."""
        return -(-self.nanos // _NANO)

    @property
    def is_whole(self) -> bool:
        """Whether nothing is lost by `value`."""
        return self.nanos % _NANO == 0

    def __str__(self) -> str:
        """The amount in decimal, without a suffix where it is whole.

        >>> str(Quantity.parse("1.5Gi")), str(Quantity.parse("250m"))
        ('1610612736', '250m')
        """
        for suffix, unit in (("", _NANO), ("m", 10**6), ("u", 10**3)):
            if self.nanos % unit == 0:
                return f"{self.nanos // unit}{suffix}"
        return f"{self.nanos}n"


_BAD_FORMAT = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
_BAD_SUFFIX = "unable to parse quantity's suffix"


def _scale(letters: str, exponent: str) -> Fraction:
    if not exponent and letters in _BINARY:
        return Fraction(_BINARY[letters])
    if not exponent and letters in _DECIMAL:
        power = _DECIMAL[letters]
    elif exponent and letters in ("e", "E"):
        try:
            power = int(exponent)
        except ValueError:
            raise QuantityError(_BAD_SUFFIX) from None
        power = max(-999, min(power, 999))
    else:
        raise QuantityError(_BAD_SUFFIX)
    return Fraction(10**power) if power >= 0 else Fraction(1, 10**-power)


def _number_text(number: float) -> str:
    text = repr(number)
    return text.replace("e+", "e") if isinstance(number, float) else text
