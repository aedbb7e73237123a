"""Settings without effect on a run over everything that they apply to: most likely they are misspelt."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from k8slint.apiserver.discovery.definitions import NEWEST_MINOR, definitions_of
from k8slint.config import Config
from k8slint.loading.discovery import ignore_lines
from k8slint.loading.patterns import compiled
from k8slint.values.nearest import nearest

_LONG_ENOUGH: Final = 4
_FEW_LETTERS: Final = 2


def idle_settings(
    config: Config, files: Iterable[str], left_out: Collection[str], texts: Collection[str]
) -> Iterator[str]:
    """A sentence, with its place, for each exclude, override and external that does nothing.

    `files` were read, `left_out` were not: files, and folders ending in a slash. `texts` are the contents of the files.
    """
    yield from _excludes(config, left_out)
    matched = {id(override) for file in files for override in config.overrides_for(file)} if config.overrides else set()
    for number, override in enumerate(config.overrides):
        if id(override) not in matched:
            place, said = config.place("overrides", number, "paths"), ", ".join(override.paths)
            yield f'{place}: no file matches "{said}", so this override does nothing'
    yield from _externals(config, texts)


def _excludes(config: Config, left_out: Collection[str]) -> Iterator[str]:
    paths = [config.relative(path) for path in left_out] if config.exclude else []
    for index, pattern in enumerate(config.exclude):
        if pattern.startswith(("!", "#")) or not pattern.strip():
            continue
        alone = compiled([pattern])
        if not any(alone.verdict(path) for path in paths) and not _is_ignored(pattern, config.folder):
            yield f'{config.place("exclude", index)}: "{pattern}" excludes nothing'


def _is_ignored(pattern: str, folder: str) -> bool:
    """Whether git ignores what the pattern names: then it may exist tomorrow, or on another machine."""
    try:
        lines = ignore_lines(folder)
    except OSError:
        return False
    return bool(compiled(lines).verdict(pattern.strip("/*") + "/"))


def _externals(config: Config, texts: Collection[str]) -> Iterator[str]:
    for index, external in enumerate(config.externals):
        kind, _, name = external.partition("/")
        place, near = config.place("externals", index), _nearest_kind(kind, texts)
        # A file that refers to it has the longest fixed part of its name somewhere.
        written = max(re.split(r"[*?\[\]]", name.rpartition("/")[2]), key=len)
        if near:
            yield f'{place}: there is no kind "{kind}"; did you mean "{near}"?'
        elif written and not any(written in text for text in texts):
            yield f'{place}: nothing here refers to "{external}"'


def _nearest_kind(kind: str, texts: Collection[str]) -> str | None:
    """The built-in kind that is meant, or None if the kind exists, is a glob, or may be a custom kind."""
    known = {known for _, known in definitions_of(NEWEST_MINOR).kinds}
    if kind in known or re.search(r"[*?\[]", kind) or any(f"kind: {kind}" in text for text in texts):
        return None
    near = nearest(kind, known)
    # `IngressRoute` is like `Ingress`, but a kind of its own.
    return near if near and len(kind) > _LONG_ENOUGH and abs(len(near) - len(kind)) <= _FEW_LETTERS else None
