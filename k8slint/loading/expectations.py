"""Files of end-to-end tests that state the expected result: they hold parts of objects, which nobody applies."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final

from k8slint.loading.document import Document
from k8slint.values.regex import regex

EXPECTED: Final = "what a test expects, never applied"
_PATCH: Final = "a patch of a test"

# Fields in which tests of chainsaw, kuttl and kyverno name files, with the reason to skip these, by apiVersion's group.
_FIELDS: Final[Mapping[str, Mapping[str, str]]] = {
    "chainsaw.kyverno.io": {"assert": EXPECTED, "error": EXPECTED, "patch": _PATCH},
    "kuttl.dev": {"assert": EXPECTED, "error": EXPECTED},
    "cli.kyverno.io": dict.fromkeys(
        ["generatedResource", "patchedResource", "patchedResources", "patchedresource"], EXPECTED
    ),
}
_GROUP = regex(rf"(?:{'|'.join(map(re.escape, _FIELDS))})/")
# The name of an expectation of kuttl, or of a chainsaw test made from one: a step's number, then what is expected.
_EXPECTATION = regex(r"(?:chainsaw-step-)?\d+-(?:assert|errors?)(?:[-_.][^/]*)?\.ya?ml")
_STEP = regex(r"(?:chainsaw-step-)?\d+-[^/]*\.ya?ml")
_TESTS: Final = ("chainsaw-test.yaml", "chainsaw-test.yml", "kuttl-test.yaml")
# `(length(items))`, `~.(list)`, `(x)->name`: no field of an object has such a name.
_QUESTION = regex(r"~?\.?\(.*\)(?:->\w+)?")
_ENDS_A_QUESTION: Final = ("):", ")':", ')":', "->")


class Expectations:
    """The files that tests among the documents name, or that have the name of an expectation."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._named: dict[str, str] = {}
        self._patterns: dict[str, str] = {}
        self._are_tests: dict[str, bool] = {}
        for document in documents:
            for path, reason in _named(document):
                (self._patterns if any(sign in path for sign in "*?[") else self._named)[path] = reason

    def reason(self, file: str) -> str:
        """The reason to skip a file; empty if neither its name nor a test says that it is an expectation."""
        if self._named or self._patterns:
            path = os.path.abspath(file)
            by_pattern = (reason for pattern, reason in self._patterns.items() if fnmatchcase(path, pattern))
            found = self._named.get(path) or next(by_pattern, "")
            if found:
                return found
        return EXPECTED if self._is_numbered(file) else ""

    def _is_numbered(self, file: str) -> bool:
        """Whether a file has a name that kuttl gives to expectations, and lies in the folder of a test."""
        folder, name = os.path.split(file)
        if _EXPECTATION.fullmatch(name) is None:
            return False
        if folder not in self._are_tests:
            self._are_tests[folder] = _is_test(folder)
        return name.startswith("chainsaw-") or self._are_tests[folder]


def _named(document: Document) -> Iterator[tuple[str, str]]:
    data = document.data
    api_version = data.get("apiVersion") if isinstance(data, dict) else None
    if not isinstance(api_version, str) or _GROUP.match(api_version) is None:
        return
    folder = os.path.dirname(os.path.abspath(document.source.name))
    fields = _FIELDS[api_version.partition("/")[0]]
    pending: list[Any] = [data]
    while pending:
        part = pending.pop()
        if isinstance(part, dict):
            for field, reason in fields.items():
                for path in _files(part.get(field)):
                    yield os.path.normpath(os.path.join(folder, path)), reason
            pending += part.values()
        elif isinstance(part, list):
            pending += part


def _files(value: Any) -> Iterator[str]:
    """The files of a field: a text, or the `file` of a mapping, or a list of these."""
    for entry in value if isinstance(value, list) else [value]:
        path = entry.get("file") if isinstance(entry, dict) else entry
        if isinstance(path, str) and "\0" not in path and "\n" not in path:
            yield path


def _is_test(folder: str) -> bool:
    """Whether a folder holds a test: a file of the test itself, or numbered steps."""
    try:
        names = os.listdir(folder or ".")
    except (OSError, ValueError):
        return False
    steps = (name for name in names if _STEP.fullmatch(name) and not _EXPECTATION.fullmatch(name))
    return any(name in names for name in _TESTS) or next(steps, None) is not None


def may_ask_questions(text: str) -> bool:
    """Whether a text may have an expression as a key: a very cheap test before `asks_questions`."""
    return any(end in text for end in _ENDS_A_QUESTION)


def asks_questions(data: Any) -> bool:
    """Whether a key of a document is an expression of chainsaw, such as `(length(items))`."""
    pending: list[Any] = [data]
    while pending:
        part = pending.pop()
        if isinstance(part, dict):
            keys = "\n".join(part)
            if (")" in keys or "->" in keys) and any(map(_QUESTION.fullmatch, part)):
                return True
            pending += part.values()
        elif isinstance(part, list):
            pending += part
    return False
