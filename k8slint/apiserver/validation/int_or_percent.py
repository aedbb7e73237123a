"""Numbers that may be percentages instead: `3`, or `25%`."""

from __future__ import annotations

import sys

from k8slint.apiserver.validation.field import Field, not_negative
from k8slint.apiserver.validation.formats import percent

_MOST_DIGITS = 18


def int_or_percent(field: Field) -> None:
    """A number that is not negative, or a percentage.

    Mirrors: pkg/apis/apps/validation/validation.go ValidatePositiveIntOrPercent @ v1.37
    """
    (percent if field.value.__class__ is str else not_negative)(field)


def at_most_all(field: Field) -> None:
    """Not more than 100%.

    Mirrors: pkg/apis/apps/validation/validation.go IsNotMoreThan100Percent @ v1.37
    """
    if _is_percent(field) and _number(field.value[:-1]) > 100:
        field.invalid("must not be greater than 100%")


def amount(field: Field) -> int | None:
    """The number, or that of the percentage; 0 for other texts, as in the server, and None if it is not known.

    Mirrors: pkg/apis/apps/validation/validation.go getIntOrPercentValue @ v1.37
    """
    value = field.value
    if value.__class__ is int:
        return int(value)
    if value.__class__ is not str:
        return 0 if value is None else None
    return _number(value[:-1] if _is_percent(field) else value)


def _is_percent(field: Field) -> bool:
    return field.value.__class__ is str and percent.takes(field.value)


def _number(text: str) -> int:
    if not text.removeprefix("-").removeprefix("+").isdecimal():
        return 0
    return int(text) if len(text) <= _MOST_DIGITS else sys.maxsize
