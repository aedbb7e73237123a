"""Amounts of resources in the form that people write: `1500m`, `4`, `1.5Gi`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_STEPS: Final = ((60, "Ei"), (50, "Pi"), (40, "Ti"), (30, "Gi"), (20, "Mi"), (10, "Ki"))
_BYTES: Final = ("memory", "ephemeral-storage", "hugepages-", "storage")


def in_words(resource: str, amount: int, *, up: bool = False) -> str:
    """The text of an amount with its unit; the amount is in millicores for cpu, in bytes for memory and storage.

    Bytes are rounded to a tenth of the unit: down, so that the text is a quantity no larger than the amount, or `up`,
    so that it is no smaller.

    >>> in_words("cpu", 1500), in_words("cpu", 4000), in_words("memory", 3 << 29), in_words("nvidia.com/gpu", 2)
    ('1500m', '4', '1.5Gi', '2')
    >>> in_words("memory", (2 << 30) - 1), in_words("memory", (2 << 30) - 1, up=True)
    ('1.9Gi', '2Gi')
    """
    if resource == "cpu":
        return f"{amount}m" if amount % 1000 else str(amount // 1000)
    if not resource.startswith(_BYTES):
        return str(amount)
    for power, unit in _STEPS:
        if abs(amount) >= 1 << power:
            tenths = -(-amount * 10 >> power) if up else amount * 10 >> power
            return f"{tenths // 10}.{tenths % 10}{unit}" if tenths % 10 else f"{tenths // 10}{unit}"
    return str(amount)


def enumerated(parts: Sequence[str]) -> str:
    """The parts as a list within a sentence; there must be at least one.

    >>> enumerated(["1 cpu", "2Gi memory", "1 gpu"])
    '1 cpu, 2Gi memory and 1 gpu'
    """
    *others, last = parts
    return f"{', '.join(others)} and {last}" if others else last
