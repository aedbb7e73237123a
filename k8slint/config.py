"""The project's settings: `.k8slint.yaml`, or `[tool.k8slint]` of pyproject.toml."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from k8slint.finding import Severity
from k8slint.loading.discovery import CONFIG_FILES
from k8slint.loading.document import Document, Span, refuse_problems
from k8slint.loading.document import Path as Steps
from k8slint.loading.load import load
from k8slint.loading.opening import read_small
from k8slint.loading.repository import folder_of_all, is_repository, is_within, repository_root
from k8slint.own_schemas import UNKNOWN_KEY, faults
from k8slint.usage import UsageError, reason
from k8slint.values.record import made, record

if TYPE_CHECKING:
    from k8slint.loading.patterns import Patterns
    from k8slint.loading.toml import Toml

    # The parsed text of settings, which knows the place of each.
    Written = Document | Toml

_PYPROJECT: Final = "pyproject.toml"
_LONGEST: Final = 80


@record
class Override:
    """Other rules for the files that the patterns match."""

    paths: tuple[str, ...]
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = made(factory=dict)


@record
class Config:
    """Settings of a run; the patterns and paths in them are relative to `folder`.

    `variables` maps each setting that the environment gives, as `fail-level`, to its variable. `written` is the text
    that the settings come from, or None for the defaults.
    """

    folder: str = "."
    kubernetes_version: str = ""
    profile: str = ""
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = made(factory=dict)
    exclude: tuple[str, ...] = ()
    externals: tuple[str, ...] = ()
    crds: tuple[str, ...] = ()
    cluster: str = ""
    fail_level: str = ""
    output_format: tuple[str, ...] = ()
    color: bool | None = None
    workers: int = 0
    bundles: tuple[str, ...] = ()
    overrides: tuple[Override, ...] = ()
    variables: Mapping[str, str] = made(factory=dict)
    written: Written | None = None

    def place(self, *path: str | int) -> str:
        """The place of a setting: `file:line:column`, or the variable that holds it; empty for the defaults."""
        if path[0] in self.variables:
            return self.variables[str(path[0])]
        return _place(self.written, path) if self.written is not None else ""

    @property
    def rule_words(self) -> Iterator[tuple[Steps, str]]:
        """The rules and categories that the settings name, each with its path in the settings."""
        yield from _rule_words((), self)
        for number, override in enumerate(self.overrides):
            yield from _rule_words(("overrides", number), override)

    def is_excluded(self, path: str) -> bool:
        """Whether `exclude` matches the file, or the folder, which ends in a slash."""
        return bool(self.exclude) and bool(self._excludes.verdict(self.relative(path)))

    def overrides_for(self, path: str) -> tuple[Override, ...]:
        """The overrides whose patterns match the file, in order."""
        if not self.overrides:
            return ()
        relative = self.relative(path)
        return tuple(
            override
            for override, patterns in zip(self.overrides, self._override_patterns, strict=True)
            if patterns.verdict(relative)
        )

    def bundle_of(self, file: str) -> str:
        """The outermost folder above a file that `bundles` matches, relative to the settings; empty if none does."""
        if not self.bundles:
            return ""
        if "." in self.bundles:
            return "."
        folders = os.path.dirname(self.relative(file)).split(os.sep)
        above = (f"{'/'.join(folders[:end])}/" for end in range(1, len(folders) + 1))
        return next((folder for folder in above if self._bundle_patterns.verdict(folder)), "").rstrip("/")

    @cached_property
    def _bundle_patterns(self) -> Patterns:
        return _compiled(self.bundles)

    @property
    def malformed_patterns(self) -> Iterator[tuple[Steps, str]]:
        """The patterns of `exclude` and `overrides` that can match nothing, each with its path in the settings."""
        for index in self._excludes.malformed if self.exclude else ():
            yield ("exclude", index), self.exclude[index]
        for number, (override, patterns) in enumerate(zip(self.overrides, self._override_patterns, strict=True)):
            for index in patterns.malformed:
                yield ("overrides", number, "paths", index), override.paths[index]

    @cached_property
    def _excludes(self) -> Patterns:
        return _compiled(self.exclude)

    @cached_property
    def _override_patterns(self) -> tuple[Patterns, ...]:
        return tuple(_compiled(override.paths) for override in self.overrides)

    def relative(self, path: str) -> str:
        """The path relative to the folder of the settings, as patterns match it; a slash at its end stays."""
        return os.path.relpath(path, self.folder) + ("/" if path.endswith("/") else "")


def _compiled(lines: Sequence[str]) -> Patterns:
    from k8slint.loading.patterns import compiled  # noqa: PLC0415 - only settings with patterns pay for it

    return compiled(lines)


def config_for(file: str, paths: Iterable[str]) -> Config:
    """The settings of the file if one is named, else the nearest ones above all the paths."""
    if file:
        return read_config(Path(file))
    return find_config(folder_of_all(path for path in paths if path != "-"))


def find_config(start: str) -> Config:
    """The nearest settings above a path, up to the root of its repository; the defaults if there are none."""
    here = Path(os.path.abspath(start))
    for folder in (here, *here.parents):
        # A file that is there but cannot be read is not passed over: the run would use other settings than meant.
        files = [
            folder / name for name in CONFIG_FILES if os.path.lexists(folder / name) and not (folder / name).is_dir()
        ]
        pyproject = folder / _PYPROJECT
        settings = _pyproject(pyproject) if os.path.isfile(pyproject) else None
        if len(files) + (settings is not None) > 1:
            names = " and ".join([*(file.name for file in files), *([_PYPROJECT] if settings is not None else [])])
            raise UsageError(f"{_shown(folder)}: {names} both hold settings; keep one")
        if files:
            return read_config(files[0])
        if settings is not None:
            return settings
        if is_repository(str(folder)):
            break
    return Config()


def read_config(file: Path) -> Config:
    """The settings of a file.

    Raises:
        UsageError: for a file that cannot be read or is a link out of its repository, for what the schema does not
            know, and for a setting that leads out of the repository.
    """
    _refuse_link(file)
    try:
        data = read_small(str(file))
    except OSError as error:
        raise UsageError(f"{_shown(file)}: {reason(error)}") from None
    if file.name == _PYPROJECT:
        return _table(file, data) or Config(folder=str(file.parent))
    documents = load(_shown(file), data).documents
    for document in documents:
        refuse_problems(document.problems, document.source)
    if not documents:
        return Config(folder=str(file.parent))
    return _config(documents[0], file)


def _pyproject(file: Path) -> Config | None:
    """The settings of a pyproject.toml, or None if it has no table of ours."""
    try:
        data = read_small(str(file))
    except OSError as error:
        raise UsageError(f"{_shown(file)}: {reason(error)}") from None
    if b"k8slint" not in data:
        return None
    _refuse_link(file)
    return _table(file, data)


def _refuse_link(file: Path) -> None:
    root = repository_root(str(file.parent))
    if not is_within(root, str(file)):
        raise UsageError(f"{_shown(file)}: a link to outside {root}; name the file itself with --config")


def _table(file: Path, data: bytes) -> Config | None:
    from k8slint.loading.toml import read_toml  # noqa: PLC0415 - only a project with settings there pays for it

    written = read_toml(_shown(file), data, ("tool", "k8slint"))
    refuse_problems(written.problems, written.source)
    return None if written.data is None else _config(written, file)


def _config(written: Written, file: Path) -> Config:
    def text(path: Steps) -> str:
        start, end = written.span(path)
        return written.source.text[start:end]

    def first_misspelt(fault: tuple[Steps, str]) -> tuple[bool, Span]:
        # A misspelt key explains why another is missing.
        return not fault[1].startswith(UNKNOWN_KEY), written.span(fault[0], key=True)

    for path, message in sorted(faults(written.data, "config", text), key=first_misspelt):
        raise UsageError(f"{_place(written, path)}: {message}")
    config = _read(written.data, file, written)
    for path, pattern in config.malformed_patterns:
        raise UsageError(f'{_place(written, path)}: "{pattern[:_LONGEST]}" is a malformed pattern')
    _refuse_outside(config)
    return config


def _refuse_outside(config: Config) -> None:
    """Refuse paths out of the repository: only the person who runs the program may name them, by flags."""
    named: list[tuple[Steps, str, str]] = [(("crds", at), path, "--context") for at, path in enumerate(config.crds)]
    if config.cluster:
        named.append((("cluster",), config.cluster, "--cluster"))
    root = repository_root(config.folder) if named else ""
    for path, said, flag in named:
        if not is_within(root, os.path.join(config.folder, said)):
            around = "repository" if is_repository(root) else "folder of the settings"
            place = config.place(*path)
            raise UsageError(f'{place}: "{said[:_LONGEST]}" leads outside the {around}; name it with {flag} instead')


def _place(written: Written, path: Steps) -> str:
    file, line, column = written.source.place(written.span(path, key=True)[0])
    return f"{file}:{line}:{column}"


def _read(data: Mapping[str, Any], file: Path, written: Written) -> Config:
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
        fail_level=data.get("fail-level", ""),
        output_format=(data["output-format"],) if "output-format" in data else (),
        color=data.get("color"),
        workers=int(data.get("workers", 0)),
        bundles=tuple(data.get("bundles", ())),
        overrides=tuple(
            Override(
                tuple(entry["paths"]),
                tuple(entry.get("select", ())),
                tuple(entry.get("ignore", ())),
                _severities(entry),
            )
            for entry in data.get("overrides", ())
        ),
        written=written,
    )


def _severities(data: Mapping[str, Any]) -> dict[str, Severity]:
    return {rule: Severity(value) for rule, value in data.get("severity", {}).items()}


def _rule_words(at: Steps, settings: Config | Override) -> Iterator[tuple[Steps, str]]:
    for key, words in (("select", settings.select), ("ignore", settings.ignore)):
        for index, word in enumerate(words):
            yield (*at, key, index), word
    for word in settings.severity:
        yield (*at, "severity", word), word


def _shown(path: Path) -> str:
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative
