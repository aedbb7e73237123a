"""Slips of the pen: two names that differ only by one."""

from __future__ import annotations

from typing import Final


def is_slip(one: str, other: str) -> bool:
    """Whether two names differ only in case, one letter or hyphen too many, or two letters that changed places.

    One digit more makes another name, and so does one letter more than a short name.

    >>> [is_slip("regcred", other) for other in ("RegCred", "regcreds", "ergcred", "regcred2", "regcard")]
    [True, True, True, False, False]
    >>> is_slip("db", "dbs")
    False
    """
    one, other = one.casefold(), other.casefold()
    if one == other:
        return True
    if abs(len(one) - len(other)) > 1:
        return False
    start = _shared(one, other)
    end = _shared(one[start:][::-1], other[start:][::-1])
    ours, theirs = one[start : len(one) - end], other[start : len(other) - end]
    if len(ours + theirs) == 1:
        return not (ours + theirs).isdigit() and min(len(one), len(other)) >= _LONG_ENOUGH
    return len(ours) == 2 and ours == theirs[::-1]


_LONG_ENOUGH: Final = 4


def _shared(one: str, other: str) -> int:
    """How many letters two texts begin with in common."""
    count = 0
    for mine, its in zip(one, other, strict=False):
        if mine != its:
            break
        count += 1
    return count
