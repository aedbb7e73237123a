"""Where the values of a document are written.

The readers leave a packed mark for each scalar, in a form that only this module knows. Marks stay packed until a place
is asked for, because most documents need none.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from functools import cache
from typing import Any, Final, NamedTuple

Path = tuple[str | int, ...]
Span = tuple[int, int]
"""Start and end as character offsets in the source's text; the end is exclusive."""

Mark = Any
"""The place of a value as a reader notes it. Only the functions and classes of this module make and read marks.

The mark of a scalar, or of an empty collection, is its span in one int. The mark of a collection is a list: the marks
of its parts, which are the items of a sequence, or each key and value of a mapping in turn in the order of its data;
then its own span, or 0 if it is not known yet. An alias of a collection is a pair: the mark of its anchor, and its own
span.
"""
Packed = Any
"""The marks of a document in the form that is kept and sent: its mark, or the bytes of its scalars' marks in a row."""

_LENGTH_BITS: Final = 28
_LONGEST: Final = (1 << _LENGTH_BITS) - 1
STEP: Final = 1 << _LENGTH_BITS
"""The number to add to the mark of a scalar to move it by one character."""

# In a mapping of fewer keys, a search is as fast as an index.
_WIDE: Final = 32
_BREAKS: Final = "\r\n\x85\u2028\u2029"
_BLANKS: Final = f" \t{_BREAKS}"
# Compiled when first used, because few runs ask where a collection ends.
_KEEPS_BLANK_LINES: Final = r"(?:[&!]\S*\s+)*[|>][1-9]?\+"
_LAST_BREAK: Final = rf"(?:\r\n|[{_BREAKS}])\Z"
# What may precede the bracket, dash or key at the start of a collection, in a text that was read line by line.
_BETWEEN: Final = r"(?:[ \n,:]|(?<![^ \n])#[^\n]*)*+"
# What may precede a dash: comments, and the anchor and tag of the sequence.
_BEFORE_DASH: Final = rf"(?:[{_BLANKS}]|(?<=[{_BLANKS}])#[^{_BREAKS}]*|[&!]\S*)*+"
_compiled = cache(re.compile)


def pack(start: int, end: int) -> int:
    """The mark of a scalar; a length that does not fit is cut."""
    length = end - start
    return start << _LENGTH_BITS | (length if length < _LONGEST else _LONGEST)  # noqa: FURB136 - min is far slower


def unpack(mark: int) -> Span:
    """The span of a scalar."""
    start = mark >> _LENGTH_BITS
    return start, start + (mark & _LONGEST)


def row(marks: list[int]) -> Packed:
    """The marks of a document without aliases and merges, from those of its scalars, keys included, in order.

    Each takes 64 bits: a fifth of the memory of a list, and very fast to send to another process.
    """
    return array("q", marks).tobytes()


def collection(parts: list[Mark], start: int, end: int) -> Mark:
    """The mark of a collection. It takes over the list of its parts' marks, so callers must not use that again."""
    own = pack(start, end)
    if not parts:
        return own
    parts.append(own)
    return parts


def alias(mark: Mark, start: int, end: int) -> Mark:
    """The mark of an alias, from the mark of its anchor and its own span."""
    return pack(start, end) if isinstance(mark, int) else (_inside(mark), pack(start, end))


def parts_of(mark: Mark) -> list[Mark]:
    """The marks of the parts of a collection or of an alias of one; empty for any other mark."""
    inside = _inside(mark)
    return inside[:-1] if isinstance(inside, list) else []


def end_of(text: str, start: int, end: int) -> int:
    """The end of a scalar without its last line break and the blank lines after it.

    The span that the parser gives to a block scalar includes them. If the scalar keeps blank lines (`|+`), only the
    last break is cut.
    """
    if start == end or text[end - 1] not in _BLANKS:
        return end
    if _compiled(_KEEPS_BLANK_LINES).match(text, start, end):
        last = _compiled(_LAST_BREAK).search(text, max(end - 2, start), end)
        return last.start() if last is not None else end
    stop = start + len(text[start:end].rstrip(_BLANKS))
    while stop < end and text[stop] in " \t":  # they belong to the last line
        stop += 1
    return stop


