"""Turns any YAML text into documents, and reports what is wrong with it: from the event stream, without recursion.

The parser's own composer is not used: it crashes the process on deep nesting, and does not know go-yaml's scalars.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from sys import intern
from typing import TYPE_CHECKING, Any, Final

from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from k8slint.loading.document import Document, ReadProblem, Source, Span
from k8slint.loading.events import Events, events, parser_errors
from k8slint.loading.marks import Mark, alias, collection, end_of, pack, parts_of, unpack
from k8slint.loading.scalars import HINTS, Scalar, ScalarError, is_json, key_text, resolve, resolve_key, resolve_tagged
from k8slint.loading.separators import REFUSED as SEPARATOR_REFUSED
from k8slint.loading.separators import Part, parts, starts_as_json

if TYPE_CHECKING:
    from k8slint.loading.stand_ins import StandIn

MAX_DEPTH: Final = 1_000
MAX_FAILURES: Final = 1_000

# The keys that every object has: a document with all of them twice is two objects.
_HEAD: Final = {"apiVersion", "kind", "metadata"}

_NO_KEY: Final = object()  # the mapping waits for a key
_ITEM: Final = object()  # the collection is a sequence
_MERGE: Final = object()  # the key was `<<`
_NEXT_DOCUMENT = re.compile(r"^---(?=[\s]|$)", re.MULTILINE)
# Compiled when first used, because only a broken file needs them.
_ESCAPED_SLASH: Final = r'"(?:[^\\]++|\\[^/])*+\\/'
_CONTROL: Final = r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"


class _Refused(Exception):  # noqa: N818 - never leaves this module
    """The rest of the document cannot be read, for the reason in the message and from the offset on."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


def compose_events(source: Source) -> Iterator[Document]:
    """The documents of a source, in order, without empty ones.

    A document that cannot be read comes back failed, with one `syntax-error`; reading goes on at the next `---`.
    """
    text, count, failures = source.text, 0, 0
    pending = parts(text)[::-1]
    while pending:
        base, end, refused_at = pending.pop()
        refused = [_Refused(SEPARATOR_REFUSED, refused_at)] if refused_at >= 0 else []
        for outcome in refused or _compose_part(source, text[base:end], base, count):
            if isinstance(outcome, Document):
                yield outcome
                count = outcome.index + 1
                continue
            if (base, count) == (0, 1) and (following := _json_objects(text, outcome.offset)):
                pending = [Part(*span) for span in following[::-1]]
                break
            failures += 1
            if failures == MAX_FAILURES:
                outcome.message += f"; of {MAX_FAILURES:,} documents that cannot be read this is the last one looked at"
            start = base + _start_of_failed(text[base:end], outcome.offset - base)
            end = min(max(outcome.offset, start + 1), end)
            yield Document(source, count, start, None, None, (_syntax_error(outcome, text),), failed=True)
            count += 1
        if failures and not pending and refused_at < 0:
            pending = _next_part(text, end)
        if failures >= MAX_FAILURES:
            return


def _json_objects(text: str, offset: int) -> list[Span]:
    from k8slint.loading.json_stream import json_objects  # noqa: PLC0415 - only a file with an error pays for it

    return json_objects(text, offset)


def _next_part(text: str, offset: int) -> list[Part]:
    """The next document as a part of its own; empty if there is none.

    After a failure, documents are read one by one, or each further failure would start the parser on all the rest.
    """
    following = _NEXT_DOCUMENT.search(text, offset)
    if following is None:
        return []
    after = _NEXT_DOCUMENT.search(text, following.end())
    return [Part(following.start(), after.start() if after is not None else len(text))]


def _start_of_failed(part: str, offset: int) -> int:
    starts = [match.start() for match in _NEXT_DOCUMENT.finditer(part, 0, max(offset, 0))]
    return starts[-1] if starts else 0


def _syntax_error(refused: _Refused, text: str) -> ReadProblem:
    offset = max(0, min(refused.offset, len(text)))
    return ReadProblem("syntax-error", refused.message, (offset, min(offset + 1, len(text))))


