"""What a dry run took for granted: each assumption once, whatever the number of objects."""

from __future__ import annotations

_SHOWN = 3


class Assumptions:
    """The assumptions so far, each with the names of the objects for which it was made."""

    def __init__(self) -> None:
        self._names: dict[str, dict[str, None]] = {}

    def take(self, sentence: str, name: str = "") -> None:
        """Add an assumption, about the named object or about everything."""
        names = self._names.setdefault(sentence, {})
        if name:
            names[name] = None

    def texts(self) -> tuple[str, ...]:
        """The assumptions in the order of their first use, each with its first names and the number of the others."""
        return tuple(
            f"{sentence}: {_listed(list(names))}" if names else sentence for sentence, names in self._names.items()
        )


def _listed(names: list[str]) -> str:
    if len(names) <= _SHOWN:
        return ", ".join(names)
    return f"{', '.join(names[:_SHOWN])} and {len(names) - _SHOWN} more"
