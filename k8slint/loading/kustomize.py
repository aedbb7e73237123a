"""Files that a kustomization names as patches or as the content of generators: they are no objects by themselves."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from k8slint.loading.discovery import KUSTOMIZATIONS
from k8slint.loading.document import Document

PATCH: Final = "a kustomize patch"
_INPUT: Final = "the content of a kustomize generator"
_SETTINGS: Final = "a kustomize setting"


def is_kustomization(name: str) -> bool:
    """Whether a file of that name is a kustomization."""
    return os.path.basename(name) in KUSTOMIZATIONS


def named_files(documents: Iterable[Document]) -> Mapping[str, str]:
    """What the kustomizations among the documents say of other files: absolute path to the reason to skip it."""
    reasons: dict[str, str] = {}
    for document in documents:
        if is_kustomization(document.source.name) and isinstance(document.data, dict):
            folder = os.path.dirname(os.path.abspath(document.source.name))
            for path, reason in _named(document.data):
                if "\0" not in path:
                    reasons[os.path.normpath(os.path.join(folder, path))] = reason
    return reasons


def _named(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for field in ("patches", "patchesJson6902", "replacements"):
        for entry in _list(data.get(field)):
            if isinstance(entry, dict) and isinstance(entry.get("path"), str):
                yield entry["path"], PATCH
    for entry in _list(data.get("patchesStrategicMerge")):
        if isinstance(entry, str) and "\n" not in entry:
            yield entry, PATCH
    for field in ("configurations", "transformers", "generators", "validators", "openapi"):
        for entry in _list(data.get(field)):
            if isinstance(entry, str) and "\n" not in entry:
                yield entry, _SETTINGS
    for field in ("configMapGenerator", "secretGenerator"):
        for generator in _list(data.get(field)):
            for entry in _list(generator.get("files")) if isinstance(generator, dict) else ():
                if isinstance(entry, str):
                    yield entry.partition("=")[2] or entry, _INPUT


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
