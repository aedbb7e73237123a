"""Which files the paths given stand for, in what order, and which of them are no manifests by where they lie."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from k8slint.finding import Failure
from k8slint.usage import reason

if TYPE_CHECKING:
    from k8slint.loading.patterns import Patterns

SUFFIXES: Final = (".yaml", ".yml", ".json")
KUSTOMIZATIONS: Final = ("kustomization.yaml", "kustomization.yml", "Kustomization")
CONFIG_FILES: Final = (".k8slint.yaml", ".k8slint.yml", "k8slint.yaml")
SCHEMA_FILE: Final = ".k8slint.schema.json"
_LONGEST_SAID: Final = 80
HELM_TEMPLATE: Final = "a Helm template"
HELM_FILE: Final = "a Helm chart's own file"
_CHART_FILES: Final = ("Chart.yaml", "Chart.lock", "requirements.yaml", "values.schema.json")


class Found(NamedTuple):
    """A file to read, its size in bytes; `skipped` is the reason where it is no manifest by where it lies."""

    name: str
    is_context: bool = False
    skipped: str = ""
    size: int = 0


@dataclass(slots=True)
class Discovered:
    """The files, sorted by name; what could not be looked at; what is odd but no hindrance, each as a sentence.

    `left_out` are the files and folders, these with a slash, that `is_excluded` or a .gitignore leaves out.
    """

    files: list[Found] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def discover(paths: Iterable[str], context: Iterable[str], is_excluded: Callable[[str], bool]) -> Discovered:
    """The files of the paths, then those of the context that are not among them; each file once.

    Directories are walked without following links to directories, and without what .gitignore names.
    """
    walk = _Walk(is_excluded)
    # A file of two names has the first, whatever the order of the arguments.
    for path in sorted(paths):
        walk.add(path, is_context=False)
    for path in sorted(context):
        walk.add(path, is_context=True)
    walk.result.files.sort(key=attrgetter("name"))
    return walk.result


class _Walk:
    """One walk over all the paths: remembers the files it has seen, by inode."""

    def __init__(self, is_excluded: Callable[[str], bool]) -> None:
        self.result = Discovered()
        self._is_excluded = is_excluded
        self._seen: set[tuple[int, int]] = set()
        self._charts = _Charts()

    def add(self, path: str, *, is_context: bool) -> None:
        try:
            status = os.stat(path)
        except (OSError, ValueError) as error:
            self._fail(path, reason(error))
            return
        if stat.S_ISDIR(status.st_mode):
            self._add_directory(path, is_context=is_context)
        elif stat.S_ISREG(status.st_mode) or path.startswith(("/dev/fd/", "/proc/self/fd/")):
            self._add_file(os.path.normpath(path), status, is_context=is_context)
        else:
            self._fail(path, "not a regular file; to read a stream, pipe it into `k8slint check -`")

    def _fail(self, path: str, why: str) -> None:
        self.result.failures.append(Failure(path, f"{path}: {why}"))

    def _add_file(self, path: str, status: os.stat_result, *, is_context: bool) -> None:
        identity = (status.st_dev, status.st_ino)
        if identity in self._seen or self._leaves_out(path):
            return
        self._seen.add(identity)
        self.result.files.append(Found(path, is_context, self._charts.reason(path), status.st_size))

    def _add_directory(self, top: str, *, is_context: bool) -> None:
        above = self._ignores_above(top)
        # What is named is meant, though git ignores it.
        pending = [(os.path.normpath(top), () if _is_ignored(above, top.rstrip("/") + "/") else above)]
        while pending:
            folder, ignores = pending.pop()
            try:
                entries = sorted(os.scandir(folder), key=attrgetter("name"))
            except OSError as error:
                self._fail(folder, reason(error))
                continue
            if any(entry.name == ".gitignore" for entry in entries):
                ignores = (*ignores, *self._ignores_in(folder))
            for entry in entries:
                path = entry.name if folder == "." else entry.path
                try:
                    self._add_entry(entry, path, ignores, pending, is_context=is_context)
                except OSError as error:
                    self._fail(path, reason(error))

    def _add_entry(
        self, entry: os.DirEntry[str], path: str, ignores: Ignores, pending: list[Any], *, is_context: bool
    ) -> None:
        if entry.is_dir(follow_symlinks=False):
            if entry.name != ".git" and not self._leaves_out(path + "/", ignores):
                pending.append((path, ignores))
        elif _has_manifest_name(entry.name):
            if _is_ignored(ignores, path):
                self.result.left_out.append(path)
                return
            if entry.is_symlink() and not os.path.exists(path):
                return
            status = entry.stat()
            if stat.S_ISREG(status.st_mode):
                self._add_file(path, status, is_context=is_context)

    def _leaves_out(self, path: str, ignores: Ignores = ()) -> bool:
        is_left_out = _is_ignored(ignores, path) or self._is_excluded(path)
        if is_left_out:
            self.result.left_out.append(path)
        return is_left_out

    def _ignores_in(self, folder: str) -> Ignores:
        file = os.path.join(folder, ".gitignore")
        try:
            with open(file, encoding="utf-8", errors="replace") as stream:
                lines = stream.read().splitlines()
        except OSError:
            return ()
        from k8slint.loading.patterns import compiled  # noqa: PLC0415 - only where a .gitignore is

        patterns = compiled(lines)
        if patterns.malformed:
            first, others = patterns.malformed[0], len(patterns.malformed) - 1
            said = (
                f'{os.path.relpath(file)}:{first + 1}: "{lines[first].strip()[:_LONGEST_SAID]}" is a malformed pattern'
            )
            note = f"{said}, and is left out{f', as are {others} more' if others else ''}"
            if note not in self.result.notes:
                self.result.notes.append(note)
        return ((os.path.abspath(folder).rstrip("/") + "/", patterns),)

    def _ignores_above(self, folder: str) -> Ignores:
        """The .gitignore files between the root of the repository and the folder, outermost first."""
        above = list(_and_above(os.path.abspath(folder)))
        root = next((index for index, each in enumerate(above) if os.path.exists(os.path.join(each, ".git"))), 0)
        return tuple(entry for parent in reversed(above[1 : root + 1]) for entry in self._ignores_in(parent))


def _has_manifest_name(name: str) -> bool:
    return (name.endswith(SUFFIXES) and name not in (*CONFIG_FILES, SCHEMA_FILE)) or name in KUSTOMIZATIONS


# A .gitignore's folder, as an absolute path with a slash, and its patterns.
Ignores = tuple[tuple[str, "Patterns"], ...]


def _is_ignored(ignores: Ignores, path: str) -> bool:
    if not ignores:
        return False
    absolute = os.path.abspath(path) + ("/" if path.endswith("/") else "")
    verdict = False
    for folder, patterns in ignores:
        include = patterns.verdict(absolute[len(folder) :])
        verdict = verdict if include is None else include
    return verdict


def repository_root(path: str) -> str:
    """The absolute path of the repository around a folder; the folder itself outside of any."""
    here = os.path.abspath(path)
    return next((folder for folder in _and_above(here) if os.path.exists(os.path.join(folder, ".git"))), here)


def _and_above(path: str) -> Iterator[str]:
    """A path and the folders above it."""
    yield path
    while (parent := os.path.dirname(path)) != path:
        path = parent
        yield path


class _Charts:
    """The Helm charts that files lie in; remembers the folders it has looked at."""

    def __init__(self) -> None:
        self._is_chart: dict[str, bool] = {}
        self._is_in_templates: dict[str, bool] = {}

    def reason(self, path: str) -> str:
        """Why a file of a chart is no manifest; empty for any other file, and for a chart's CRDs."""
        folder, name = os.path.split(path)
        if name == "Chart.yaml":
            return HELM_FILE
        if (name in _CHART_FILES or name.startswith("values")) and self._has_chart(folder):
            return HELM_FILE
        return HELM_TEMPLATE if self._lies_in_templates(folder) else ""

    def _has_chart(self, folder: str) -> bool:
        if folder not in self._is_chart:
            self._is_chart[folder] = os.path.exists(os.path.join(folder, "Chart.yaml"))
        return self._is_chart[folder]

    def _lies_in_templates(self, folder: str) -> bool:
        if folder not in self._is_in_templates:
            here = os.path.abspath(folder)
            self._is_in_templates[folder] = "templates" in here and any(map(self._is_templates, _and_above(here)))
        return self._is_in_templates[folder]

    def _is_templates(self, folder: str) -> bool:
        parent, name = os.path.split(folder)
        return name == "templates" and self._has_chart(parent)