def _compose_part(
    source: Source, part: str, base: int, count: int, *, stand_ins: tuple[StandIn, ...] = (), done: int = 0
) -> Iterator[Document | _Refused]:
    """The documents of a part of the text without the first `done`; `stand_ins` are the masks that it has."""
    try:
        for document in islice(_documents(source, part, base, count, stand_ins), done, None):
            yield document
            done += 1
    except _Refused as refused:
        yield refused
    except parser_errors() as error:
        masked = _masked(error, part, stand_ins)
        if masked is not None:
            part, stand_in = masked
            yield from _compose_part(source, part, base, count, stand_ins=(*stand_ins, stand_in), done=done)
        else:
            yield _refusal(error, part, base)


def _masked(error: Exception, part: str, known: tuple[StandIn, ...]) -> tuple[str, StandIn] | None:
    from k8slint.loading.stand_ins import mask  # noqa: PLC0415 - few texts need one

    mark = getattr(error, "problem_mark", None)
    return mask(part, str(getattr(error, "problem", "")), part[mark.index :][:2], known) if mark is not None else None


def _documents(source: Source, part: str, base: int, count: int, stand_ins: tuple[StandIn, ...]) -> Iterator[Document]:
    next_event = events(part)
    if stand_ins:
        from k8slint.loading.stand_ins import unmask  # noqa: PLC0415 - few texts need one

        next_event = unmask(next_event, stand_ins)
    has_slashes = "\\/" in part and not starts_as_json(source.text)
    while True:
        composer = _Composer(source.text, base)
        found = composer.run(next_event)
        if found is None:
            return
        data, mark, start = found
        if data is not None or composer.problems:
            document = Document(source, count, start, data, mark, composer.problems_in(data))
            if has_slashes:
                _refuse_escaped_slash(document)
            yield document
            count += 1


def _refuse_escaped_slash(document: Document) -> None:
    """Raise for an escaped slash, which JSON has and go-yaml refuses.

    Mirrors: go.yaml.in/yaml/v2 scannerc.go yaml_parser_scan_flow_scalar
    """
    text = document.source.text
    for start, end in document.scalars():
        match = re.match(_ESCAPED_SLASH, text[start:end]) if text.startswith('"', start) else None
        if match is not None:
            raise _Refused("found unknown escape character, while parsing a quoted scalar", start + match.end() - 2)


def _refusal(error: Exception, part: str, base: int) -> _Refused:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:
        return _unreadable_character(error, part, base)
    offset = min(mark.index, len(part))
    problem = " ".join(str(getattr(error, "problem", None) or error).split())
    # ruamel.yaml quotes the handle, which may be the start of a password that has two exclamation marks.
    problem = re.sub(r"(undefined tag handle).*", r"\1", problem)
    if part[offset : offset + 1] == "\t":
        problem = "a tab where YAML allows only spaces for indentation"
    context = getattr(error, "context", None)
    return _Refused(f"{problem}, {context}" if context and "tab" not in problem else problem, base + offset)


def _unreadable_character(error: Exception, part: str, base: int) -> _Refused:
    match = re.search(_CONTROL, part)
    if match is None:
        return _Refused(" ".join(str(error).split()), base)
    return _Refused(f"character U+{ord(match[0]):04X} is not allowed in YAML", base + match.start())


