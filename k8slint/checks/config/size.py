"""The size limits of objects."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Any, Final

from k8slint.apiserver.validation.core.config import MOST_BYTES, utf8_bytes, value_bytes
from k8slint.cluster.cluster import Cluster
from k8slint.loading.document import Source
from k8slint.objects.fields import mapping, strings
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem
from k8slint.values.regex import regex
from k8slint.values.well_known import LAST_APPLIED

_MOST_ANNOTATION_BYTES: Final = 256 * 1024


def _is_oversized(obj: Object) -> bool:
    """Whether the API server refuses its values anyway."""
    plain, encoded = ("stringData", "data") if obj.kind == "Secret" else ("data", "binaryData")
    return _is_long(obj, MOST_BYTES // 4) and value_bytes(obj.data.get(plain), obj.data.get(encoded)) > MOST_BYTES


def _is_long(obj: Object, at_least: int) -> bool:
    """Whether the values have that many characters: a cheap test, because a character is at most four bytes."""
    written = (
        value for field in ("data", "binaryData", "stringData") for value in strings(obj.data.get(field)).values()
    )
    return sum(len(value) for value in written) >= at_least


def configmap_too_large_to_apply(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A ConfigMap or Secret that client-side `kubectl apply` cannot copy into its annotation."""
    # JSON writes a character in at most six bytes; two more are room for the rest of the object.
    if (
        _is_long(obj, _MOST_ANNOTATION_BYTES // 8)
        and not _is_oversized(obj)
        and _annotation_bytes_exceeded(obj, cluster)
    ):
        field = next((field for field in ("data", "stringData", "binaryData") if strings(obj.data.get(field))), "data")
        yield Problem((field,), f"a copy of it is over the {_MOST_ANNOTATION_BYTES} bytes that annotations may have")


def object_too_large_to_apply(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """An object of any other kind that client-side `kubectl apply` cannot copy into its annotation."""
    if obj.group_kind in ("ConfigMap", "Secret") or not _is_long_text(obj):
        return
    copied = _annotation_bytes_exceeded(obj, cluster)
    if copied:
        message = f"a copy of it, of {copied} bytes, is over the {_MOST_ANNOTATION_BYTES} that annotations may have"
        yield Problem(("metadata", "name"), message)


def _is_long_text(obj: Object) -> bool:
    """Whether the text of the object is so long that its copy may be: a copy is hardly ever four times as long."""
    source, start, least = obj.document.source, obj.document.start, _MOST_ANNOTATION_BYTES // 4
    if _repeats(source):
        return True
    if len(source.text) - start < least:
        return False
    # The items of a List share a text.
    return bool(obj.path) or "\n---" not in source.text[start + 1 : start + least]


@lru_cache(maxsize=1)
def _repeats(source: Source) -> bool:
    """Whether aliases may repeat a part of a text; kept, for the objects of a source follow each other."""
    return " *" in source.text and _ANCHOR.search(source.text) is not None


# The sign comes first, and what is before it is looked at afterwards: a search for a character is fast.
_ANCHOR: Final = regex(r" &(?<=[:-] &)\w")


def _annotation_bytes_exceeded(obj: Object, cluster: Cluster) -> int:
    """The bytes of all annotations after client-side `kubectl apply`, if they are too many; else 0.

    Mirrors: kubectl pkg/util/apply.go GetModifiedConfiguration,
    apimachinery pkg/api/validation/objectmeta.go ValidateAnnotationsSize @ v1.36
    """
    if _is_applied_otherwise(obj, cluster):
        return 0
    annotations = {key: value for key, value in obj.annotations.items() if key != LAST_APPLIED}
    metadata = {"namespace": "default", **mapping(obj.data.get("metadata")), "annotations": annotations}
    copied = _json_bytes({**obj.data, "metadata": metadata}) + len("\n")
    total = copied + sum(utf8_bytes(key) + utf8_bytes(value) for key, value in annotations.items()) + len(LAST_APPLIED)
    return total if total > _MOST_ANNOTATION_BYTES else 0


def _is_applied_otherwise(obj: Object, cluster: Cluster) -> bool:
    """Whether Argo CD is told to apply on the server or to replace, or Flux applies, which does it on the server."""
    options = obj.annotations.get("argocd.argoproj.io/sync-options", "").replace(" ", "").lower()
    if "serversideapply=true" in options or "replace=true" in options:
        return True
    return bool(cluster.of_kind("Kustomization.kustomize.toolkit.fluxcd.io"))


# Characters that Go escapes with six bytes, and how many bytes more that is than the character.
_ESCAPED: Final = {"<": 5, ">": 5, "&": 5, "\u2028": 3, "\u2029": 3}


def _json_bytes(data: Any) -> int:
    """The length in bytes of the data as JSON in one line, as Go writes it."""
    try:
        return _written_bytes(json.dumps(data, ensure_ascii=False, separators=(",", ":")))
    except RecursionError:
        return _deep_json_bytes(data)


def _written_bytes(written: str) -> int:
    return utf8_bytes(written) + sum(more * written.count(character) for character, more in _ESCAPED.items())


def _deep_json_bytes(data: Any) -> int:
    """The same of data that nests too deep for a function that calls itself."""
    size, pending = 0, [data]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            pending.extend(value)
            pending.extend(value.values())
            size += len("{}") + len(value) + _commas(value)  # a colon for each key
        elif isinstance(value, list):
            pending.extend(value)
            size += len("[]") + _commas(value)
        else:
            size += _written_bytes(json.dumps(value, ensure_ascii=False))
    return size


def _commas(parts: Collection[Any]) -> int:
    return max(len(parts) - 1, 0)
