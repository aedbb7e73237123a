"""Ignores: comments and annotations that hide findings, and what is wrong with them."""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, NamedTuple

from k8slint.engine.directives import ANNOTATION, Directive, Terms, directives, terms
from k8slint.engine.directives import mistaken_annotation as mistaken
from k8slint.engine.rule import Rule
from k8slint.engine.today import today
from k8slint.loading.document import Document, Path, Source, Span
from k8slint.objects.fields import dig, strings
from k8slint.objects.from_documents import Reading
from k8slint.objects.object import Object
from k8slint.values.nearest import nearest

UNUSED: Final = "unused-ignore"
UNKNOWN: Final = "unknown-rule-in-ignore"
MALFORMED: Final = "malformed-ignore"
EXPIRED: Final = "expired-ignore"
UNREASONED: Final = "ignore-without-reason"

_LAST_LINE: Final = sys.maxsize


@dataclass(frozen=True, slots=True, eq=False)
class Ignore:
    """One rule or category, `word`, that is hidden in one place: the lines `first` to `last`, or one object."""

    word: str
    reason: str
    document: Document
    span: Span
    first: int = 0
    last: int = 0
    obj: Object | None = None


class Complaint(NamedTuple):
    """A problem with an ignore itself; `rule` is the id of the rule that reports it."""

    rule: str
    document: Document
    obj: Object | None
    span: Span
    message: str


@dataclass(slots=True)
class Ignores:
    """The ignores of a source; it remembers which of them hid something. `faults` are problems of their text alone."""

    rules: Mapping[str, Rule]
    all: list[Ignore] = field(default_factory=list)
    faults: list[Complaint] = field(default_factory=list)
    _in_lines: dict[str, _Lines] = field(default_factory=dict)
    _on_objects: dict[tuple[str, int], list[Ignore]] = field(default_factory=dict)
    _used: set[Ignore] = field(default_factory=set)

    def hiding(self, rule: str, line: int, obj: Object | None) -> Ignore | None:
        """The ignore that hides a finding of the rule at that line, on that object, or None; it counts as used.

        The order: the rule before its category, then a comment before an annotation, then inner lines before outer.
        """
        found = None
        for word in (rule, self.rules[rule].category) if self.all else ():
            if word in self._in_lines:
                found = found or self._in_lines[word].at(line)
            of_object = self._on_objects.get((word, id(obj)), ())
            self._used.update(of_object)
            found = found or next(iter(of_object), None)
        return found

    def complaints(self, active: Collection[str], is_wanted: Callable[[str], bool]) -> Iterator[Complaint]:
        """Every problem with the ignores; call this after `hiding` was called for all findings.

        An ignore of a rule that did not run is not called unused: another run may need it. `is_wanted` is asked with
        the rule of each complaint before its message is made.
        """
        yield from (fault for fault in self.faults if is_wanted(fault.rule))
        if not self.all:
            return
        members: dict[str, list[Rule]] = defaultdict(list)
        for rule in self.rules.values():
            members[rule.id].append(rule)
            members[rule.category].append(rule)
        for ignore in self.all:
            at = (ignore.document, ignore.obj, ignore.span)
            if ignore.word not in members:
                if not is_wanted(UNKNOWN):
                    continue
                near = nearest(ignore.word, members, len(members))
                hint = f', did you mean "{near}"' if near else "; `k8slint rules` lists them"
                yield Complaint(UNKNOWN, *at, f'there is no rule or category "{ignore.word}"{hint}')
            elif (
                not self._is_used(ignore) and _has_run(ignore.word, members[ignore.word], active) and is_wanted(UNUSED)
            ):
                hint = _hint(ignore)
                yield Complaint(UNUSED, *at, f"no finding of {ignore.word} is here to be ignored{hint}")

    def _is_used(self, ignore: Ignore) -> bool:
        return ignore in self._used or (ignore.obj is None and self._in_lines[ignore.word].is_used(ignore))

    def add(self, ignore: Ignore) -> None:
        """Add an ignore; call this before the first `hiding`."""
        self.all.append(ignore)
        if ignore.obj is not None:
            self._on_objects.setdefault((ignore.word, id(ignore.obj)), []).append(ignore)
        else:
            self._in_lines.setdefault(ignore.word, _Lines()).ignores.append(ignore)


@dataclass(eq=False)
class _Lines:
    """The ignores of one rule or category, by line; the cost grows with lines plus ignores, not with their product."""

    ignores: list[Ignore] = field(default_factory=list)
    _asked: list[int] = field(default_factory=list)

    def at(self, line: int) -> Ignore | None:
        """The innermost ignore that covers the line, or None."""
        starts, owners = self._stretches
        index = bisect_right(starts, line) - 1
        owner = owners[index] if index >= 0 else None
        if owner is not None:
            self._asked.append(line)
        return owner

    def is_used(self, ignore: Ignore) -> bool:
        """Whether `at` was called for a line that the ignore covers."""
        index = bisect_left(self._asked_in_order, ignore.first)
        return index < len(self._asked_in_order) and self._asked_in_order[index] <= ignore.last

    @cached_property
    def _asked_in_order(self) -> list[int]:
        return sorted(self._asked)

    @cached_property
    def _stretches(self) -> tuple[list[int], list[Ignore | None]]:
        """The first line of each stretch of lines, and the innermost ignore there or None; ignores nest as nodes do."""
        starts: list[int] = []
        owners: list[Ignore | None] = []
        around: list[Ignore] = []

        def close(before: int) -> None:
            while around and around[-1].last < before:
                starts.append(around.pop().last + 1)
                owners.append(around[-1] if around else None)

        for ignore in sorted(self.ignores, key=lambda each: (each.first, -each.last)):
            close(ignore.first)
            around.append(ignore)
            starts.append(ignore.first)
            owners.append(ignore)
        close(_LAST_LINE + 1)
        return starts, owners


def ignores_of(reading: Reading, rules: Mapping[str, Rule]) -> Ignores:
    """Every ignore of a source: the comments in order, then the annotations. `rules` are all known rules."""
    ignores = Ignores(rules)
    _read_comments(reading, ignores)
    for obj in reading.objects:
        _read_annotations(obj, ignores)
    return ignores


def _has_run(word: str, members: Iterable[Rule], active: Collection[str]) -> bool:
    """Whether the rule is on; for a category, whether all its default rules are on."""
    return all(rule.id in active for rule in members if rule.default or rule.id == word)


def _hint(ignore: Ignore) -> str:
    """What to do if an ignore stands above a whole object but covers only its first line; empty for any other."""
    covered = ignore.document.source.line(ignore.first) if ignore.first == ignore.last else ""
    key = covered.partition(":")[0]
    if key not in {"apiVersion", "kind", "---"}:
        return ""
    return f'; it speaks of the line "{key}" alone: to hide it in the whole file, write file-ignore[{ignore.word}]'


def _read_comments(reading: Reading, ignores: Ignores) -> None:
    source = reading.source
    starts = [document.start for document in reading.documents]
    scalars: dict[int, tuple[Span, ...]] = {}
    nodes = _Nodes(source)
    for each in directives(source.text, ignores.rules):
        if not starts:
            return
        # A comment above the first document belongs to the first.
        index = max(bisect_right(starts, each.span[0]) - 1, 0)
        document = reading.documents[index]
        if index not in scalars:
            scalars[index] = document.scalars()
        if _lies_in(scalars[index], each.span[0]):
            continue
        if isinstance(each, Directive):
            _read_directive(each, document, nodes, ignores)
        elif reading.objects:  # in a file without objects, a comment is not meant for k8slint
            ignores.faults.append(Complaint(MALFORMED, document, None, each.span, each.message))


