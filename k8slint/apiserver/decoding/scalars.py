"""Faults of scalars that the API server reads more closely than their JSON type says."""

from __future__ import annotations

import re
from datetime import date
from typing import Final, NamedTuple

from k8slint.values.base64_text import base64_defect
from k8slint.values.quantity import Quantity, QuantityError
from k8slint.values.regex import regex

_INT32: Final = 2**31
_TIME = regex(
    r"(\d{4}-\d\d-\d\d)T(\d\d?):(\d\d):(\d\d)(?:[.,]\d+)?(?:Z|[+-](?:[01]\d|2[0-4]):(?:[0-5]\d|60))", re.ASCII
)
_MICROS = regex(r"\.\d{6}(?:Z|[+-]\d\d:\d\d)$", re.ASCII)
_UNITS: Final = {"k": "Ki", "m": "Mi", "g": "Gi", "t": "Ti", "p": "Pi", "e": "Ei"}
_QUANTITY_PARTS = regex(r"([+-]?[0-9.]+)\s*([A-Za-z]+)")


class Fault(NamedTuple):
    """What is wrong with a value: the id of the rule, the message, and the fix, empty if there is none."""

    rule: str
    message: str
    fix: str = ""


def int32_fault(value: int) -> Fault | None:
    """What is wrong with a 32-bit integer, or None."""
    if -_INT32 <= value < _INT32:
        return None
    return Fault("wrong-type", f"{value} does not fit into a 32-bit integer")


def quantity_fault(value: str | float) -> Fault | None:
    """What is wrong with a quantity, or None.

    Mirrors: apimachinery pkg/api/resource/quantity.go Quantity.UnmarshalJSON @ v1.37
    """
    try:
        Quantity.parse(value.strip() if isinstance(value, str) else value)
    except QuantityError as error:
        return Fault("invalid-value", f'invalid quantity "{value}": {error}', _quantity_fix(str(value)))
    return None


def _quantity_fix(text: str) -> str:
    parts = _QUANTITY_PARTS.fullmatch(text.strip())
    if parts is not None:
        number, unit = parts.groups()
        if unit.lower().startswith("core"):
            return f"write {number}: cpu is counted in cores, or in thousandths as {number}000m"
        binary = _UNITS.get(unit[0].lower())
        if binary is not None:
            decimal = "k" if binary == "Ki" else binary[0]
            return f"write {number}{binary} (powers of 1024) or {number}{decimal} (powers of 1000)"
    return "write a number with one of the suffixes n, u, m, k, M, G, T, P, E or Ki, Mi, Gi, Ti, Pi, Ei, or none"


def time_fault(value: str) -> Fault | None:
    """What is wrong with a time, or None.

    Mirrors: apimachinery pkg/apis/meta/v1/time.go Time.UnmarshalJSON @ v1.37
    """
    if _is_time(value):
        return None
    return Fault("invalid-value", f'"{value}" is no RFC 3339 time; expected a form such as 2026-01-31T09:00:00Z')


def micro_time_fault(value: str) -> Fault | None:
    """What is wrong with a time that must have exactly six decimals, or None.

    Mirrors: apimachinery pkg/apis/meta/v1/micro_time.go MicroTime.UnmarshalJSON @ v1.37
    """
    if _is_time(value) and _MICROS.search(value):
        return None
    return Fault(
        "invalid-value",
        f'"{value}" is no RFC 3339 time with microseconds; expected a form such as 2026-01-31T09:00:00.000000Z',
    )


def _is_time(value: str) -> bool:
    match = _TIME.fullmatch(value)
    if match is None or int(match[2]) > 23 or int(match[3]) > 59 or int(match[4]) > 59:
        return False
    try:
        date.fromisoformat(match[1])
    except ValueError:
        return match[1].startswith("0000")
    return True


def base64_fault(value: str) -> Fault | None:
    """What is wrong with bytes in base64, or None; the message never shows the value."""
    defect = base64_defect(value)
    if not defect:
        return None
    return Fault(
        "invalid-value",
        f"illegal base64 data: {defect}",
        "encode the bytes with `base64 -w0`: the plain alphabet with + and /, padded with =",
    )