class _Composer:
    """Builds one document; an instance serves one document."""

    __slots__ = ("_anchors", "_base", "_decoded", "_from_aliases", "_mappings", "_text", "problems")

    def __init__(self, text: str, base: int) -> None:
        self._text = text
        self.problems: list[ReadProblem] = []
        self._anchors: dict[str, tuple[Any, Mark, int] | None] = {}
        self._base = base
        self._decoded = 0
        self._from_aliases = 0
        self._mappings: dict[int, _Mapping] = {}

    def run(self, next_event: Events) -> tuple[Any, Mark, int] | None:  # noqa: C901, PLR0912, PLR0915 - one loop, by event, kept flat for speed
        """The data, mark and start of the next document of the stream, or None at its end."""
        base = self._base
        data: Any = None
        marks: Any = None
        key: Any = _ITEM
        key_mark = 0
        mark: Any
        # The innermost open collection: its anchor, its start, the count decoded so far, whether it is in flow style.
        about: tuple[str | None, int, int, bool] = None, 0, 0, False
        stack: list[tuple[Any, Any, Any, int, tuple[str | None, int, int, bool]]] = []
        root: tuple[Any, Mark, int] | None = None
        start = 0
        last = 0  # where a collection in block style ends
        anchors = self._anchors
        while True:
            event = next_event()
            if event is None:
                return None
            form = type(event)
            begin = base + event.start_mark.index
            end = base + event.end_mark.index
            if form is ScalarEvent:
                self._decoded += 1
                mark = pack(begin, end)
                value: Any = event.value
                if event.ctag is not None:
                    value = _tagged(value, str(event.ctag), begin)
                    end = end_of(self._text, begin, end)
                elif not event.implicit[0]:
                    end = end_of(self._text, begin, end)
                elif not value or value[0] in HINTS:
                    value = _plain(value, begin) if key is not _NO_KEY else _plain_key(value, begin)
                last = end
                if event.anchor:
                    anchors[event.anchor] = (value, mark, 1)
                if key is _NO_KEY:
                    if value == "<<" and event.implicit[0]:
                        key = _MERGE
                    else:
                        # One string for a key that occurs a million times: less memory, faster look-ups.
                        key = intern(value if type(value) is str else self._key(value, begin, event))
                        key_mark = mark
                    continue
            elif form is MappingStartEvent or form is SequenceStartEvent:
                self._decoded += 1
                if key is _NO_KEY:
                    raise _Refused("a mapping or sequence is no key: JSON object keys are strings", begin)
                if len(stack) >= MAX_DEPTH:
                    raise _Refused(f"nested deeper than {MAX_DEPTH} levels", begin)
                stack.append((data, marks, key, key_mark, about))
                about = event.anchor, begin, self._decoded, event.flow_style
                if event.anchor:
                    anchors[event.anchor] = None
                data, marks, key = ({}, [], _NO_KEY) if form is MappingStartEvent else ([], [], _ITEM)
                continue
            elif form is MappingEndEvent or form is SequenceEndEvent:
                value = data
                anchor, opened_at, opened, is_flow = about
                # The parser puts the end of a block collection, or of a single pair in flow style, at the next token.
                if not is_flow or begin == end:
                    end = last
                last = end
                mark = collection(marks, opened_at, end)
                if anchor:
                    anchors[anchor] = (value, mark, self._decoded - opened + 1)
                data, marks, key, key_mark, about = stack.pop()
            elif form is AliasEvent:
                value, mark = self._alias(event, begin, end)
                last = end
                if key is _NO_KEY:
                    key = value if type(value) is str else self._key(value, begin, event)
                    key_mark = pack(begin, end)
                    continue
            elif form is DocumentStartEvent:
                start = end
                continue
            elif form is DocumentEndEvent:
                return root if root is not None else (None, None, start)
            else:
                continue
            # `value` and `mark` are complete here: add them to the collection at hand.
            if key is _ITEM:
                if data is None:
                    root = (value, mark, start)
                else:
                    data.append(value)
                    marks.append(mark)
            elif key is _MERGE:
                self._merge(data, marks, value, mark, begin)
                key = _NO_KEY
            else:
                if key in data:
                    self._write_again(data, marks, key, key_mark, mark)
                else:
                    marks.append(key_mark)
                    marks.append(mark)
                data[key] = value
                key = _NO_KEY

    def _key(self, value: Any, begin: int, event: ScalarEvent | AliasEvent) -> str:
        if isinstance(value, (dict, list)):
            raise _Refused("a mapping or sequence is no key: JSON object keys are strings", begin)
        try:
            text = key_text(value)
        except ScalarError as error:
            raise _Refused(str(error), begin) from None
        written = getattr(event, "value", "")
        if isinstance(value, bool) and written.lower() != text:
            span = (begin, begin + len(written))
            self.problems.append(
                ReadProblem(
                    "ambiguous-scalar",
                    f'the key {written} is read as "{text}", since YAML 1.1 has it for a boolean',
                    span,
                )
            )
        return text

    def _write_again(self, data: Any, marks: Any, key: str, key_mark: int, mark: Mark) -> None:
        mapping = self._mapping(data)
        at = 2 * mapping.index(key)
        if key in mapping.merged:
            mapping.merged.discard(key)
        else:
            message = f'key "{key}" is already set in this mapping; the last one wins'
            first = ((unpack(marks[at]), "first set here"),)
            mapping.repeated.append((key, len(self.problems)))
            self.problems.append(ReadProblem("duplicate-key", message, unpack(key_mark), related=first))
        marks[at : at + 2] = key_mark, mark

    def problems_in(self, data: Any) -> tuple[ReadProblem, ...]:
        """The problems of a document that was read to its end.

        If a separator is missing between objects, the second repeats keys of the first. One problem at the place of the
        separator then replaces those of the keys.
        """
        mapping = self._mappings.get(id(data))
        if mapping is None or not _HEAD.issubset(key for key, _ in mapping.repeated):
            return tuple(self.problems)
        boundary = next(key for key, _ in mapping.repeated if key in _HEAD)
        said = {
            number: _separator_missing(self.problems[number]) for key, number in mapping.repeated if key == boundary
        }
        unsaid = {number for _, number in mapping.repeated}
        return tuple(
            said.get(number, problem)
            for number, problem in enumerate(self.problems)
            if number in said or number not in unsaid
        )

    def _mapping(self, data: Any) -> _Mapping:
        return self._mappings.setdefault(id(data), _Mapping(data))

    def _alias(self, event: AliasEvent, begin: int, end: int) -> tuple[Any, Mark]:
        name = event.anchor
        if name not in self._anchors:
            # The message leaves out the name: it may be a password that starts with an asterisk.
            raise _Refused("unknown anchor referenced", begin)
        target = self._anchors[name]
        if target is None:
            raise _Refused("the anchor's value contains itself", begin)
        value, mark, size = target
        self._decoded += size + 1
        self._from_aliases += size
        if self._is_a_bomb():
            raise _Refused("document contains excessive aliasing", begin)
        return value, alias(mark, begin, end)

    def _is_a_bomb(self) -> bool:
        """Whether aliases make up too much of the document.

        Mirrors: go.yaml.in/yaml/v2 decode.go allowedAliasRatio
        """
        if self._from_aliases <= 100 or self._decoded <= 1_000:
            return False
        over = min(max(self._decoded - 400_000, 0), 3_600_000)
        return self._from_aliases / self._decoded > 0.99 - 0.89 * over / 3_600_000

    def _merge(self, data: Any, marks: Any, value: Any, mark: Mark, begin: int) -> None:
        parts = list(zip(value, parts_of(mark), strict=True)) if isinstance(value, list) else [(value, mark)]
        for merged, merged_mark in reversed(parts):
            if not isinstance(merged, dict):
                raise _Refused("map merge requires map or sequence of maps as the value", begin)
            mapping = self._mapping(data)
            merged_marks = parts_of(merged_mark)
            for index, (key, entry) in enumerate(merged.items()):
                pair = merged_marks[2 * index : 2 * index + 2]
                if key in data:
                    at = 2 * mapping.index(key)
                    marks[at : at + 2] = pair
                else:
                    marks += pair
                data[key] = entry
                mapping.merged.add(key)


