"""What text is drawn on: colours, signs, and the width of a line; columns and bars."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from k8slint.report.color import Paint, painter
from k8slint.report.frame import cells, hanging, wrap

_WIDTH: Final = 100
_NARROWEST: Final = 40
_GAP: Final = "   "
_BAR: Final = 12


@dataclass(frozen=True, slots=True)
class Marks:
    """The signs that a terminal can show."""

    full: str
    empty: str
    yes: str
    no: str
    dots: str


_BLOCKS: Final = Marks("█", "░", "✓", "✗", "…")
_LETTERS: Final = Marks("#", ".", "+", "x", "...")


@dataclass(frozen=True, slots=True)
class Sheet:
    """How text is drawn. `room` is the width of a line in cells, `bound` that of the terminal or None.

    Only `bound` breaks a text that people search for.
    """

    paint: Paint
    marks: Marks
    room: int
    bound: int | None = None

    def bar(self, part: int, whole: int) -> str:
        """A bar that is full only if nothing is left, and empty only if nothing is used or there is nothing to use."""
        filled = min(-(-part * _BAR // whole), _BAR) if whole > 0 else 0
        if part < whole:
            filled = min(filled, _BAR - 1)
        return self.paint("frame", self.marks.full * filled) + self.marks.empty * (_BAR - filled)

    def sentence(self, text: str, indent: str = "") -> Iterator[str]:
        """Text that people search for, in one line unless a terminal would break it within a word."""
        room = None if self.bound is None else max(self.bound - len(indent), _NARROWEST // 2)
        yield from (f"{indent}{line}" for line in hanging(text, room))

    def wrapped(self, text: str, indent: str, hanging: str = "") -> Iterator[str]:
        """The text in lines of at most `room` cells; all but the first are also indented by `hanging`."""
        first, *others = wrap(text, max(self.room - len(indent) - len(hanging), _NARROWEST // 2))
        yield f"{indent}{first}"
        yield from (f"{indent}{hanging}{line}" for line in others)

    def entries(self, pairs: Sequence[tuple[str, str]], indent: str) -> Iterator[str]:
        """Pairs of a name and a text, the texts in a column beside the names."""
        size = min(max(cells(name) for name, _ in pairs), self.room // 2)
        margin = f"{indent}{' ' * size}{_GAP}"
        for name, text in pairs:
            first, *others = wrap(text, max(self.room - len(margin), _NARROWEST // 2))
            yield f"{indent}{name}{' ' * (size - cells(name))}{_GAP}{first}"
            yield from (f"{margin}{line}" for line in others)


def sheet_of(*, color: bool, width: int | None, blocks: bool) -> Sheet:
    """A sheet for a terminal of that width, or of 100 cells if the width is None."""
    room = max(width or _WIDTH, _NARROWEST)
    return Sheet(painter(color=color), _BLOCKS if blocks else _LETTERS, room, None if width is None else room)


def dots_of(*, blocks: bool) -> str:
    """The sign for what is left out between two names."""
    return (_BLOCKS if blocks else _LETTERS).dots


def columns(table: Sequence[Sequence[str]]) -> Iterator[str]:
    """The rows in columns, as kubectl aligns them; no cell is cut."""
    widths = [max(cells(row[place]) for row in table) for place in range(len(table[0]))]
    for row in table:
        padded = (cell + " " * (size - cells(cell)) for cell, size in zip(row, widths, strict=True))
        yield _GAP.join(padded).rstrip(" ")
