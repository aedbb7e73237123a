"""From a place in a document to a location with its source line, Secret values masked."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

from k8slint.finding import Location, SourceLine
from k8slint.loading.document import Document, Mark, Span, part_at, unpack

MASK: Final = "••••••"
_SECRET_FIELDS: Final = ("data", "stringData")
_HARMLESS: Final = frozenset({"apiVersion", "immutable", "kind", "metadata", "type"})
# A line may be a whole file, and every finding in it keeps what is shown of it: no more than any terminal is wide.
_REACH: Final = 1_000
_KEY: Final = re.compile(r"""\s*(?:- +)*["']?[\w./-]{1,63}["']?:(?=\s|$)""")
_LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"


def locate(document: Document, span: Span) -> Location:
    """The location of a span, cut to one line where it spans several."""
    source = document.source
    line, column = source.place(span[0])
    _, end = source.bounds(line)
    width = max(min(span[1], end) - span[0], 1)
    return Location(source.name, line, column, line, column + width)


def shown_line(document: Document, span: Span, concealed: Sequence[Span] = ()) -> SourceLine:
    """The line of a span's start; Secret values and what is concealed are masked, of whatever length they are.

    Of a very long line it is the part around the span. `concealed` are sorted, and none overlap.
    """
    source = document.source
    number, _ = source.place(span[0])
    first, last = source.bounds(number)
    if document.failed and "Secret" in source.text:
        return SourceLine(number, _masked_unread(source.text[first:last]))
    start = max(first, span[0] - _REACH)
    text = source.text[start : min(last, min(span[1], span[0] + _REACH) + _REACH)]
    begin = span[0] - start
    end = max(min(span[1] - start, len(text)), begin + 1)
    hidden = [
        *_within(_secret_spans(document), start, start + len(text)),
        *_within(concealed, start, start + len(text)),
    ]
    for left, right in reversed(joined(_cut(hidden, start, len(text)))):
        text = text[:left] + MASK + text[right:]
        begin, end = _moved(begin, left, right), _moved(end, left, right)
    return SourceLine(number, text, (begin, max(end, begin + 1)))


def _cut(spans: Iterable[Span], start: int, length: int) -> Iterator[Span]:
    """The parts of the spans that lie on a line, as columns from 0."""
    for begin, end in spans:
        left, right = max(begin - start, 0), min(end - start, length)
        if left < right:
            yield left, right


def _moved(column: int, left: int, right: int) -> int:
    """Where a column is once what lies between left and right is masked: of what is masked, at the mask's ends."""
    if column <= left:
        return column
    return left + len(MASK) if column <= right else column - (right - left) + len(MASK)


def _masked_unread(line: str) -> str:
    """Of a text that could not be read nobody knows what is a Secret: near one, only a key at the start is shown."""
    key = _KEY.match(line)
    return f"{key[0]} {MASK}" if key is not None else MASK


def _within(spans: Sequence[Span], start: int, end: int) -> Iterator[Span]:
    """Those of the sorted spans, of which none overlap, that reach into a range."""
    for index in range(max(bisect_left(spans, (start, start)) - 1, 0), len(spans)):
        if spans[index][0] >= end:
            return
        if spans[index][1] > start:
            yield spans[index]


@lru_cache(maxsize=4)  # findings come document by document
def _secret_spans(document: Document) -> tuple[Span, ...]:
    spans: set[Span] = set()
    for data, mark in _parts(document.data, document.marks):
        fields = _secret_fields(data)
        for field in fields:
            _collect(data, mark, (field,), spans)
        _collect(data, mark, ("metadata", "annotations", _LAST_APPLIED), spans)
        if fields:
            spans.update(_overwritten(document))
    return tuple(joined(spans))


def joined(spans: Iterable[Span]) -> list[Span]:
    """The spans sorted, those that overlap made one."""
    result: list[Span] = []
    for start, end in sorted(spans):
        if result and start < result[-1][1]:
            result[-1] = result[-1][0], max(end, result[-1][1])
        else:
            result.append((start, end))
    return result


def _overwritten(document: Document) -> Iterator[Span]:
    """What follows a key that is written again later: its value is not in the data, and so has no mark."""
    for problem in document.problems:
        for (_, end), _ in problem.related:
            line, column = document.source.place(end)
            yield end, end - column + 1 + len(document.source.line(line))


def _secret_fields(data: dict[str, Any]) -> Iterable[str]:
    """The fields whose values are nobody's business: of a Secret all that are not known to be harmless."""
    kind = data.get("kind")
    if not isinstance(kind, str) or not kind:
        return _SECRET_FIELDS
    return [field for field in data if field not in _HARMLESS] if kind.casefold() == "secret" else ()


def _parts(data: Any, mark: Mark) -> list[tuple[dict[str, Any], Mark]]:
    """The mappings that may be Secrets: the document, and the items of a List."""
    if not isinstance(data, dict):
        return []
    items = part_at(data, mark, "items")
    if items is None or not isinstance(items[0], list) or not items[0]:
        return [(data, mark)]
    pairs = zip(items[0], items[1], strict=True)
    return [(data, mark), *((item, item_mark) for item, item_mark in pairs if isinstance(item, dict))]


def _collect(data: Any, mark: Mark, path: Iterable[str], spans: set[Span]) -> None:
    """Add where the values at the path are written, those of mappings and sequences one by one."""
    for step in path:
        part = part_at(data, mark, step)
        if part is None:
            return
        data, mark, _ = part
    pending = [(data, mark)]
    while pending:
        data, mark = pending.pop()
        if isinstance(mark, int):
            spans.add(unpack(mark))
        elif isinstance(data, dict):
            pending.extend(zip(data.values(), mark[1::2], strict=True))
        elif isinstance(data, list):
            pending.extend(zip(data, mark, strict=True))