class _Mapping:
    """Facts about a mapping that repeats a key or has a merge: the place of each key, and the keys from merges.

    `repeated` are the repeated keys, in order, with the indices of their problems.
    """

    __slots__ = ("data", "merged", "places", "repeated")

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.merged: set[str] = set()
        self.repeated: list[tuple[str, int]] = []
        self.places: dict[str, int] = {}

    def index(self, key: str) -> int:
        """The index of a key among the keys of the mapping."""
        if key not in self.places:
            for name in islice(self.data, len(self.places), None):
                self.places[name] = len(self.places)
        return self.places[key]


def _separator_missing(repeated: ReadProblem) -> ReadProblem:
    ((first, _),) = repeated.related
    return ReadProblem(
        "duplicate-key",
        "a --- is missing before this line: apiVersion, kind and metadata are already set in this document",
        repeated.span,
        related=((first, "the object before starts here"),),
        effect="kubectl keeps the last value of each key: the object before is lost without a word, but for fields "
        "that this one has not. kustomize, Helm and Flux refuse the file.",
        fix="write --- in a line of its own before this one",
    )


def _plain(text: str, begin: int) -> Scalar:
    value = resolve(text)
    if not is_json(value):
        raise _Refused(f'"{text}" is a number that JSON cannot write', begin)
    return value


def _plain_key(text: str, begin: int) -> Scalar:
    try:
        return resolve_key(text)
    except ScalarError as error:
        raise _Refused(str(error), begin) from None


def _tagged(text: str, tag: str, begin: int) -> Scalar:
    try:
        value = resolve_tagged(text, tag)
    except ScalarError as error:
        raise _Refused(str(error), begin) from None
    if not is_json(value):
        raise _Refused(f'"{text}" is a number that JSON cannot write', begin)
    return value
