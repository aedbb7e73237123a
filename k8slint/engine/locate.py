"""From a place in a document to a location with its source line, Secret values masked."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from k8slint.engine.masking import MASK, hidden, joined, masked_unread
from k8slint.finding import Location, SourceLine
from k8slint.loading.document import Document, Span

# A line may be a whole file, and each finding keeps its part of the line: more than any terminal shows is not kept.
_REACH: Final = 1_000


def locate(document: Document, span: Span) -> Location:
    """The location of a span; a span of several lines is cut to the first."""
    source = document.source
    file, line, column = source.place(span[0])
    _, end = source.bounds(source.position(span[0])[0])
    width = max(min(span[1], end) - span[0], 1)
    return Location(file, line, column, line, column + width)


def shown_line(document: Document, span: Span, concealed: Sequence[Span] = ()) -> SourceLine:
    """The line where a span starts; Secret values and the `concealed` spans are masked, all at the same length.

    A very long line is cut to the part around the span. `concealed` must be sorted, without overlaps.
    """
    source = document.source
    _, number, _ = source.place(span[0])
    first, last = source.bounds(source.position(span[0])[0])
    if document.failed:
        line = source.text[first : min(last, first + _REACH)]
        unread = masked_unread(document, line, first)
        if unread != line:
            return SourceLine(number, unread)
    start = max(first, span[0] - _REACH)
    text = source.text[start : min(last, min(span[1], span[0] + _REACH) + _REACH)]
    begin = span[0] - start
    end = max(min(span[1] - start, len(text)), begin + 1)
    veiled = [
        *_within(hidden(document).spans, start, start + len(text)),
        *_within(concealed, start, start + len(text)),
    ]
    for left, right in reversed(joined(_cut(veiled, start, len(text)))):
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
    """The column after the text from left to right is masked; a column within that text moves to the mask's end."""
    if column <= left:
        return column
    return left + len(MASK) if column <= right else column - (right - left) + len(MASK)


def _within(spans: Sequence[Span], start: int, end: int) -> Iterator[Span]:
    """The spans that reach into a range; `spans` must be sorted, without overlaps."""
    for index in range(max(bisect_left(spans, (start, start)) - 1, 0), len(spans)):
        if spans[index][0] >= end:
            return
        if spans[index][1] > start:
            yield spans[index]
