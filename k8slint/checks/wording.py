"""Lists in messages."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Final

SHOWN: Final = 5


def listed(words: Iterable[str]) -> str:
    """The first few words, each in quotes, with an ellipsis if there are more."""
    return few(f'"{word}"' for word in words)


def few(words: Iterable[str], most: int = SHOWN) -> str:
    """The first words, with an ellipsis if there are more than `most`."""
    shown = list(islice(words, most + 1))
    return ", ".join(shown[:most]) + (", …" if len(shown) > most else "")
