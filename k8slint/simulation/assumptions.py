"""What a dry run took for granted, said once however many objects it was taken for."""

from __future__ import annotations

_SHOWN = 3


class Assumptions:
    """Sentences, each with the names it was taken for."""

    def __init__(self) -> None:
        self._names: dict[str, dict[str, None]] = {}

    def take(self, sentence: str, name: str = "") -> None:
        """Take something for granted, of an object or of everything."""
        names = self._names.setdefault(sentence, {})
        if name:
            names[name] = None

    def texts(self) -> tuple[str, ...]:
        """The sentences in the order they were first taken, each with the first of its names."""
        return tuple(
            f"{sentence}: {_listed(list(names))}" if names else sentence for sentence, names in self._names.items()
        )


def _listed(names: list[str]) -> str:
    if len(names) <= _SHOWN:
        return ", ".join(names)
    return f"{', '.join(names[:_SHOWN])} and {len(names) - _SHOWN} more"
