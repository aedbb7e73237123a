"""The repository around a folder, and what lies within it: what the files of a repository say leads no further."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Final

_GIT: Final = ".git"


def and_above(path: str) -> Iterator[str]:
    """A path and the folders above it."""
    yield path
    while (parent := os.path.dirname(path)) != path:
        path = parent
        yield path


def repository_around(path: str) -> str:
    """The absolute path of the repository that a folder lies in; empty outside of any."""
    return next(filter(is_repository, and_above(os.path.abspath(path))), "")


def repository_root(path: str) -> str:
    """The absolute path of the repository around a folder; the folder itself outside of any."""
    return repository_around(path) or os.path.abspath(path)


def is_repository(folder: str) -> bool:
    """Whether the folder is the root of a repository."""
    return os.path.exists(os.path.join(folder, _GIT))


def is_within(root: str, path: str) -> bool:
    """Whether a path leads to the root or below, whatever links are on the way.

    What git keeps for itself is not within: its settings may hold the password of the remote.
    """
    try:
        real, top = os.path.realpath(path), os.path.realpath(root)
    except ValueError:
        return True  # it holds a NUL and leads nowhere, which is said where it is opened
    below = os.path.join(top, "")
    return real == top or (real.startswith(below) and _GIT not in real[len(below) :].split(os.sep))
