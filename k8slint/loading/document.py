"""Sources and documents: plain data, and where each part of it is written."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from functools import cached_property
from itertools import accumulate
from typing import Any, NamedTuple

from k8slint.loading.marks import Marks, Packed, Path, Span
from k8slint.usage import UsageError
from k8slint.values.record import record

__all__ = ["Document", "Path", "Place", "ReadProblem", "Source", "Span", "line_starts", "refuse_problems"]

Place = tuple[str, int, int]
"""File, line and column, both from 1."""

_LINE_END = re.compile(r"\r\n?|\n")


def line_starts(lines: list[str]) -> list[int]:
    """The offset of each line of a text that was split at line feeds, and the one that a further line would have."""
    return [0, *accumulate([len(line) + 1 for line in lines])]


class ReadProblem(NamedTuple):
    """A defect in the text of a document; `rule` is the id of the rule that reports it.

    `effect` and `fix`, if not empty, replace those of the rule.
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

    `start` is the offset of its first character, and `packed` holds its marks in the form of the reader. A document
    that could not be read has `failed` set, and no data.
    """

    source: Source
    index: int
    start: int
    data: Any
    packed: Packed
    problems: tuple[ReadProblem, ...] = ()
    failed: bool = False

    @cached_property
    def marks(self) -> Marks:
        """The places where the parts of the document are written."""
        return Marks(self.data, self.packed, self.source.text, self.start)

    def span(self, path: Path, *, key: bool = False) -> Span:
        """The span at which a finding about the value at the path, or about its key, points: `Marks.pointed_at`."""
        return self.marks.pointed_at(path, key=key)

    def scalars(self) -> tuple[Span, ...]:
        """The spans of the scalars, keys included, in order: inside them `#` starts no comment."""
        return self.marks.scalars()


@record
class Source:
    """A file or stream as given: its name as the user wrote it, and its text without a byte order mark.

    `origin`, for a rendered text, turns a line and column of it into the place where a person wrote it.
    """

    name: str
    text: str
    is_context: bool = False
    origin: Callable[[int, int], Place] | None = None

    @cached_property
    def _line_starts(self) -> list[int]:
        # As in editors, CR, LF and CRLF end a line, and the rarer breaks of YAML 1.1 do not.
        if "\r" in self.text:
            return [0, *(match.end() for match in _LINE_END.finditer(self.text))]
        return line_starts(self.text.split("\n"))[:-1]

    def place(self, offset: int) -> Place:
        """The place where a character was written, for people to read."""
        line, column = self.position(offset)
        return self.origin(line, column) if self.origin is not None else (self.name, line, column)

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of a character in this text, both from 1."""
        starts = self._line_starts
        line = bisect_right(starts, offset)
        if line > 1 and starts[line - 1] == len(self.text):
            line -= 1
        return line, offset - starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line without its line break; empty if there is no such line."""
        start, end = self.bounds(number)
        return self.text[start:end]

    def bounds(self, number: int) -> Span:
        """The span of a line without its line break; empty if there is no such line."""
        starts = self._line_starts
        if not 0 < number <= len(starts):
            return 0, 0
        start = starts[number - 1]
        end = starts[number] if number < len(starts) else len(self.text)
        break_at = max(end - 2, start)
        return start, break_at + len(self.text[break_at:end].rstrip("\r\n"))


def refuse_problems(problems: Iterable[ReadProblem], source: Source) -> None:
    """Raise for the first problem, if there is any.

    Raises:
        UsageError: with the place of the problem.
    """
    for problem in problems:
        line, column = source.position(problem.span[0])
        raise UsageError(f"{source.name}:{line}:{column}: {problem.message}")