class Marks:
    """The places where the parts of a document are written.

    Findings use `pointed_at`, which is always a key or a scalar. Fixes use `span` and `entry`, which are the whole text
    of a value: with the anchor and tag before it, without the line break, blank lines and comments after it.
    """

    __slots__ = ("_data", "_nested", "_packed", "_positions", "_start", "_text", "_whole")

    def __init__(self, data: Any, packed: Packed, text: str, start: int) -> None:
        self._data = data
        self._packed = packed
        self._text = text
        self._start = start
        self._nested: Mark = None
        self._whole: Mark = None
        self._positions: dict[int, dict[str, int]] = {}

    @property
    def root(self) -> Written:
        """The whole document, as the start of a walk through it."""
        if self._nested is None:
            self._nested = _nested(self._data, _unrowed(self._packed)) if self._is_row() else self._packed
        return Written(self._data, self._nested)

    def pointed_at(self, path: Path, *, key: bool = False) -> Span:
        """The span at which a finding about the value at the path, or about its key, points.

        A finding about a mapping, a sequence or an empty value points at its key. If the path leads nowhere, the
        finding points at the deepest part that exists.
        """
        found = self._find(path, self.root.mark)
        mark, key_mark = found.mark, found.key
        key = key or not found.is_there
        if key_mark is not None and (key or not isinstance(mark, int) or mark & _LONGEST == 0):
            return unpack(key_mark)
        return unpack(_first(mark)) if mark else (self._start, self._start)

    def span(self, path: Path, *, key: bool = False) -> Span | None:
        """The whole text of the value at the path, or of its key, or None if there is no such value or key.

        A collection in flow style reaches from bracket to bracket, one in block style from its first dash or key to the
        end of its last value. An alias has its own span, but the values inside it have the spans at its anchor: these
        lie outside of the alias, and belong to several values. So do the spans of what a merge brings in.
        """
        found = self._find(path, self._with_ends())
        if not found.is_there or (key and found.key is None):
            return None
        return unpack(found.key) if key and found.key is not None else self._span(found.mark)

    def entry(self, path: Path) -> Span | None:
        """The text from the key or dash of the value at the path to its end, or None if there is no such value."""
        found = self._find(path, self._with_ends())
        if not found.is_there or not path:
            return None
        start, end = self._span(found.mark)
        if found.key is not None:
            return unpack(found.key)[0], end
        dash = self._dash(path)
        return start if dash is None else dash, end

    def scalars(self) -> tuple[Span, ...]:
        """The spans of the scalars, keys included, in order: inside them `#` starts no comment."""
        found: set[int] = set()
        pending = [self.root.mark]
        while pending:
            mark = pending.pop()
            if isinstance(mark, int):
                found.add(mark)
            else:
                pending += parts_of(mark)
        return tuple(map(unpack, sorted(found)))

    def _is_row(self) -> bool:
        return isinstance(self._packed, bytes)

    def _with_ends(self) -> Mark:
        """The mark of the whole document, in which every collection has its span."""
        if self._whole is None:
            self._whole = (
                _Ends(self._text, self._packed, self._start).mark(self._data) if self._is_row() else self._packed
            )
        return self._whole

    def _span(self, mark: Mark) -> Span:
        if isinstance(mark, int):
            start, end = unpack(mark)
            return start, end_of(self._text, start, end)
        return unpack(mark[-1])

    def _dash(self, path: Path) -> int | None:
        """The offset of the dash of an item of a sequence, or None in flow style."""
        sequence = self._find(path[:-1], self._with_ends()).mark
        index = path[-1]
        before = parts_of(sequence)[:index] if isinstance(index, int) else []
        at = self._span(before[-1])[1] if before else unpack(_inside(sequence)[-1])[0]
        match = _compiled(_BEFORE_DASH).match(self._text, at)
        dash = match.end() if match is not None else at
        return dash if self._text[dash : dash + 1] == "-" else None

    def _find(self, path: Path, mark: Mark) -> _Found:
        data, key_mark = self._data, None
        for step in path:
            inside = _inside(mark)
            if not isinstance(inside, list):
                return _Found(mark, key_mark, is_there=False)
            if isinstance(data, dict) and isinstance(step, str) and step in data:
                at = 2 * self._position(data, step)
                data, mark, key_mark = data[step], inside[at + 1], inside[at]
            elif isinstance(data, list) and isinstance(step, int) and 0 <= step < len(data):
                data, mark, key_mark = data[step], inside[step], None
            else:
                return _Found(mark, key_mark, is_there=False)
        return _Found(mark, key_mark, is_there=mark is not None)

    def _position(self, data: dict[str, Any], key: str) -> int:
        """The index of a key among the keys of a mapping; the indices of a wide mapping are kept."""
        if len(data) < _WIDE:
            return list(data).index(key)
        if id(data) not in self._positions:
            self._positions[id(data)] = {each: index for index, each in enumerate(data)}
        return self._positions[id(data)][key]


