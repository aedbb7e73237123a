"""Rule files from outside: the first fault is reported in one line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from k8slint.engine.rule import STAGES, Rule, load_rules, rule_files
from k8slint.loading.document import Document
from k8slint.loading.load import load
from k8slint.loading.opening import read_small
from k8slint.own_schemas import faults
from k8slint.usage import UsageError, reason


def checked_rules(folder: Path) -> Mapping[str, Rule]:
    """Every rule of a folder of categories, by id.

    Raises:
        UsageError: for a file that cannot be read, breaks `schemas/rule.schema.json`, repeats an id or has no check.
    """
    stems: dict[str, Path] = {}
    for file in rule_files(folder):
        for line, message in _faults(file):
            raise UsageError(f"{file}:{line}: {message}")
        if file.stem in stems:
            raise UsageError(f"{file}: {stems[file.stem]} has the same id")
        stems[file.stem] = file
    rules = load_rules(folder)
    for rule in rules.values():
        if rule.target not in STAGES:
            _ = rule.check
    return rules


def _faults(file: Path) -> Iterator[tuple[int, str]]:
    try:
        documents = load(str(file), read_small(str(file))).documents
    except OSError as error:
        raise UsageError(f"{file}: {reason(error)}") from None
    for document in documents:
        for problem in document.problems:
            yield document.source.position(problem.span[0])[0], problem.message
    if len(documents) != 1:
        yield 1, f"a rule's file holds one document, not {len(documents)}"
        return
    (document,) = documents
    for path, message in faults(document.data, "rule"):
        yield _line(document, path), message
    if document.data["id"] != file.stem:
        yield _line(document, ("id",)), f'the id "{document.data["id"]}" is not the name of the file'
    why = _line(document, ("why",))
    for key in ("id", "summary", "severity", "default", "profiles", "for", "kinds", "check", "yieldsTo"):
        if key in document.data and _line(document, (key,)) > why:
            yield _line(document, (key,)), f'"{key}" must stand above "why"'


def _line(document: Document, path: tuple[str | int, ...]) -> int:
    return document.source.position(document.span(path, key=True)[0])[0]
