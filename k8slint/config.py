"""The project's settings: `.k8slint.yaml`, or `[tool.k8slint]` of pyproject.toml."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from k8slint.finding import Severity
from k8slint.loading.contract import faults
from k8slint.loading.discovery import CONFIG_FILES
from k8slint.loading.document import Document
from k8slint.loading.read import load
from k8slint.usage import UsageError, reason

_PYPROJECT: Final = "pyproject.toml"


@dataclass(frozen=True, slots=True, eq=False)
class Override:
    """Other rules for the files that the patterns match."""

    paths: tuple[str, ...]
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict)


@dataclass(frozen=True)
class Config:
    """Settings of a run. `folder` is what the patterns and paths in it start from."""

    folder: str = "."
    kubernetes_version: str = ""
    profile: str = ""
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict)
    exclude: tuple[str, ...] = ()
    externals: tuple[str, ...] = ()
    crds: tuple[str, ...] = ()
    cluster: str = ""
    overrides: tuple[Override, ...] = ()

    def is_excluded(self, path: str) -> bool:
        """Whether `exclude` names the file or folder."""
        return bool(self.exclude) and self._excludes.match_file(self._relative(path))

    def overrides_for(self, path: str) -> tuple[Override, ...]:
        """The overrides whose patterns match the file, in order."""
        if not self.overrides:
            return ()
        relative = self._relative(path)
        return tuple(
            override
            for override, spec in zip(self.overrides, self._override_specs, strict=True)
            if spec.match_file(relative)
        )

    @cached_property
    def _excludes(self) -> Any:
        return _patterns(self.exclude)

    @cached_property
    def _override_specs(self) -> tuple[Any, ...]:
        return tuple(_patterns(override.paths) for override in self.overrides)

    def _relative(self, path: str) -> str:
        return os.path.relpath(path, self.folder) + ("/" if path.endswith("/") else "")


def _patterns(globs: Iterable[str]) -> Any:
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - only where the config has patterns

    try:
        return GitIgnoreSpec.from_lines(globs)
    except (ValueError, re.error) as error:
        raise UsageError(f"a pattern of the configuration is malformed: {error}") from None


def config_for(file: str, paths: Iterable[str]) -> Config:
    """The settings of the file, else those nearest above all the paths."""
    if file:
        return read_config(Path(file))
    folders = [path if os.path.isdir(path) else os.path.dirname(path) for path in paths if path != "-"]
    return find_config(os.path.commonpath([os.path.abspath(folder) for folder in folders or ["."]]))


def find_config(start: str) -> Config:
    """The settings nearest above a path, not above the root of its repository; the defaults where there are none."""
    here = Path(os.path.abspath(start))
    for folder in (here, *here.parents):
        files = [folder / name for name in CONFIG_FILES if os.path.isfile(folder / name)]
        pyproject = folder / _PYPROJECT
        table = _tool_table(pyproject) if os.path.isfile(pyproject) else None
        if len(files) + (table is not None) > 1:
            names = " and ".join([*(file.name for file in files), *([_PYPROJECT] if table is not None else [])])
            raise UsageError(f"{_shown(folder)}: {names} both hold settings; keep one")
        if files:
            return read_config(files[0])
        if table is not None:
            return _config(table, pyproject, None)
        if os.path.exists(folder / ".git"):
            break
    return Config()


def read_config(file: Path) -> Config:
    """The settings of a file.

    Raises:
        UsageError: for a file that cannot be read, or says what the schema does not know.
    """
    if file.name == _PYPROJECT:
        return _config(_tool_table(file) or {}, file, None)
    try:
        data = file.read_bytes()
    except OSError as error:
        raise UsageError(f"{_shown(file)}: {reason(error)}") from None
    documents = load(_shown(file), data).documents
    for document in documents:
        for problem in document.problems:
            line, _ = document.source.place(problem.span[0])
            raise UsageError(f"{_shown(file)}:{line}: {problem.message}")
    if not documents:
        return Config(folder=str(file.parent))
    return _config(documents[0].data, file, documents[0])


def _tool_table(file: Path) -> dict[str, Any] | None:
    try:
        written = file.read_text(encoding="utf-8")
        if "k8slint" not in written:
            return None
        import tomllib  # noqa: PLC0415 - only a project with settings there pays for it

        data = tomllib.loads(written)
    except (OSError, ValueError) as error:
        raise UsageError(f"{_shown(file)}: {' '.join(str(error).split())}") from None
    tool = data.get("tool")
    table = tool.get("k8slint") if isinstance(tool, dict) else None
    return table if isinstance(table, dict) else None


def _config(data: Any, file: Path, document: Document | None) -> Config:
    for path, message in faults(data, "config"):
        place = _shown(file)
        if document is not None:
            place += f":{document.source.place(document.span(path, key=True)[0])[0]}"
        raise UsageError(f"{place}: {message}")
    return Config(
        folder=str(file.parent),
        kubernetes_version=data.get("kubernetes-version", ""),
        profile=data.get("profile", ""),
        select=tuple(data.get("select", ())),
        ignore=tuple(data.get("ignore", ())),
        severity=_severities(data),
        exclude=tuple(data.get("exclude", ())),
        externals=tuple(data.get("externals", ())),
        crds=tuple(data.get("crds", ())),
        cluster=data.get("cluster", ""),
        overrides=tuple(
            Override(
                tuple(entry["paths"]),
                tuple(entry.get("select", ())),
                tuple(entry.get("ignore", ())),
                _severities(entry),
            )
            for entry in data.get("overrides", ())
        ),
    )


def _severities(data: Mapping[str, Any]) -> dict[str, Severity]:
    return {rule: Severity(value) for rule, value in data.get("severity", {}).items()}


def _shown(path: Path) -> str:
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative
