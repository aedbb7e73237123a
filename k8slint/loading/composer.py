"""YAML text to documents, from the event stream, without recursion, as kubectl reads it.

The parser's own composer is not used: it crashes the process on deep nesting, and knows nothing of go-yaml's scalars.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from sys import intern
from typing import Any, Final

from k8slint.loading.document import Document, Mark, ReadProblem, Source, pack, unpack
from k8slint.loading.scalars import HINTS, ScalarError, is_json, key_text, resolve, resolve_tagged

MAX_DEPTH: Final = 1_000
MAX_DOCUMENTS: Final = 250_000

_NO_KEY: Final = object()  # the mapping waits for a key
_ITEM: Final = object()  # the collection is a sequence
_MERGE: Final = object()  # the key was `<<`
_NEXT_DOCUMENT = re.compile(r"^---(?=[\s]|$)", re.MULTILINE)
_CONTROL = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class _Refused(Exception):  # noqa: N818 - never leaves this module
    """The document cannot be read further; the message says why, the offset where."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


def compose(source: Source) -> Iterator[Document]:
    """The documents of a source, in order, empty ones left out.

    A document that cannot be read comes back failed, with one `syntax-error`; reading goes on at the next `---`.
    """
    text, base, count = source.text, 0, 0
    while base <= len(text):
        part = text[base:] if base else text
        index_of_error = len(text)
        for outcome in _compose_part(source, part, base, count):
            if isinstance(outcome, _Refused):
                index_of_error = outcome.offset
                start = base + _start_of_failed(part, outcome.offset - base)
                yield Document(source, count, start, None, None, (_syntax_error(outcome, text),), failed=True)
                count += 1
                break
            yield outcome
            count = outcome.index + 1
        else:
            return
        following = _NEXT_DOCUMENT.search(text, min(index_of_error + 1, len(text)))
        if following is None or count >= MAX_DOCUMENTS:
            return
        base = following.start()


def _start_of_failed(part: str, offset: int) -> int:
    starts = [match.start() for match in _NEXT_DOCUMENT.finditer(part, 0, max(offset, 0))]
    return starts[-1] if starts else 0


def _syntax_error(refused: _Refused, text: str) -> ReadProblem:
    offset = max(0, min(refused.offset, len(text)))
    return ReadProblem("syntax-error", refused.message, (offset, min(offset + 1, len(text))))


def _compose_part(source: Source, part: str, base: int, count: int) -> Iterator[Document | _Refused]:
    try:
        events = _events(part)
        while True:
            composer = _Composer(base)
            found = composer.run(events)
            if found is None:
                return
            data, mark, start = found
            if data is not None or composer.problems:
                yield Document(source, count, start, data, mark, tuple(composer.problems))
                count += 1
    except _Refused as refused:
        yield refused
    except _parser_errors() as error:
        yield _refusal(error, part, base)


def _refusal(error: Exception, part: str, base: int) -> _Refused:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:
        return _unreadable_character(error, part, base)
    offset = min(mark.index, len(part))
    problem = " ".join(str(getattr(error, "problem", None) or error).split())
    if part[offset : offset + 1] == "\t":
        problem = "a tab where YAML allows only spaces for indentation"
    context = getattr(error, "context", None)
    return _Refused(f"{problem}, {context}" if context and "tab" not in problem else problem, base + offset)


def _unreadable_character(error: Exception, part: str, base: int) -> _Refused:
    match = _CONTROL.search(part)
    if match is None:
        return _Refused(" ".join(str(error).split()), base)
    return _Refused(f"character U+{ord(match[0]):04X} is not allowed in YAML", base + match.start())


