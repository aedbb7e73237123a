"""The parts of a document that no report may show: values of Secrets, and values under names of credentials."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Final, NamedTuple
from weakref import WeakKeyDictionary

from k8slint.checks.credentials import may_name_a_credential, names_a_credential
from k8slint.checks.secret_forms import secrets_in, written_in
from k8slint.loading.document import Document, Source, Span
from k8slint.loading.marks import Written
from k8slint.values.regex import regex
from k8slint.values.well_known import LAST_APPLIED

MASK: Final = "••••••"
_CONFIG: Final = ("data", "binaryData", "stringData")
# Lists of entries that each have a name and a value.
_NAMED_VALUES: Final = frozenset(
    {"env", "environment", "envVars", "extraEnv", "extraEnvVars", "headers", "httpHeaders"}
)
_NOT_THE_VALUE: Final = frozenset({"name", "valueFrom"})
_HEADERS: Final = frozenset({"authorization", "cookie", "proxy-authorization", "set-cookie", "x-api-key"})
# The parts of a Secret that may be shown: its type, its names, its labels.
_OPEN: Final = frozenset({"apiVersion", "kind"})
_OPEN_METADATA: Final = frozenset({"name", "namespace", "generateName", "labels"})
_TYPE: Final = regex(r"Opaque|[a-z0-9.-]+/[A-Za-z0-9.-]+")
# A text with one of these may hold a secret, even if it has no name of a credential.
_HINTS: Final = ("authorization", "cookie", "last-applied-configuration", "secretgenerator")
_KEY: Final = regex(r"""\s*(?:- +)*["']?([\w./-]{1,63})["']?:(?=\s|$)""")
_CREDENTIAL: Final = regex(r"""(?<![\w./-])(["']?)([\w./-]{1,63})\1\s*[:=]""")
# A value as a message may hold it: in quotes, or as a word of some length without the punctuation around it.
_TOKEN: Final = regex(r'"((?:[^"\\]|\\.)*)"|([^\s"]+?)(?=[.,;:)\]]*(?:\s|$))')
_SHORTEST: Final = 4
# A message cuts long values short: this many characters are enough to recognise one.
_BEGINNING: Final = 24


class Hidden(NamedTuple):
    """The secret values of a document: their spans, sorted and without overlaps; the values; how long ones begin."""

    spans: tuple[Span, ...]
    values: frozenset[str]
    beginnings: frozenset[str]


_NOTHING: Final = Hidden((), frozenset(), frozenset())


_known: Final[WeakKeyDictionary[Document, Hidden]] = WeakKeyDictionary()
_hinting: Final[WeakKeyDictionary[Source, bool]] = WeakKeyDictionary()
_formed: Final[WeakKeyDictionary[Source, tuple[Span, ...]]] = WeakKeyDictionary()


def hidden(document: Document) -> Hidden:
    """The secret values of a document, found once for each."""
    found = _known.get(document)
    if found is None:
        found = _known[document] = _hidden(document)
    return found


def _hints(source: Source) -> bool:
    """Whether a source has a word that a secret or the name of a credential would need; found once for each."""
    if source not in _hinting:
        text = source.text.lower()
        _hinting[source] = may_name_a_credential(text) or any(hint in text for hint in _HINTS)
    return _hinting[source]


def of_form(source: Source) -> tuple[Span, ...]:
    """The spans of a source, comments included, that are secrets by their form; found once for each."""
    if source not in _formed:
        _formed[source] = tuple(joined(written_in(source.text)))
    return _formed[source]


def _hidden(document: Document) -> Hidden:
    if document.failed:
        return _NOTHING
    formed = of_form(document.source)
    if not (formed or _hints(document.source) or _may_hold_half_an_object(document.data)):
        return _NOTHING
    spans: set[Span] = set(formed)
    values: set[str] = set()
    if formed:
        for value, where in document.marks.root.scalars():
            if isinstance(value, str) and any(secrets_in(value)):
                spans.add(where)
                values.add(value)
    for part in _parts(document.marks.root):
        is_secret = _is_secret(part.data)
        for found in _of_secret(part) if is_secret else _of_other(part):
            for value, where in found.scalars():
                spans.add(where)
                values.add(_text(value))
        if is_secret:
            spans.update(_overwritten(document))
    beginnings = frozenset(value[:_BEGINNING] for value in values if len(value) > _BEGINNING)
    return Hidden(tuple(joined(spans)), frozenset(values - {"", "null"}), beginnings)


def masked(text: str, document: Document) -> str:
    """A message about a document with its secret values masked, also long ones that the message cuts short."""
    if not text:
        return text
    _, values, beginnings = hidden(document)
    return without_forms(_without(text, values, beginnings) if values else text)


@lru_cache(maxsize=4096)
def without_forms(text: str) -> str:
    """A text with all in it masked that is a secret by its form, whichever file it is from."""
    for start, end in reversed(joined(written_in(text))):
        text = text[:start] + MASK + text[end:]
    return text


def _without(text: str, values: frozenset[str], beginnings: frozenset[str]) -> str:
    def shown(token: re.Match[str]) -> str:
        written = token[1] if token[1] is not None else token[2]
        plain = written.replace('\\"', '"').replace("\\\\", "\\")
        is_long = len(written) >= _SHORTEST or token[1] is not None
        if (is_long and not values.isdisjoint((written, plain))) or plain[:_BEGINNING] in beginnings:
            return token[0].replace(written, MASK)
        return token[0]

    return _TOKEN.sub(shown, text)


def masked_unread(document: Document, line: str, start: int) -> str:
    """A line of a document that could not be parsed, with all that may be secret masked; `start` is its offset.

    If the source has the word `Secret` anywhere, only a key at the start of the line is shown. If not, the line is
    masked from the name of a credential on, and as a whole if it may continue such a value: it has no key, is deeper,
    or follows a quote that was left open.
    """
    key = _KEY.match(line)
    if any(begin < start + len(line) and end > start for begin, end in of_form(document.source)):
        return f"{key[0]} {MASK}" if key is not None else MASK
    if "Secret" in document.source.text:
        return f"{key[0]} {MASK}" if key is not None else MASK
    for match in _CREDENTIAL.finditer(line):
        if _is_telling(match[2]):
            return f"{line[: match.end()]} {MASK}"
    return MASK if _goes_on(document.source.text[document.start : start], line, has_key=key is not None) else line


def _goes_on(before: str, line: str, *, has_key: bool) -> bool:
    """Whether a line may continue a secret value that begins in the text before it."""
    telling = [match for match in _CREDENTIAL.finditer(before) if _is_telling(match[2])]
    if not telling:
        return False
    last = telling[-1]
    head = before[before.rfind("\n", 0, last.start()) + 1 : last.start()]
    value = before[last.end() :].partition("\n")[0].strip()
    is_open = value[:1] in ('"', "'") and value.count(value[0]) % 2 == 1
    return not has_key or is_open or _indent(line) > _indent(head + "x")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def joined(spans: Iterable[Span]) -> list[Span]:
    """The spans sorted, overlapping ones merged."""
    result: list[Span] = []
    for start, end in sorted(spans):
        if result and start < result[-1][1]:
            result[-1] = result[-1][0], max(end, result[-1][1])
        else:
            result.append((start, end))
    return result


def _parts(root: Written) -> list[Written]:
    """The mappings that may be objects: the document, and the items of a List."""
    if not isinstance(root.data, dict):
        return []
    items = dict(root.entries()).get("items")
    if items is None or not isinstance(items.data, list) or not items.data:
        return [root]
    return [root.without("items"), *(item for item in items.items() if isinstance(item.data, dict))]


def _is_secret(data: dict[str, Any]) -> bool:
    """Whether the data is a Secret, or has no kind but the data of one."""
    if _is_of_no_kind(data):
        return any(field in data for field in ("data", "stringData"))
    return str(data["kind"]).casefold() == "secret"


def _is_of_no_kind(data: Any) -> bool:
    """Whether the data is a mapping without a kind."""
    if not isinstance(data, dict):
        return False
    kind = data.get("kind")
    return not isinstance(kind, str) or not kind


def _may_hold_half_an_object(data: Any) -> bool:
    return _is_of_no_kind(data) or (isinstance(data, dict) and "items" in data)


def _of_secret(secret: Written) -> Iterator[Written]:
    """Everything in a Secret except the parts that may be shown."""
    for key, value in secret.entries():
        if key in _OPEN or (key == "immutable" and isinstance(value.data, bool)):
            continue
        if key == "type" and isinstance(value.data, str) and _TYPE.fullmatch(value.data):
            continue
        if key == "metadata" and isinstance(value.data, dict):
            yield from (part for field, part in value.entries() if field not in _OPEN_METADATA)
        else:
            yield value


def _of_other(part: Written) -> Iterator[Written]:
    """The values under names of credentials, the last applied configuration, and what kustomize makes Secrets of."""
    is_config = part.data.get("kind") == "ConfigMap"
    pending: list[tuple[str, Written]] = [("", part)]
    while pending:
        above, value = pending.pop()
        if isinstance(value.data, dict):
            for key, inner in value.entries():
                is_scalar = not isinstance(inner.data, dict | list)
                is_literal = key == "literals" and above == "secretGenerator"
                is_named = _is_telling(key) and (is_scalar or (is_config and above in _CONFIG))
                if key == LAST_APPLIED or is_literal or is_named:
                    yield inner
                else:
                    pending.append((key, inner))
        elif isinstance(value.data, list):
            for inner in value.items():
                if above in _NAMED_VALUES and isinstance(inner.data, dict) and _is_telling(inner.data.get("name")):
                    yield from (each for key, each in inner.entries() if key not in _NOT_THE_VALUE)
                else:
                    pending.append((above, inner))


def _is_telling(name: Any) -> bool:
    return isinstance(name, str) and _says_it_is_secret(name)


@lru_cache(maxsize=4096)
def _says_it_is_secret(name: str) -> bool:
    return name.casefold() in _HEADERS or names_a_credential(name)


def _text(value: Any) -> str:
    """A scalar as a message would write it; empty for a boolean or a collection, which no message hides."""
    return value if isinstance(value, str) else "" if isinstance(value, bool | dict | list) else json.dumps(value)


def _overwritten(document: Document) -> Iterator[Span]:
    """The rest of the line after each key that is written again: that value is not in the data, so it has no mark."""
    for problem in document.problems:
        for (_, end), _ in problem.related:
            line, column = document.source.position(end)
            yield end, end - column + 1 + len(document.source.line(line))
