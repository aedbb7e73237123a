"""What a dry run took for granted: each assumption once, whatever the number of objects, the weightiest first."""

from __future__ import annotations

from enum import IntEnum

_SHOWN = 3


class Weight(IntEnum):
    """How much an untrue assumption would change: whether pods run at all, some of the outcome, or a detail."""

    HIGH = 0
    SOME = 1
    LOW = 2


class Assumptions:
    """The assumptions so far, each with the names of the objects for which it was made."""

    def __init__(self) -> None:
        self._names: dict[str, dict[str, None]] = {}
        self._weights: dict[str, Weight] = {}

    def take(self, sentence: str, name: str = "", weight: Weight = Weight.SOME) -> None:
        """Add an assumption, about the named object or about everything."""
        self._weights[sentence] = weight
        names = self._names.setdefault(sentence, {})
        if name:
            names[name] = None

    def texts(self) -> tuple[str, ...]:
        """The assumptions by weight and first use, each with its first names and the number of the others."""
        return tuple(
            f"{sentence}: {_listed(list(names))}" if names else sentence
            for sentence, names in sorted(self._names.items(), key=lambda each: self._weights[each[0]])
        )


def _listed(names: list[str]) -> str:
    if len(names) <= _SHOWN:
        return ", ".join(names)
    return f"{', '.join(names[:_SHOWN])} and {len(names) - _SHOWN} more"
