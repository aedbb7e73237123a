"""From a place in a document to a location with its source line, Secret values masked."""

from __future__ import annotations

from typing import Any, Final

from k8slint.finding import Location, SourceLine
from k8slint.loading.document import Document, Mark, Span, unpack
from k8slint.objects.fields import dig

MASK: Final = "••••••"
_SECRET_FIELDS: Final = ("data", "stringData")
_LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"


def locate(document: Document, span: Span) -> Location:
    """The location of a span, cut to one line where it spans several."""
    source = document.source
    line, column = source.place(span[0])
    text = source.line(line)
    width = min(span[1] - span[0], max(len(text) - column + 1, 1))
    return Location(source.name, line, column, line, column + max(width, 1))


def shown_line(document: Document, span: Span, *, conceals: bool = False) -> SourceLine:
    """The line of a span's start; Secret values, and the span itself if it conceals, are masked."""
    source = document.source
    number, column = source.place(span[0])
    start = span[0] - column + 1
    text = source.line(number)
    if document.failed:
        return SourceLine(number, _masked_unread(source.text, text))
    hidden = [span] if conceals else []
    hidden += [secret for secret in _secret_spans(document) if secret[0] < start + len(text) and secret[1] > start]
    for begin, end in sorted(hidden, reverse=True):
        left, right = max(begin - start, 0), min(end - start, len(text))
        if left < right:
            text = text[:left] + MASK + text[right:]
    return SourceLine(number, text)


def _masked_unread(whole: str, line: str) -> str:
    """Of a text that could not be read nobody knows what is a Secret: near one, only the key is shown."""
    if "Secret" not in whole:
        return line
    key, colon, _ = line.partition(":")
    return f"{key}{colon} {MASK}" if colon else MASK


def _secret_spans(document: Document) -> list[Span]:
    spans: list[Span] = []
    for data, marks in _parts(document.data, document.marks):
        if not isinstance(marks, dict):
            continue
        if data.get("kind") == "Secret":
            for field in _SECRET_FIELDS:
                _collect(_mark_at(marks, field), spans)
        annotations = dig(data, "metadata", "annotations")
        if isinstance(annotations, dict) and _LAST_APPLIED in annotations:
            _collect(_mark_at(marks, "metadata", "annotations", _LAST_APPLIED), spans)
    return spans


def _parts(data: Any, marks: Mark) -> list[tuple[dict[str, Any], Mark]]:
    if not isinstance(data, dict):
        return []
    items = data.get("items")
    if not isinstance(items, list) or not isinstance(marks, dict) or not items:
        return [(data, marks)]
    pairs = zip(items, marks["items"][1], strict=True)
    return [(data, marks), *((item, mark) for item, mark in pairs if isinstance(item, dict))]


def _mark_at(marks: Mark, *path: str) -> Mark:
    for step in path:
        if not isinstance(marks, dict) or step not in marks:
            return None
        marks = marks[step][1]
    return marks


def _collect(mark: Mark, spans: list[Span]) -> None:
    pending = [mark]
    while pending:
        mark = pending.pop()
        if isinstance(mark, int):
            spans.append(unpack(mark))
        elif isinstance(mark, dict):
            pending.extend(value for _, value in mark.values())
        elif isinstance(mark, list):
            pending.extend(mark)
