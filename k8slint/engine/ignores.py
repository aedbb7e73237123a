"""Ignores: comments and annotations that hide findings, and what is wrong with them."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Collection, Iterator
from typing import Final, NamedTuple

from k8slint.loading.document import Document, Path, Source, Span
from k8slint.objects.fields import dig, strings
from k8slint.objects.object import Object
from k8slint.objects.read import Reading
from k8slint.values.nearest import nearest

ANNOTATION: Final = "k8slint/ignore."
UNUSED: Final = "unused-ignore"
UNKNOWN: Final = "unknown-rule-in-ignore"

# Compiled when first used: most files have no ignores.
_COMMENT: Final = r"(?:(?<=\s)|^)#+ *k8slint: *(file-)?ignore\[([^\]\n]*)\]"
_RULE: Final = re.compile(r"[^\s,]+")


class Ignore(NamedTuple):
    """One rule hidden in one place: the lines from `first` to `last`, or one object."""

    rule: str
    document: Document
    span: Span
    first: int = 0
    last: int = 0
    obj: Object | None = None

    def hides(self, rule: str, line: int, obj: Object | None) -> bool:
        """Whether a finding of the rule at that line, on that object, is hidden."""
        if rule != self.rule:
            return False
        return obj is self.obj if self.obj is not None else self.first <= line <= self.last


def ignores_of(reading: Reading) -> tuple[Ignore, ...]:
    """Every ignore written in a source, in order."""
    if "k8slint" not in reading.source.text:
        return ()
    return (*_comments(reading), *(ignore for obj in reading.objects for ignore in _annotations(obj)))


def complaints(
    ignores: Collection[Ignore], used: Collection[Ignore], known: Collection[str], active: Collection[str]
) -> Iterator[tuple[str, Ignore, str]]:
    """What is wrong with the ignores: the id of the rule, the ignore, and the message.

    An ignore of a rule that was not run may well be of use elsewhere, so nothing is said of it.
    """
    for ignore in ignores:
        if ignore.rule not in known:
            near = nearest(ignore.rule, known)
            hint = f', did you mean "{near}"' if near else "; `k8slint rules` lists them"
            yield UNKNOWN, ignore, f'there is no rule "{ignore.rule}"{hint}'
        elif ignore.rule in active and ignore not in used:
            yield UNUSED, ignore, f"no finding of {ignore.rule} is here to be ignored"


def _comments(reading: Reading) -> Iterator[Ignore]:
    source = reading.source
    starts = [document.start for document in reading.documents]
    scalars: dict[int, tuple[Span, ...]] = {}
    covered = (0, 0, 0)
    for match in re.finditer(_COMMENT, source.text, re.MULTILINE):
        if not starts:
            return
        # A comment above the first document belongs to the first.
        index = max(bisect_right(starts, match.start()) - 1, 0)
        document = reading.documents[index]
        if index not in scalars:
            scalars[index] = document.scalars()
        if _lies_in(scalars[index], match.start()):
            continue
        covered = _covered(source, match.start(), covered)
        first, last = (1, len(source.text)) if match[1] else covered[1:]
        for rule in _RULE.finditer(match[2]):
            at = match.start(2) + rule.start()
            yield Ignore(rule[0], document, (at, at + len(rule[0])), first, last)


def _lies_in(spans: tuple[Span, ...], offset: int) -> bool:
    index = bisect_right(spans, (offset, sys.maxsize)) - 1
    return index >= 0 and offset < spans[index][1]


def _covered(source: Source, offset: int, above: tuple[int, int, int]) -> tuple[int, int, int]:
    """A comment's line and the lines it speaks of: its own or, if it stands alone, those of the node that follows.

    `above` is the same of the comment before it: of a stack of comments all speak of one node.
    """
    line, column = source.place(offset)
    if source.line(line)[: column - 1].strip():
        return line, line, line
    if above[0] < line < above[1]:
        return line, *above[1:]
    total, _ = source.place(len(source.text))
    first = line + 1
    while first <= total and _is_blank(source.line(first)):
        first += 1
    indent, starts_item = _indent(source.line(first)), source.line(first).lstrip().startswith("- ")
    last = first
    for number in range(first + 1, total + 1):
        text = source.line(number)
        if _is_blank(text):
            continue
        at_same = _indent(text) == indent and text.lstrip().startswith("- ") and not starts_item
        if _indent(text) <= indent and not at_same:
            break
        last = number
    return line, first, last


def _is_blank(line: str) -> bool:
    stripped = line.strip()
    return not stripped or stripped.startswith("#")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _annotations(obj: Object) -> Iterator[Ignore]:
    places: list[Path] = [("metadata", "annotations")]
    if obj.pod is not None and obj.pod.path:
        places.append((*obj.pod.path, "metadata", "annotations"))
    for path in places:
        for key in strings(dig(obj.data, *path)):
            if key.startswith(ANNOTATION):
                span = obj.document.span((*obj.path, *path, key), key=True)
                yield Ignore(key.removeprefix(ANNOTATION), obj.document, span, obj=obj)