class Written(NamedTuple):
    """A value and its mark, as a step of a walk that starts at `Marks.root`."""

    data: Any
    mark: Mark

    def entries(self) -> Iterator[tuple[str, Written]]:
        """The keys of a mapping with their values."""
        for (key, value), mark in zip(self.data.items(), parts_of(self.mark)[1::2], strict=False):
            yield key, Written(value, mark)

    def items(self) -> Iterator[Written]:
        """The items of a sequence."""
        return map(Written, self.data, parts_of(self.mark))

    def without(self, key: str) -> Written:
        """The mapping without the entry of a key, which must be there."""
        rest = {each: value for each, value in self.data.items() if each != key}
        marks = parts_of(self.mark)
        at = 2 * list(self.data).index(key)
        return Written(rest, [*marks[:at], *marks[at + 2 :], 0])

    def scalars(self) -> Iterator[tuple[Any, Span]]:
        """The scalars inside the value, in no certain order, each with its span; an empty collection counts as one."""
        pending = [self]
        while pending:
            part = pending.pop()
            if isinstance(part.mark, int):
                yield part.data, unpack(part.mark)
            elif isinstance(part.data, dict):
                pending += (each for _, each in part.entries())
            elif isinstance(part.data, list):
                pending += part.items()


class _Found(NamedTuple):
    """The marks of the value at a path and of its key, or those of the deepest part if `is_there` is false."""

    mark: Mark
    key: int | None
    is_there: bool


def _inside(mark: Mark) -> Mark:
    """The mark of the anchor for an alias, otherwise the mark itself."""
    return mark[0] if isinstance(mark, tuple) else mark


def _first(mark: Mark) -> int:
    while not isinstance(mark, int):
        mark = mark[0]
    return mark


def _unrowed(packed: bytes) -> Iterator[int]:
    marks = array("q")
    marks.frombytes(packed)
    return iter(marks)


def _nested(data: Any, marks: Iterator[int]) -> Mark:
    """The mark of a value from those of its scalars; collections get 0 for their own span."""
    if not isinstance(data, (dict, list)) or not data:
        return next(marks)
    parts: list[Mark] = []
    for value in data.values() if isinstance(data, dict) else data:
        if isinstance(data, dict):
            parts.append(next(marks))
        parts.append(_nested(value, marks))
    parts.append(0)
    return parts


class _Ends:
    """Finds where collections start and end in a text that was read line by line, from the marks of its scalars.

    Between the scalars, such a text has only blanks, comments, and the brackets, dashes, commas and colons.
    """

    def __init__(self, text: str, packed: bytes, start: int) -> None:
        self._text = text
        self._marks = _unrowed(packed)
        self._at = start  # how far the text is read
        self._last = start, start  # the last scalar or bracket

    def mark(self, data: Any) -> Mark:
        """The mark of the next value of the text, for which `data` is the data."""
        if not isinstance(data, (dict, list)) or not data:
            return self._scalar()
        start = self._skip()
        is_flow = self._text[start] in "[{"
        self._at += is_flow
        parts: list[Mark] = []
        for value in data.values() if isinstance(data, dict) else data:
            if isinstance(data, dict):
                parts.append(self._scalar())
            elif not is_flow:
                self._at = self._skip() + len("-")
            parts.append(self.mark(value))
        if is_flow:
            end = self._at = self._skip() + len("]")
        else:
            end = end_of(self._text, *self._last)
        self._last = end, end
        return collection(parts, start, end)

    def _scalar(self) -> int:
        mark = next(self._marks)
        self._last = unpack(mark)
        self._at = self._last[1]
        return mark

    def _skip(self) -> int:
        """Move to the next bracket, dash or key, and return its offset."""
        match = _compiled(_BETWEEN).match(self._text, self._at)
        self._at = match.end() if match is not None else self._at
        return self._at
