"""All that is wrong with kustomizations by themselves, where kustomize stops at the first fault: fields and paths."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from k8slint.loading.document import Path
from k8slint.rendering.build import no_folder
from k8slint.rendering.files import Files, Remote
from k8slint.rendering.generators import key_and_path
from k8slint.rendering.kustomization import (
    FIELDS,
    Form,
    Kustomization,
    document_of,
    field_of,
    kustomization_of,
    unknown_field,
)
from k8slint.rendering.origin import Origin
from k8slint.rendering.problems import Refused, RenderProblem
from k8slint.rendering.remote import is_remote

TAKEN_IN: Final = ("resources", "bases", "components")
"""The fields whose entries may be folders with kustomizations of their own."""
_NAMED: Final = ("crds", "configurations", "patchesStrategicMerge", "generators", "transformers", "validators")
_WITH_PATH: Final = ("patches", "patchesJson6902", "replacements")
_GENERATORS: Final = ("configMapGenerator", "secretGenerator")


class Surveyed(NamedTuple):
    """What is wrong with the kustomizations of a tree, and the same without what is wrong, by their folders.

    `taken_in` are the folders that each takes in, with the entries that name them.
    """

    problems: list[RenderProblem]
    mended: dict[str, Kustomization]
    taken_in: dict[str, list[tuple[str, Origin]]]


def survey(root: str, files: Files) -> Surveyed:
    """The faults of the kustomization in a folder, an absolute path, and of all that it takes in."""
    surveyed = Surveyed([], {}, {})
    pending: list[tuple[str, Origin | None]] = [(root, None)]
    while pending:
        folder, origin = pending.pop()
        if folder in surveyed.taken_in:
            continue
        surveyed.taken_in[folder] = []
        try:
            document = document_of(files, folder, origin)
            kustomization = kustomization_of(folder, document, is_strict=False)
        except Refused as error:
            surveyed.problems.append(error.problem)
            continue
        surveyed.problems.extend(_unknown(document.data, FIELDS, Origin(document)))
        absent = frozenset(_absent(kustomization, files, surveyed))
        surveyed.mended[folder] = _without(kustomization, absent)
        pending += surveyed.taken_in[folder]
    return surveyed


def _unknown(data: Any, form: Form, origin: Origin) -> Iterator[RenderProblem]:
    if isinstance(form, list) and isinstance(data, list):
        for index, item in enumerate(data):
            yield from _unknown(item, form[0], origin.below(index))
    elif isinstance(form, dict) and "*" not in form and isinstance(data, dict):
        for key, value in data.items():
            name = field_of(key, form)
            if name:
                yield from _unknown(value, form[name], origin.below(key))
            else:
                yield unknown_field(key, form, origin).problem


def _absent(kustomization: Kustomization, files: Files, surveyed: Surveyed) -> Iterator[Path]:
    """The paths of the items that name what is not there; the problem of each is noted."""
    for path, named, origin in _entries(kustomization):
        try:
            folder = _look(kustomization.root, path[0], named, origin, files)
        except Refused as error:
            surveyed.problems.append(error.problem)
            yield path
            continue
        if folder:
            surveyed.taken_in[kustomization.root].append((folder, origin))


def _look(root: str, field: str | int, path: str, origin: Origin, files: Files) -> str:
    """Look for what an entry names; return its folder if it is one.

    Raises:
        Refused: if it is not there, or not allowed.
    """
    if is_remote(path):
        return ""
    real = os.path.realpath(os.path.join(root, path.replace("\0", "")))
    is_folder = "\0" not in path and os.path.isdir(real) and path != "" and not os.path.isabs(path)
    if field in TAKEN_IN and is_folder:
        return real
    if field == "components":
        raise no_folder(files, root, path, origin)
    if not (is_folder and field in _NAMED):
        try:
            files.within(root, path, origin)
        except Remote:
            return ""
    return ""


def _entries(kustomization: Kustomization) -> Iterator[tuple[Path, str, Origin]]:
    """The items that name files or folders: where each is, what it names, and its origin."""
    for field in (*TAKEN_IN, *_NAMED):
        for index, (path, origin) in enumerate(kustomization.entries(field)):
            if field in TAKEN_IN or not _is_text(path or ""):
                yield (field, index), path or "", origin
    for field in _WITH_PATH:
        for index, (entry, origin) in enumerate(kustomization.entries(field)):
            if (entry or {}).get("path"):
                yield (field, index), entry["path"], origin.below("path")
    for field in _GENERATORS:
        for index, (entry, origin) in enumerate(kustomization.entries(field)):
            for path, named, here in _inputs(entry or {}, origin):
                yield (field, index, *path), named, here


def _is_text(entry: str) -> bool:
    """Whether an entry that may name a file is the text itself."""
    return "\n" in entry or ": " in entry or "{" in entry


def _inputs(generator: dict[str, Any], origin: Origin) -> Iterator[tuple[Path, str, Origin]]:
    for field in ("envs", "files"):
        for index, text in enumerate(generator.get(field) or ()):
            here = origin.below(field).below(index)
            try:
                path = text or "" if field == "envs" else key_and_path(text or "", here)[1]
            except Refused:
                continue
            yield (field, index), path, here
    if generator.get("env"):
        yield ("env",), generator["env"], origin.below("env")


def _without(kustomization: Kustomization, absent: frozenset[Path]) -> Kustomization:
    """The kustomization without the items at the paths."""
    fields = dict(kustomization.fields)
    for field in _GENERATORS:
        if any(path[0] == field for path in absent):
            fields[field] = [_thinned(entry, (field, index), absent) for index, entry in enumerate(fields[field])]
    return kustomization._replace(fields=fields, absent=absent)


def _thinned(generator: dict[str, Any] | None, here: Path, absent: frozenset[Path]) -> dict[str, Any]:
    thin = dict(generator or {})
    if (*here, "env") in absent:
        del thin["env"]
    for field in ("envs", "files"):
        texts = enumerate(thin.get(field) or ())
        thin[field] = [text for index, text in texts if (*here, field, index) not in absent]
    return thin
