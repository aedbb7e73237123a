"""Numbers that may be percentages of a total instead: `3`, or `25%`."""

from __future__ import annotations

from typing import Any, Final

from k8slint.values.regex import regex

_PERCENT: Final = regex(r"([0-9]{1,9})%")


def scaled(written: Any, total: int, *, round_up: bool) -> int | None:
    """The number, or that share of the total, rounded up or down; None for anything else.

    >>> scaled("25%", 3, round_up=True), scaled("25%", 3, round_up=False), scaled(2, 3, round_up=True)
    (1, 0, 2)

    Mirrors: apimachinery pkg/util/intstr/intstr.go GetScaledValueFromIntOrPercent @ v1.36
    """
    if isinstance(written, int) and not isinstance(written, bool):
        return written
    match = _PERCENT.fullmatch(written) if isinstance(written, str) else None
    if match is None:
        return None
    hundredths = int(match[1]) * total
    return -(-hundredths // 100) if round_up else hundredths // 100