class _Composer:
    """Builds one document; an instance serves one document."""

    __slots__ = ("_anchors", "_base", "_decoded", "_from_aliases", "_merged", "problems")

    def __init__(self, base: int) -> None:
        self.problems: list[ReadProblem] = []
        self._anchors: dict[str, tuple[Any, Mark, int] | None] = {}
        self._base = base
        self._decoded = 0
        self._from_aliases = 0
        self._merged: set[tuple[int, str]] = set()

    def run(self, next_event: Callable[[], Any]) -> tuple[Any, Mark, int] | None:  # noqa: C901, PLR0912, PLR0915 - one loop, by event, kept flat for speed
        """The data, mark and start of the next document of the stream; none at its end."""
        base = self._base
        data: Any = None
        marks: Any = None
        key: Any = _ITEM
        key_mark = 0
        stack: list[tuple[Any, Any, Any, int, str | None, int, int]] = []
        anchor: str | None = None
        opened_at = opened = 0
        root: tuple[Any, Mark, int] | None = None
        start = 0
        while True:
            event = next_event()
            if event is None:
                return None
            kind = type(event).__name__
            if kind == "ScalarEvent":
                self._decoded += 1
                begin = base + event.start_mark.index
                mark: Any = pack(begin, base + event.end_mark.index)
                value: Any = event.value
                tag = event.tag
                if tag is None:
                    if event.implicit[0] and (not value or value[0] in HINTS):
                        value = self._plain(value, mark, as_key=key is _NO_KEY)
                else:
                    value = self._tagged(event, begin)
                if event.anchor:
                    self._anchors[event.anchor] = (value, mark, 1)
                if key is _NO_KEY:
                    if value == "<<" and event.implicit[0]:
                        key = _MERGE
                    else:
                        # One string for a key that occurs a million times: less memory, faster look-ups.
                        key = intern(value if type(value) is str else self._key(value, begin, event))
                        key_mark = mark
                    continue
            elif kind in ("MappingStartEvent", "SequenceStartEvent"):
                self._decoded += 1
                begin = base + event.start_mark.index
                if key is _NO_KEY:
                    raise _Refused("a mapping or sequence is no key: JSON object keys are strings", begin)
                if len(stack) >= MAX_DEPTH:
                    raise _Refused(f"nested deeper than {MAX_DEPTH} levels", begin)
                stack.append((data, marks, key, key_mark, anchor, opened_at, opened))
                anchor, opened_at, opened = event.anchor, begin, self._decoded
                if anchor:
                    self._anchors[anchor] = None
                if kind == "MappingStartEvent":
                    data, marks, key = {}, {}, _NO_KEY
                else:
                    data, marks, key = [], [], _ITEM
                continue
            elif kind in ("MappingEndEvent", "SequenceEndEvent"):
                value = data
                mark = marks or pack(opened_at, base + event.end_mark.index)
                if anchor:
                    self._anchors[anchor] = (value, mark, self._decoded - opened + 1)
                data, marks, key, key_mark, anchor, opened_at, opened = stack.pop()
            elif kind == "AliasEvent":
                value, mark = self._alias(event, base + event.start_mark.index)
                if key is _NO_KEY:
                    key = value if type(value) is str else self._key(value, base + event.start_mark.index, event)
                    key_mark = pack(base + event.start_mark.index, base + event.end_mark.index)
                    continue
            elif kind == "DocumentStartEvent":
                start = base + event.end_mark.index
                continue
            elif kind == "DocumentEndEvent":
                return root if root is not None else (None, None, start)
            else:
                continue
            # Here `value` and `mark` are whole: put them where they belong.
            if key is _ITEM:
                if data is None:
                    root = (value, mark, start)
                else:
                    data.append(value)
                    marks.append(mark)
            elif key is _MERGE:
                self._merge(data, marks, value, mark, base + event.start_mark.index)
                key = _NO_KEY
            else:
                if key in data:
                    self._note_duplicate(data, marks, key, key_mark)
                data[key] = value
                marks[key] = (key_mark, mark)
                key = _NO_KEY

    def _plain(self, text: str, mark: int, *, as_key: bool) -> Any:
        value = resolve(text)
        if isinstance(value, float) and not is_json(value) and not as_key:
            raise _Refused(f'"{text}" is a number that JSON cannot write', unpack(mark)[0])
        return value

    def _tagged(self, event: Any, begin: int) -> Any:
        try:
            return resolve_tagged(event.value, event.tag, plain=not event.style)
        except ScalarError as error:
            raise _Refused(str(error), begin) from None

    def _key(self, value: Any, begin: int, event: Any) -> str:
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
                ReadProblem("ambiguous-scalar", f'the key {written} is read as "{text}", since YAML 1.1 has it for a boolean', span)
            )
        return text

    def _note_duplicate(self, data: Any, marks: Any, key: str, key_mark: int) -> None:
        if (id(data), key) in self._merged:
            self._merged.discard((id(data), key))
            return
        first = unpack(marks[key][0])
        self.problems.append(
            ReadProblem(
                "duplicate-key",
                f'key "{key}" is already set in this mapping; the last one wins',
                unpack(key_mark),
                related=((first, "first set here"),),
            )
        )

    def _alias(self, event: Any, begin: int) -> tuple[Any, Mark]:
        name = event.anchor
        if name not in self._anchors:
            raise _Refused(f'unknown anchor "{name}" referenced', begin)
        target = self._anchors[name]
        if target is None:
            raise _Refused(f'anchor "{name}" value contains itself', begin)
        value, mark, size = target
        self._decoded += size
        self._from_aliases += size
        if self._is_a_bomb():
            raise _Refused("document contains excessive aliasing", begin)
        return value, mark if not isinstance(mark, int) else pack(begin, self._base + event.end_mark.index)

    def _is_a_bomb(self) -> bool:
        """Whether aliases make up too much of the document.

        Mirrors: go.yaml.in/yaml/v2 decode.go allowedAliasRatio
        """
        if self._from_aliases <= 100 or self._decoded <= 1_000:
            return False
        over = min(max(self._decoded - 400_000, 0), 3_600_000)
        return self._from_aliases / self._decoded > 0.99 - 0.89 * over / 3_600_000

    def _merge(self, data: Any, marks: Any, value: Any, mark: Mark, begin: int) -> None:
        parts = list(zip(value, mark, strict=True)) if isinstance(value, list) and value else [(value, mark)]
        for merged, merged_marks in reversed(parts) if value != [] else ():
            if not isinstance(merged, dict):
                raise _Refused("map merge requires map or sequence of maps as the value", begin)
            if merged:
                data.update(merged)
                marks.update(merged_marks)
                self._merged.update((id(data), key) for key in merged)


def _events(text: str) -> Callable[[], Any]:
    parser = _c_parser()
    if parser is not None:
        next_event: Callable[[], Any] = parser(text).get_event
        return next_event
    from k8slint.loading.fallback import events  # noqa: PLC0415 - only where libyaml is absent

    return events(text)


def _c_parser() -> Any:
    try:
        from _ruamel_yaml import CParser  # noqa: PLC0415 - a platform may lack it
    except ImportError:
        return None
    return CParser


def _parser_errors() -> tuple[type[Exception], ...]:
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415 - only a broken file pays for it

    return (YAMLError,)
