"""Turns files into objects as kustomize reads them: with go-yaml v3, where kubectl reads with v2."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from k8slint.loading.document import Document, Path, Source
from k8slint.loading.load import Loaded, load
from k8slint.loading.marks import Written, parts_of, unpack
from k8slint.rendering.origin import DEEPEST, Origin, bounded, copied
from k8slint.rendering.problems import About, Refused
from k8slint.rendering.resource import Resource, scalar_text
from k8slint.values.regex import regex

# A plain scalar that go-yaml v3 reads as another value than v2: a word that is a boolean to YAML 1.1, or a date; or a
# key that is no string.
_OTHER: Final = regex(
    r"""(?:^|[-:?\[{,][ \t]|[\[{,])[ \t]*(?:[&!]\S+[ \t]+)*"""
    r"""(?:(?:y|n|yes|no|on|off)[ \t]*(?=$|[:,\]}#]|[ \t]\#)|[0-9]{4}-[0-9]|[-+.~0-9][^\s:]*[ \t]*:(?=\s)"""
    r"""|(?:true|false|null)[ \t]*:(?=\s)|>[-+0-9]*[ \t]*(?=$|[ \t]\#))""",
    re.MULTILINE | re.IGNORECASE,
)
_BOOLEANS: Final = frozenset({"true", "True", "TRUE", "false", "False", "FALSE"})
_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
_DATE: Final = regex(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_TIME: Final = regex(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})T([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(\.[0-9]+)?(Z|[-+][0-9]{2}:[0-9]{2})"
)
_NUMBER_KEY: Final = regex(
    r"[-+]?(?:0[xX][0-9a-fA-F]+|0[oObB]?[0-7]+|[0-9][0-9_]*(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?|\.[0-9]+)"
)
_BEFORE_INDENTED: Final = regex(r"^([^ \t\n][^\n]*\n)(?=\n*[ \t]|\n+\Z)", re.MULTILINE)
_ANNOTATIONS: Final = ("metadata", "annotations")


def resources_of(loaded: Loaded) -> list[Resource]:
    """The objects of a file or text, lists taken apart, each ready to be changed.

    Raises:
        Refused: for what kustomize cannot read, or takes for no object.

    Mirrors: sigs.k8s.io/kustomize/api resource/factory.go Factory.SliceFromBytes, Factory.dropBadNodes,
        Factory.inlineAnyEmbeddedLists @ v0.21.1
    """
    if loaded.skipped:
        raise Refused(f"{loaded.source.name} is {loaded.skipped}", (loaded.source.name, 1, 1))
    is_other = _OTHER.search(loaded.source.text) is not None
    pending = [(data_of(document, is_other=is_other), Origin(document)) for document in loaded.documents]
    if len(pending) == 1 and isinstance(pending[0][0], dict) and pending[0][0].get("kind") in ("List", "ResourceList"):
        pending = list(_unwrapped(*pending[0]))
    found = []
    for data, origin in _flat(pending):
        if data is None or (isinstance(data, (dict, list)) and not data):
            continue
        _refuse_no_object(data, origin)
        found.append(Resource(copied(data), origin))
    return found


def resources_in(source: Source) -> list[Resource]:
    """The objects of a text that stands in another file.

    Raises:
        Refused: as `resources_of`.
    """
    return resources_of(embedded_documents(source))


def embedded_documents(source: Source) -> Loaded:
    """The documents of a text that stands in another file."""
    loaded = load(source.name, source.text.encode("utf-8", "surrogatepass"))
    source = Source(source.name, loaded.source.text, origin=source.origin)
    documents = tuple(
        Document(source, each.index, each.start, each.data, each.packed, each.problems, failed=each.failed)
        for each in loaded.documents
    )
    return Loaded(source, documents, loaded.skipped)


def _unwrapped(data: dict[str, Any], origin: Origin) -> Iterator[tuple[Any, Origin]]:
    items = data.get("items")
    if "items" not in data and "functionConfig" not in data:
        yield data, origin
    for index, item in enumerate(items if isinstance(items, list) else ()):
        yield item, origin.child("items").below(index)


def _flat(pending: list[tuple[Any, Origin]]) -> Iterator[tuple[Any, Origin]]:
    """The objects with those of lists, which come after all that is written beside the list."""
    number = 0
    while number < len(pending):
        data, origin = pending[number]
        number += 1
        kind = data.get("kind") if isinstance(data, dict) else None
        if not isinstance(kind, str) or not kind.endswith("List") or "items" not in data:
            yield data, origin
            continue
        items = data["items"]
        if items is None:
            continue
        if not isinstance(items, list):
            raise Refused(f"the items of a {kind} must be a list", origin.below("items"))
        pending += [(item, origin.child("items").below(index)) for index, item in enumerate(items)]


def _refuse_no_object(data: Any, origin: Origin) -> None:
    """Raise for what has no kind or name.

    Mirrors: sigs.k8s.io/kustomize/kyaml yaml/rnode.go RNode.GetValidatedMetadata @ v0.21.1
    """
    if not isinstance(data, dict):
        raise Refused("missing Resource metadata: this is no Kubernetes object", origin)
    if not scalar_text(data.get("kind")):
        raise Refused("missing kind: this is no Kubernetes object", origin)
    if scalar_text(data["kind"]).endswith("List"):
        return
    metadata = data.get("metadata")
    if not isinstance(metadata, dict) or not scalar_text(metadata.get("name")):
        generated = isinstance(metadata, dict) and metadata.get("generateName")
        because = ": kustomize takes no generateName instead" if generated else ""
        raise Refused(f"missing metadata.name in object {scalar_text(data['kind'])}{because}", origin.below("metadata"))


def data_of(document: Document, *, is_other: bool) -> Any:
    """The data of a document as go-yaml v3 reads it; `is_other` says whether that may be other data.

    Raises:
        Refused: if it cannot be read, or repeats a key.
    """
    for problem in document.problems:
        if document.failed or problem.rule == "duplicate-key":
            raise Refused(problem.message, document.source.place(problem.span[0]))
    if document.failed:
        raise Refused("this is no YAML", document.source.place(document.start))
    if not bounded(document.data):
        raise Refused(
            f"nested deeper than {DEEPEST} levels, or too large", document.source.place(document.start), About.LIMIT
        )
    if not is_other:
        return document.data
    return _as_version_3(document.marks.root, document.source.text, (), document.source)


def _as_version_3(value: Written, text: str, path: Path, source: Source) -> Any:
    data = value.data
    if isinstance(data, dict):
        keys = parts_of(value.mark)[0::2]
        for (key, _), mark in zip(data.items(), keys, strict=False):
            if path and isinstance(mark, int):
                _refuse_other_key(key, *unpack(mark), text, source)
        return {
            _key(key, mark, text): _as_version_3(item, text, (*path, key), source)
            for (key, item), mark in zip(value.entries(), keys, strict=False)
        }
    if isinstance(data, list):
        return [_as_version_3(item, text, (*path, index), source) for index, item in enumerate(value.items())]
    # Annotations stay the texts that are written.
    if not isinstance(value.mark, int) or (isinstance(data, str) and path[:-1] == _ANNOTATIONS):
        return data
    return _scalar(data, *unpack(value.mark), text)


def _scalar(data: Any, start: int, end: int, text: str) -> Any:
    if isinstance(data, bool) and text[start:end].strip() not in _BOOLEANS and text[start] not in "!&":
        return text[start:end].strip()
    if isinstance(data, str) and "\n" in data and text[start] == ">":
        return _folded(data)
    if isinstance(data, str) and data[4:5] == "-" and text.startswith(data, start):
        return _timestamp(data)
    return data


def _key(key: str, mark: Any, text: str) -> str:
    """A key, which is its text where v2 makes a boolean of it."""
    if key in ("true", "false") and isinstance(mark, int):
        start, end = unpack(mark)
        written = text[start:end].strip()
        if written.lower() in ("y", "n", "yes", "no", "on", "off"):
            return written
    return key


def _refuse_other_key(key: str, start: int, end: int, text: str, source: Source) -> None:
    written = text[start:end].strip()
    if written in _BOOLEANS or written in _NULLS or _NUMBER_KEY.fullmatch(written):
        raise Refused(
            f'the key {written} is no string, which kustomize cannot write: put it in quotes, "{key}"',
            source.place(start),
        )


def _folded(text: str) -> str:
    r"""A text in folded style after kustomize has written and read it: a break before an indented line is doubled.

    >>> _folded("a(\n  b\n)\n")
    'a(\n\n  b\n)\n'

    Mirrors: go.yaml.in/yaml/v3 emitterc.go yaml_emitter_write_folded_scalar
    """
    if text[:1] in (" ", "\t", "\n"):
        return text
    return _BEFORE_INDENTED.sub(r"\1\n", text)


def _timestamp(text: str) -> str:
    """A date as go-yaml v3 hands it on: as a point in time.

    >>> _timestamp("2024-1-31"), _timestamp("2024-01-31 10:00:00")
    ('2024-01-31T00:00:00Z', '2024-01-31 10:00:00')

    Mirrors: go.yaml.in/yaml/v3 resolve.go parseTimestamp
    """
    match = _DATE.fullmatch(text)
    if match is not None:
        year, month, day = match.groups()
        return f"{year}-{int(month):02d}-{int(day):02d}T00:00:00Z" if _is_date(month, day) else text
    match = _TIME.fullmatch(text)
    if match is None or not _is_date(match[2], match[3]):
        return text
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    if not (int(hour) < 24 and int(minute) < 60 and int(second) < 60):
        return text
    fraction = (fraction or "").rstrip("0").rstrip(".")
    clock = f"{int(hour):02d}:{int(minute):02d}:{int(second):02d}{fraction}"
    return f"{year}-{int(month):02d}-{int(day):02d}T{clock}{'Z' if zone == '+00:00' else zone}"


def _is_date(month: str, day: str) -> bool:
    return 0 < int(month) <= 12 and 0 < int(day) <= 31


def plain(text: str) -> Any:
    """The value of a plain scalar that kustomize writes itself."""
    from k8slint.loading.scalars import resolve  # noqa: PLC0415 - few builds need it

    if text.lower() in ("y", "n", "yes", "no", "on", "off"):
        return text
    value = resolve(text)
    return _timestamp(value) if isinstance(value, str) and value[4:5] == "-" else value


def first_document(loaded: Loaded) -> Document | None:
    """The first document of a settings file, or None if it is empty.

    Raises:
        Refused: if it cannot be read.
    """
    if loaded.skipped:
        raise Refused(f"{loaded.source.name} is {loaded.skipped}", (loaded.source.name, 1, 1))
    document = next(iter(loaded.documents), None)
    if document is not None and document.failed:
        problem = document.problems[0]
        raise Refused(problem.message, document.source.place(problem.span[0]))
    if document is not None and not bounded(document.data):
        raise Refused(
            f"nested deeper than {DEEPEST} levels, or too large", document.source.place(document.start), About.LIMIT
        )
    return document
