"""The files that the given paths stand for, in order, and which of them are no manifests because of their place."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from k8slint.finding import Failure
from k8slint.loading.opening import is_stream, kind_of, read_small
from k8slint.loading.repository import Exits, and_above, is_repository, is_within, repository_root
from k8slint.usage import reason

if TYPE_CHECKING:
    from k8slint.loading.patterns import Patterns

SUFFIXES: Final = (".yaml", ".yml", ".json")
KUSTOMIZATIONS: Final = ("kustomization.yaml", "kustomization.yml", "Kustomization")
CONFIG_FILES: Final = (".k8slint.yaml", ".k8slint.yml", "k8slint.yaml")
GITIGNORE: Final = ".gitignore"
SCHEMA_FILE: Final = ".k8slint.schema.json"
_LONGEST_SAID: Final = 80
HELM_TEMPLATE: Final = "a Helm template"
HELM_FILE: Final = "a Helm chart's own file"
PACKAGES: Final = "packages of others"
_CHART_FILES: Final = ("Chart.yaml", "Chart.lock", "requirements.yaml", "values.schema.json")
LEADS_OUTSIDE: Final = "a link to outside the "
_NOWHERE: Final = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)
# The start of the names of Emacs' locks: links to nowhere beside the file that is locked.
_LOCK: Final = ".#"


class Stamp(NamedTuple):
    """What shows that a file changed: its inode, and when its text and the inode last changed, in nanoseconds."""

    inode: int = 0
    modified: int = 0
    changed: int = 0


class Found(NamedTuple):
    """A file with its size in bytes; `skipped` is the reason why it is no manifest to read, or empty."""

    name: str
    is_context: bool = False
    skipped: str = ""
    size: int = 0
    stamp: Stamp = Stamp()


class Discovered:
    """The files that the paths stand for, sorted by name, and what was not taken.

    `skipped` have the name of a manifest but are not read: links to outside, pipes. `failures` could not be looked at;
    `notes` are sentences about what is odd but does no harm. `left_out` are the files and folders, the latter with a
    slash at the end, that `is_excluded` or a .gitignore leaves out.
    """

    def __init__(self) -> None:
        self.files: list[Found] = []
        self.skipped: list[Found] = []
        self.failures: list[Failure] = []
        self.notes: list[str] = []
        self.left_out: list[str] = []


def discover(paths: Iterable[str], context: Iterable[str], is_excluded: Callable[[str], bool]) -> Discovered:
    """The files of the paths, then those of the context that are not among them; each file once.

    The walk through directories leaves out links to directories or out of the repository, and what .gitignore names. A
    path that is itself a link out of its repository is a failure: a shell may have made the name from `*.yaml`, and the
    report would print what the file holds.
    """
    walk = _Walk(is_excluded)
    # Sorted, so that a file with two names gets the same one for any order of the arguments.
    for path in sorted(paths):
        walk.add(path, is_context=False)
    for path in sorted(context):
        walk.add(path, is_context=True)
    walk.result.files.sort(key=attrgetter("name"))
    walk.result.skipped = sorted(dict.fromkeys(walk.result.skipped))
    return walk.result


def found_at(name: str) -> Found:
    """The current state of a file that a flag or a setting names.

    Raises:
        OSError: if there is none.
        ValueError: for a name that no file can have.
    """
    return _found(name, os.stat(name))


def _found(name: str, status: os.stat_result, skipped: str = "", *, is_context: bool = False) -> Found:
    stamp = Stamp(status.st_ino, status.st_mtime_ns, status.st_ctime_ns)
    return Found(name, is_context, skipped, status.st_size, stamp)


class _Top(NamedTuple):
    """A folder to walk through; `root` is the folder that links in it must not leave."""

    root: str
    is_context: bool


class _Walk:
    """One walk over all paths; it remembers the files it has seen, by device and inode."""

    def __init__(self, is_excluded: Callable[[str], bool]) -> None:
        self.result = Discovered()
        self._is_excluded = is_excluded
        self._seen: set[tuple[int, int]] = set()
        self._charts = _Charts()
        self._exits = Exits()

    def add(self, path: str, *, is_context: bool) -> None:
        try:
            status = os.stat(path)
        except (OSError, ValueError) as error:
            self._fail(path, reason(error))
            return
        outside = "" if is_stream(path) else self._exits.repository_left_by(path)
        if outside:
            self._fail(path, f"{LEADS_OUTSIDE}repository {outside}; name what it leads to")
        elif stat.S_ISDIR(status.st_mode):
            self._add_directory(path, is_context=is_context)
        elif not stat.S_ISREG(status.st_mode) and not is_stream(path):
            self._fail(path, "not a regular file; to read a stream, pipe it into `k8slint check -`")
        elif not self._leaves_out(os.path.normpath(path)):
            self._add_file(os.path.normpath(path), status, is_context=is_context)

    def _fail(self, path: str, why: str) -> None:
        self.result.failures.append(Failure(path, f"{path}: {why}"))

    def _add_file(self, path: str, status: os.stat_result, *, is_context: bool) -> None:
        identity = (status.st_dev, status.st_ino)
        if identity in self._seen:
            return
        self._seen.add(identity)
        self.result.files.append(_found(path, status, self._charts.reason(path), is_context=is_context))

    def _add_directory(self, top: str, *, is_context: bool) -> None:
        above = self._ignores_above(top)
        place = _Top(repository_root(os.path.realpath(top)), is_context)
        # Whoever names a folder means it, even if git ignores it.
        pending = [(os.path.normpath(top), () if _is_ignored(above, top.rstrip("/") + "/") else above)]
        while pending:
            folder, ignores = pending.pop()
            try:
                entries = sorted(os.scandir(folder), key=attrgetter("name"))
            except OSError as error:
                self._fail(folder, reason(error))
                continue
            if any(entry.name == GITIGNORE for entry in entries):
                ignores = (*ignores, *self._ignores_in(folder))
            for entry in entries:
                path = entry.name if folder == "." else entry.path
                try:
                    self._add_entry(entry, path, ignores, pending, place)
                except OSError as error:
                    self._fail(path, reason(error))

    def _add_entry(self, entry: os.DirEntry[str], path: str, ignores: Ignores, pending: list[Any], top: _Top) -> None:
        if entry.is_dir(follow_symlinks=False):
            if entry.name == ".git" or self._leaves_out(path + "/", ignores):
                return
            if _is_of_packages(entry):
                self._skip(f"{path}/", PACKAGES, top)
            else:
                pending.append((path, ignores))
        elif _has_manifest_name(entry.name) and not self._leaves_out(path, ignores):
            if entry.is_symlink():
                self._add_link(entry, path, top)
            else:
                self._add_if_regular(entry, path, top)

    def _add_link(self, entry: os.DirEntry[str], path: str, top: _Top) -> None:
        if not is_within(top.root, path):
            around = "repository" if is_repository(top.root) else "folder"
            self._skip(path, f"{LEADS_OUTSIDE}{around}", top)
            return
        try:
            self._add_if_regular(entry, path, top)
        except OSError as error:
            if error.errno not in _NOWHERE:
                raise
            if not entry.name.startswith(_LOCK):
                self._skip(path, "a link that leads nowhere", top)

    def _add_if_regular(self, entry: os.DirEntry[str], path: str, top: _Top) -> None:
        status = entry.stat()
        kind = kind_of(status.st_mode)
        if kind:
            self._skip(path, f"a link to {kind}" if entry.is_symlink() else kind, top)
        else:
            self._add_file(path, status, is_context=top.is_context)

    def _skip(self, path: str, why: str, top: _Top) -> None:
        self.result.skipped.append(Found(path, top.is_context, why))

    def _leaves_out(self, path: str, ignores: Ignores = ()) -> bool:
        is_left_out = _is_ignored(ignores, path) or self._is_excluded(path)
        if is_left_out:
            self.result.left_out.append(path)
        return is_left_out

    def _ignores_in(self, folder: str) -> Ignores:
        file = os.path.join(folder, GITIGNORE)
        try:
            lines = ignore_lines(folder)
        except OSError as error:
            self._note(f"{os.path.relpath(file)}: {reason(error)}; what it names is not left out")
            return ()
        from k8slint.loading.patterns import compiled  # noqa: PLC0415 - only where a .gitignore is

        patterns = compiled(lines)
        if patterns.malformed:
            first, others = patterns.malformed[0], len(patterns.malformed) - 1
            said = (
                f'{os.path.relpath(file)}:{first + 1}: "{lines[first].strip()[:_LONGEST_SAID]}" is a malformed pattern'
            )
            self._note(f"{said}, and is left out{f', as are {others} more' if others else ''}")
        return ((os.path.abspath(folder).rstrip("/") + "/", patterns),)

    def _note(self, note: str) -> None:
        if note not in self.result.notes:
            self.result.notes.append(note)

    def _ignores_above(self, folder: str) -> Ignores:
        """The .gitignore files between the root of the repository and the folder, outermost first."""
        above = list(and_above(os.path.abspath(folder)))
        root = next((index for index, each in enumerate(above) if is_repository(each)), 0)
        return tuple(
            entry
            for parent in reversed(above[1 : root + 1])
            if os.path.lexists(os.path.join(parent, GITIGNORE))
            for entry in self._ignores_in(parent)
        )


def ignore_lines(folder: str) -> list[str]:
    """The lines of the .gitignore of a folder; like git, it does not follow a link of that name.

    Raises:
        OSError: if the file cannot be read.
    """
    text = read_small(os.path.join(folder, GITIGNORE), follows=False).decode("utf-8-sig", "replace")
    return text.replace("\r\n", "\n").split("\n")


def _is_of_packages(folder: os.DirEntry[str]) -> bool:
    """Whether a package manager fills the folder: Go's, which leaves a list of the modules, or that of Node."""
    if folder.name == "vendor":
        return os.path.exists(os.path.join(folder.path, "modules.txt"))
    return folder.name == "node_modules"


def _has_manifest_name(name: str) -> bool:
    return (name.endswith(SUFFIXES) and name not in (*CONFIG_FILES, SCHEMA_FILE)) or name in KUSTOMIZATIONS


# The folder of each .gitignore, as an absolute path with a slash at the end, and its patterns.
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


class _Charts:
    """Tells the files of Helm charts; it remembers the folders it has looked at."""

    def __init__(self) -> None:
        self._is_chart: dict[str, bool] = {}
        self._is_in_templates: dict[str, bool] = {}

    def reason(self, path: str) -> str:
        """The reason why a file of a chart is no manifest; empty for any other file, also for a chart's CRDs."""
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
            self._is_in_templates[folder] = "templates" in here and any(map(self._is_templates, and_above(here)))
        return self._is_in_templates[folder]

    def _is_templates(self, folder: str) -> bool:
        parent, name = os.path.split(folder)
        return name == "templates" and self._has_chart(parent)
