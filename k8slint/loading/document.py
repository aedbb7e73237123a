"""Sources and documents: plain data, and beside it where each part was written."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import accumulate
from typing import Any, Final, NamedTuple

from k8slint.usage import UsageError
from k8slint.values.record import record

Path = tuple[str | int, ...]
Span = tuple[int, int]
"""Start and end as character offsets in the source's text; the end is exclusive."""

# A mark is the span of a scalar packed into one int; of a sequence, the list of its items' marks; of a mapping, the
# list of its keys' and values' marks in turn, in the order of its data. An empty collection is marked as a scalar. A
# child of an alias has the marks of its anchor.
Mark = Any
# The marks of a document without aliases and merges may also stand in a row, keys and values in turn, as 64 bits each:
# of most documents nobody asks where anything is written.
LENGTH_BITS = 28
_LINE_END = re.compile(r"\r\n?|\n")
_LONGEST = (1 << LENGTH_BITS) - 1


def pack(start: int, end: int) -> int:
    """The span as one int."""
    length = end - start
    return start << LENGTH_BITS | (length if length < _LONGEST else _LONGEST)  # noqa: FURB136 - min is far slower


def unpack(mark: int) -> Span:
    """The span that was packed."""
    start = mark >> LENGTH_BITS
    return start, start + (mark & _LONGEST)


def line_starts(lines: list[str]) -> list[int]:
    """Where each line of a text starts that was split at line feeds; after the last, where one more would."""
    return [0, *accumulate([len(line) + 1 for line in lines])]


class ReadProblem(NamedTuple):
    """What is wrong with the text of a document; `rule` is the id of the rule it belongs to.

    `effect` and `fix` replace the rule's own where the case allows to be more exact.
    """

    rule: str
    message: str
    span: Span
    related: tuple[tuple[Span, str], ...] = ()
    effect: str = ""
    fix: str = ""


@record
class Document:
    """One YAML document: dict, list, str, int, float, bool and None, with string keys.

    `start` is the offset of its first character, `places` are its marks, nested or in a row. A document that could not
    be read has `failed` set, and no data.
    """

    source: Source
    index: int
    start: int
    data: Any
    places: Mark | bytes
    problems: tuple[ReadProblem, ...] = ()
    failed: bool = False

    @cached_property
    def marks(self) -> Mark:
        """Its marks, nested as its data is."""
        if not isinstance(self.places, bytes):
            return self.places
        row = array("q")
        row.frombytes(self.places)
        return _nested(self.data, iter(row))

    def span(self, path: Path, *, key: bool = False) -> Span:
        """Where the value at the path is written, or its key.

        A mapping or sequence is pointed at by its key. Of a path that leads nowhere, the deepest part that is there.
        """
        data, mark, key_mark = self.data, self.marks, None
        for step in path:
            part = part_at(data, mark, step, self._positions)
            if part is None:
                key = True
                break
            data, mark, key_mark = part
        if key_mark is not None and (key or not isinstance(mark, int) or mark & _LONGEST == 0):
            return unpack(key_mark)
        return unpack(_first(mark)) if mark else (self.start, self.start)

    @cached_property
    def _positions(self) -> dict[int, dict[str, int]]:
        """Of each wide mapping that was asked for a part, by identity, the positions of its keys."""
        return {}

    def scalars(self) -> tuple[Span, ...]:
        """Where its scalars are written, keys too, in order: there `#` starts no comment."""
        found: set[int] = set()
        pending = [self.marks]
        while pending:
            mark = pending.pop()
            if isinstance(mark, int):
                found.add(mark)
            elif isinstance(mark, list):
                pending.extend(mark)
        return tuple(map(unpack, sorted(found)))


def _nested(data: Any, row: Iterator[int]) -> Mark:
    if not isinstance(data, (dict, list)) or not data:
        return next(row)
    marks: list[Mark] = []
    for value in data.values() if isinstance(data, dict) else data:
        if isinstance(data, dict):
            marks.append(next(row))
        marks.append(_nested(value, row))
    return marks


# A mapping of fewer keys is looked through in no time.
_WIDE: Final = 32


def part_at(
    data: Any, mark: Mark, step: str | int, positions: dict[int, dict[str, int]] | None = None
) -> tuple[Any, Mark, int | None] | None:
    """A value of a mapping with its mark and its key's, or an item of a sequence with its mark; none if not there.

    `positions` remember where the keys of wide mappings stand, for those who ask often.
    """
    if not isinstance(mark, list):
        return None
    if isinstance(data, dict) and isinstance(step, str) and step in data:
        if positions is None or len(data) < _WIDE:
            at = 2 * list(data).index(step)
        else:
            if id(data) not in positions:
                positions[id(data)] = {key: index for index, key in enumerate(data)}
            at = 2 * positions[id(data)][step]
        return data[step], mark[at + 1], mark[at]
    if isinstance(data, list) and isinstance(step, int) and 0 <= step < len(data):
        return data[step], mark[step], None
    return None


def _first(mark: Mark) -> int:
    while not isinstance(mark, int):
        mark = mark[0]
    return mark


@record
class Source:
    """A file or stream as given: its name as the user wrote it, and its text without a byte order mark."""

    name: str
    text: str
    is_context: bool = False

    @cached_property
    def _line_starts(self) -> list[int]:
        # CR, LF and CRLF end a line, as in editors; the rarer breaks of YAML 1.1 do not.
        if "\r" in self.text:
            return [0, *(match.end() for match in _LINE_END.finditer(self.text))]
        return line_starts(self.text.split("\n"))[:-1]

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of a character, both from 1."""
        starts = self._line_starts
        line = bisect_right(starts, offset)
        if line > 1 and starts[line - 1] == len(self.text):
            line -= 1
        return line, offset - starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line, without its end."""
        start, end = self.bounds(number)
        return self.text[start:end]

    def bounds(self, number: int) -> Span:
        """Where a line starts and ends, its line break left out."""
        starts = self._line_starts
        if not 0 < number <= len(starts):
            return 0, 0
        start = starts[number - 1]
        end = starts[number] if number < len(starts) else len(self.text)
        break_at = max(end - 2, start)
        return start, break_at + len(self.text[break_at:end].rstrip("\r\n"))


def refuse_problems(problems: Iterable[ReadProblem], source: Source) -> None:
    """Pass over what can be read as a whole.

    Raises:
        UsageError: with the place of the first problem.
    """
    for problem in problems:
        line, column = source.place(problem.span[0])
        raise UsageError(f"{source.name}:{line}:{column}: {problem.message}")
