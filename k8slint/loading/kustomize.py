"""Files that a kustomization names as patches, settings or content of generators: they are no objects themselves."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from k8slint.loading.discovery import KUSTOMIZATIONS
from k8slint.loading.document import Document

PATCH: Final = "a kustomize patch"
_INPUT: Final = "the content of a kustomize generator"
_SETTINGS: Final = "a kustomize setting"
_REASONS: Final = {
    **dict.fromkeys(["patches", "patchesJson6902", "patchesStrategicMerge", "replacements"], PATCH),
    **dict.fromkeys(["configMapGenerator", "secretGenerator"], _INPUT),
    **dict.fromkeys(["configurations", "generators", "openapi", "transformers", "validators"], _SETTINGS),
}


def is_kustomization(name: str) -> bool:
    """Whether a file of that name is a kustomization."""
    return os.path.basename(name) in KUSTOMIZATIONS


def named_files(documents: Iterable[Document]) -> Mapping[str, str]:
    """The reason to skip each file that a kustomization among the documents names, by the file's absolute path."""
    reasons: dict[str, str] = {}
    for document in documents:
        if is_kustomization(document.source.name) and isinstance(document.data, dict):
            folder = os.path.dirname(os.path.abspath(document.source.name))
            for path, reason in _named(document.data):
                if "\0" not in path:
                    reasons[os.path.normpath(os.path.join(folder, path))] = reason
    return reasons


def _named(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for field, reason in _REASONS.items():
        for entry in _list(data.get(field)):
            for path in _paths(entry):
                yield path, reason


def _paths(entry: Any) -> Iterator[str]:
    """The files of an entry: a text that is no patch itself, or its `path` and its `files`, written `key=file`."""
    if isinstance(entry, str):
        if "\n" not in entry:
            yield entry
    elif isinstance(entry, dict):
        if isinstance(entry.get("path"), str):
            yield entry["path"]
        for file in _list(entry.get("files")):
            if isinstance(file, str):
                yield file.partition("=")[2] or file


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
