"""Where the values of a rendered object are written: a tree beside the object's data, as sparse as the changes are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from k8slint.loading.document import Document, Path, Place, Source, Span

Data = Any
"""Plain data: dict, list, str, int, float, bool and None."""

DEEPEST: Final = 150
"""The most levels that are rendered: what walks through data calls itself a level deeper each time."""
MOST_VALUES: Final = 1_000_000

_QUOTES: Final = ('"', "'", "|", ">")
_BLOCK: Final = re.compile(r"[|>][-+0-9]*[^\n]*\n")
_INDENT: Final = re.compile(r"\n*( *)")
_PROPERTIES: Final = re.compile(r"(?:[&!]\S*\s+)*")


class Origin:
    """The place of a value, and of all inside it: the path in a document where it is written.

    What is inside of the value is written at the same path and below, except what `parts` names: items of a mapping by
    key, or all items of a list in order. An origin belongs to one object and changes with it.
    """

    __slots__ = ("document", "parts", "path")

    def __init__(
        self, document: Document, path: Path = (), parts: dict[str, Origin] | list[Origin] | None = None
    ) -> None:
        self.document = document
        self.path = path
        self.parts = parts

    def child(self, step: str | int) -> Origin:
        """The origin of an item, which keeps what is changed in it."""
        parts = self.parts
        if isinstance(step, str):
            if not isinstance(parts, dict):
                parts = self.parts = {}
            found = parts.get(step)
            if found is None:
                found = parts[step] = Origin(self.document, (*self.path, step))
            return found
        if isinstance(parts, list) and step < len(parts):
            return parts[step]
        return Origin(self.document, (*self.path, step))

    def at(self, path: Path) -> Origin:
        """The origin of what is deeper inside; nothing is kept."""
        found = self
        for step in path:
            parts = found.parts
            if isinstance(parts, dict):
                found = parts.get(step) or found.below(step) if isinstance(step, str) else found.below(step)
            elif isinstance(parts, list) and isinstance(step, int) and 0 <= step < len(parts):
                found = parts[step]
            else:
                found = found.below(step)
        return found

    def below(self, step: str | int) -> Origin:
        """The place where an item would be written that is not among the parts."""
        return Origin(self.document, (*self.path, step))

    def items(self, count: int) -> list[Origin]:
        """The origins of all items of a list, which keep what is changed in them."""
        if not isinstance(self.parts, list) or len(self.parts) != count:
            self.parts = [Origin(self.document, (*self.path, index)) for index in range(count)]
        return self.parts

    def set(self, key: str, origin: Origin) -> None:
        """Set the origin of an item of a mapping."""
        if not isinstance(self.parts, dict):
            self.parts = {}
        self.parts[key] = origin

    def forget(self, key: str) -> None:
        """Drop what is known of an item that is no longer there."""
        if isinstance(self.parts, dict):
            self.parts.pop(key, None)

    def copy(self) -> Origin:
        """The same, for another object."""
        parts = self.parts
        if isinstance(parts, dict):
            return Origin(self.document, self.path, {key: part.copy() for key, part in parts.items()})
        if parts is not None:
            return Origin(self.document, self.path, [part.copy() for part in parts])
        return Origin(self.document, self.path)

    @property
    def span(self) -> Span:
        """The characters of the document's source at which a finding about the value points."""
        return self.document.span(self.path)

    @property
    def place(self) -> Place:
        """File, line and column for people."""
        return self.document.source.place(self.span[0])

    @property
    def written(self) -> str:
        """The text of a scalar as it is written, with its quotes; empty for a null that is not written out."""
        found = self.document.marks.span(self.path)
        if found is None:
            return ""
        text = self.document.source.text[found[0] : found[1]]
        return text[_end_of_properties(text) :]

    @property
    def is_quoted(self) -> bool:
        """Whether a scalar is written in quotes or as a block."""
        return self.written.startswith(_QUOTES)


def _end_of_properties(text: str) -> int:
    match = _PROPERTIES.match(text)
    return match.end() if match is not None else 0


def embedded(origin: Origin, text: str) -> Source:
    """The text of a scalar as a source of its own, whose places are those of the document that holds the scalar."""
    outer = origin.document.source
    start, _ = origin.span
    body = _BLOCK.match(outer.text, start + _end_of_properties(outer.text[start : start + 200]))
    name, line, column = outer.place(start)
    if body is None:

        def place(inner_line: int, inner_column: int) -> Place:
            return (name, line, column + inner_column) if inner_line == 1 else (name, line, column)

        return Source(outer.name, text, origin=place)
    first = _INDENT.match(outer.text, body.end())
    indent = len(first[1]) if first is not None else 0
    start_line = outer.position(body.end())[0]

    def place_in_block(inner_line: int, inner_column: int) -> Place:
        row = start_line + inner_line - 1
        offset = outer.bounds(row)[0]
        return outer.place(min(offset + indent + inner_column - 1, len(outer.text)))

    return Source(outer.name, text, origin=place_in_block)


def apart(data: Data, origin: Origin) -> Iterator[tuple[Path, Origin]]:
    """The values of an object that are not written where its shape says, each with its path: the outermost of them."""
    pending: list[tuple[Path, Data, Origin]] = [((), data, origin)]
    while pending:
        path, value, here = pending.pop()
        found: list[tuple[Path, Data, Origin]] = []
        if isinstance(here.parts, dict) and isinstance(value, dict):
            found = [((*path, key), value[key], here.parts[key]) for key in value if key in here.parts]
        elif isinstance(here.parts, list) and isinstance(value, list):
            found = [((*path, index), *each) for index, each in enumerate(zip(value, here.parts, strict=False))]
        for inner, _, part in found:
            if part.document is not here.document or part.path != (*here.path, inner[-1]):
                yield inner, part
        pending += found[::-1]


def of_file(name: str, text: str, line: int = 1) -> Origin:
    """The origin of a value that is the text of a file, or starts in one of its lines."""
    source = Source(name, text)
    return Origin(Document(source, 0, source.bounds(line)[0], None, None))


def bounded(data: Data, most: int = MOST_VALUES) -> bool:
    """Whether the data are no deeper and no larger than is rendered."""
    pending = [(data, 0)]
    count = 0
    while pending:
        value, depth = pending.pop()
        if isinstance(value, (dict, list)):
            count += len(value)
            if depth > DEEPEST or count > most:
                return False
            pending += [
                (item, depth + 1)
                for item in (value.values() if isinstance(value, dict) else value)
                if isinstance(item, (dict, list))
            ]
    return True


def copied(data: Data) -> Data:
    """A copy that shares no mapping and no list."""
    if isinstance(data, dict):
        return {key: copied(value) if isinstance(value, (dict, list)) else value for key, value in data.items()}
    if isinstance(data, list):
        return [copied(value) if isinstance(value, (dict, list)) else value for value in data]
    return data
