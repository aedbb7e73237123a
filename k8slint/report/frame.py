"""Text in the cells of a terminal: widths, wrapping, and the part of a source line around a range."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final, NamedTuple
from unicodedata import category, east_asian_width

from k8slint.report.escape import written
from k8slint.values.regex import regex

_TAB: Final = "    "
_CUT: Final = "..."
# Our own colours: those in texts from files were escaped long before.
_COLOR: Final = regex("\x1b\\[[0-9;]*m")
_GAP: Final = "   "
# Text in fewer cells is hard to read.
_LEAST: Final = 24


class Excerpt(NamedTuple):
    """A source line as shown; a range in it begins after `indent` cells and is `width` cells wide."""

    text: str
    indent: int
    width: int


def cells(text: str) -> int:
    """The number of cells that the text takes: two for a wide East Asian character, none for an accent or a colour."""
    if "\x1b" in text:
        text = _COLOR.sub("", text)
    if text.isascii():
        return len(text)
    return sum(0 if category(char) in ("Mn", "Me") else 2 if east_asian_width(char) in "WF" else 1 for char in text)


def wrap(text: str, room: int) -> list[str]:
    """The words of a visible text in lines of at most `room` cells; a longer word has a line of its own.

    No line but the first begins with `::`, which GitHub's runner takes for a command at the start of a line.
    """
    lines: list[str] = []
    left = 0
    for word in text.split(" "):
        size = cells(word)
        if lines and (size < left or word.startswith("::")):
            lines[-1] += f" {word}"
            left -= size + 1
        else:
            lines.append(word)
            left = room - size
    return lines


def hanging(text: str, room: int | None, indent: str = "  ") -> list[str]:
    """The text in lines of at most `room` cells, all but the first indented; one line if `room` is None."""
    if room is None:
        return [text]
    first, *others = wrap(text, room)
    return [first, *(f"{indent}{line}" for line in wrap(" ".join(others), room - len(indent)))] if others else [first]


def aligned(rows: Sequence[Sequence[str]], room: int | None, indent: str = "") -> Iterator[str]:
    """The rows in columns; the last cell wraps within `room`, below the others if too little is left beside them."""
    sizes = [max(map(cells, column)) for column in zip(*rows, strict=True)][:-1]
    margin = cells(indent) + sum(sizes) + len(_GAP) * len(sizes)
    is_beside = room is None or room - margin >= _LEAST
    for *cells_before, last in rows:
        padded = (cell + " " * (size - cells(cell)) for cell, size in zip(cells_before, sizes, strict=True))
        head = indent + _GAP.join(padded)
        if room is None:
            yield f"{head}{_GAP}{last}".rstrip(" ")
        elif is_beside:
            first, *others = wrap(last, room - margin)
            yield f"{head}{_GAP}{first}".rstrip(" ")
            yield from (f"{' ' * margin}{line}" for line in others)
        else:
            yield head.rstrip(" ")
            yield from (f"{indent}    {line}" for line in wrap(last, room - cells(indent) - 4))


def excerpt(text: str, start: int, end: int, room: int) -> Excerpt:
    """The part of a line around the range from character `start` up to `end`, in at most `room` cells.

    Three dots mark each side where text is left out. A range that is empty or past the line's end is one cell wide.
    """
    start = min(max(start, 0), len(text))
    end = min(max(end, start), len(text))
    # A line may be a file of a megabyte: only what could be shown is read.
    first = max(start - room, 0)
    pieces = [_TAB if piece == r"\t" else piece for piece in written(text[first : min(end, start + room) + room])]
    at = [0, *accumulate(map(cells, pieces))]
    begin, stop = start - first, min(end - first, len(pieces))
    if len(pieces) == len(text) and at[-1] <= room:
        return Excerpt("".join(pieces), at[begin], max(at[stop] - at[begin], 1))
    room -= 2 * len(_CUT)
    left = _left_edge(at, begin, min(at[stop] - at[begin], room // 2), room)
    right = left
    while right < len(pieces) and at[right + 1] - at[left] <= room:
        right += 1
    before = _CUT if first + left else ""
    after = _CUT if first + right < len(text) else ""
    stop = max(min(stop, right), begin)
    indent = len(before) + at[begin] - at[left]
    return Excerpt(f"{before}{''.join(pieces[left:right])}{after}", indent, max(at[stop] - at[begin], 1))


def _left_edge(at: list[int], begin: int, needed: int, room: int) -> int:
    """The index of the first piece to show: 0 if the range is seen then, else one that leaves room around the range."""
    if at[begin] + needed <= room:
        return 0
    lead = (room - needed) // 2
    return next(piece for piece in range(begin + 1) if at[begin] - at[piece] <= lead)