def _read_directive(directive: Directive, document: Document, nodes: _Nodes, ignores: Ignores) -> None:
    names = ", ".join(word for word, _ in directive.rules)
    fault = _fault(directive.terms, f"this ignore of {names}")
    if fault is not None:
        ignores.faults.append(Complaint(fault[0], document, None, directive.span, fault[1]))
        if fault[0] != UNREASONED:
            return
    first, last = (1, _LAST_LINE) if directive.for_file else nodes.spoken_of(directive.span[0])
    for word, span in directive.rules:
        ignores.add(Ignore(word, directive.terms.reason, document, span, first, last))


def _read_annotations(obj: Object, ignores: Ignores) -> None:
    places: list[Path] = [("metadata", "annotations")]
    places.extend((*pod.path, "metadata", "annotations") for pod in obj.pods if pod.path)
    for path in places:
        for key, value in strings(dig(obj.data, *path)).items():
            word = key.removeprefix(ANNOTATION)
            message = "" if word and word != key else mistaken(key, ignores.rules)
            if message or word != key:
                span = obj.document.span((*obj.path, *path, key), key=True)
                if message:
                    ignores.faults.append(Complaint(MALFORMED, obj.document, obj, span, message))
                else:
                    _read_annotation(word, value, obj, span, ignores)


def _read_annotation(word: str, value: str, obj: Object, span: Span, ignores: Ignores) -> None:
    written = terms(value)
    fault = _fault(written, f"this ignore of {word}")
    if fault is not None:
        ignores.faults.append(Complaint(fault[0], obj.document, obj, span, fault[1]))
        if fault[0] != UNREASONED:
            return
    ignores.add(Ignore(word, written.reason, obj.document, span, obj=obj))


def _fault(written: Terms, ignore: str) -> tuple[str, str] | None:
    """The rule and the message for bad terms of an ignore, or None if the terms are good."""
    if not written.is_dated:
        return MALFORMED, f'{ignore} hides nothing: "until={written.until}" is no day; write it as until=2027-03-31'
    if written.until and written.until < today():
        return EXPIRED, f"{ignore} ended with {written.until} and hides nothing any more"
    if not any(letter.isalnum() for letter in written.reason):
        return UNREASONED, f"{ignore} gives no reason"
    return None


def _lies_in(spans: tuple[Span, ...], offset: int) -> bool:
    index = bisect_right(spans, (offset, sys.maxsize)) - 1
    return index >= 0 and offset < spans[index][1]


class _Nodes:
    """The lines that each comment of a source applies to; each line is read once, however many comments there are."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def spoken_of(self, offset: int) -> tuple[int, int]:
        """The first and last line that a comment applies to: its own or, if it stands alone, those of the next node."""
        line, _ = self._source.position(offset)
        if not self._source.line(line).lstrip().startswith("#"):
            return line, line
        numbers, ends = self._ends
        index = bisect_right(numbers, line)
        # No node follows the last comments.
        return (numbers[index], ends[index]) if index < len(numbers) else (line, line)

    @cached_property
    def _ends(self) -> tuple[list[int], list[int]]:
        """The lines that are neither blank nor a comment, and the last line of the node that begins in each."""
        total, _ = self._source.position(len(self._source.text))
        lines = ((number, self._source.line(number)) for number in range(1, total + 1))
        written = [(number, _level(line)) for number, line in lines if not _is_blank(line)]
        numbers = [number for number, _ in written]
        ends = [numbers[-1]] * len(numbers) if numbers else []
        open_nodes: list[int] = []
        for index, (_, level) in enumerate(written):
            # A node ends above the next line that is no deeper.
            while open_nodes and written[open_nodes[-1]][1] >= level:
                ends[open_nodes.pop()] = numbers[index - 1]
            open_nodes.append(index)
        return numbers, ends


def _is_blank(line: str) -> bool:
    stripped = line.strip()
    return not stripped or stripped.startswith("#")


def _level(line: str) -> int:
    """The depth of a line; a list item is deeper than a key of the same indent, for the list may be its value."""
    written = line.lstrip(" ")
    return 2 * (len(line) - len(written)) + (written.startswith("- ") or written.rstrip() == "-")
