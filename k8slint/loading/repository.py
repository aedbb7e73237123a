"""The repository around a folder, and what lies within it, so that no file of a repository leads outside of it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Final

_GIT: Final = ".git"


def and_above(path: str) -> Iterator[str]:
    """A path and the folders above it."""
    yield path
    while (parent := os.path.dirname(path)) != path:
        path = parent
        yield path


def repository_root(path: str) -> str:
    """The absolute path of the repository around a folder, or of the folder itself if it is in none."""
    here = os.path.abspath(path)
    return next(filter(is_repository, and_above(here)), here)


def folder_of_all(paths: Iterable[str]) -> str:
    """The absolute path of the deepest folder that holds all the paths, or the working directory if there are none."""
    folders = [path if os.path.isdir(path) else os.path.dirname(path) for path in paths]
    return os.path.commonpath([os.path.abspath(folder) for folder in folders or ["."]])


def is_repository(folder: str) -> bool:
    """Whether the folder is the root of a repository."""
    return os.path.exists(os.path.join(folder, _GIT))


def is_within(root: str, path: str) -> bool:
    """Whether a path leads to the root or below it after all links are followed.

    Files that git keeps for itself are not within, because git's settings may hold the password of the remote.
    """
    try:
        real, top = os.path.realpath(path), os.path.realpath(root)
    except ValueError:
        return True  # a name with a NUL leads nowhere, which opening it will report
    below = os.path.join(top, "")
    return real == top or (real.startswith(below) and _GIT not in real[len(below) :].split(os.sep))


class Exits:
    """Tells which paths lead out of the repository that they lie in; it remembers the folders it has looked at."""

    def __init__(self) -> None:
        self._ways: dict[str, tuple[str, bool]] = {}

    def repository_left_by(self, path: str) -> str:
        """The root of the repository that a path lies in and leads out of by a link; empty if there is none."""
        absolute = os.path.abspath(path)
        root, has_link = self._way_to(os.path.dirname(absolute))
        if not root or not (has_link or os.path.islink(absolute)):
            return ""
        return "" if is_within(root, absolute) else root

    def _way_to(self, folder: str) -> tuple[str, bool]:
        """The root of the repository around a folder, or empty if it is in none, and whether a link is between them."""
        root, has_link, below = "", False, []
        for each in and_above(folder):
            if each in self._ways:
                root, has_link = self._ways[each]
                break
            if is_repository(each):
                root = each
                self._ways[each] = root, has_link
                break
            below.append(each)
        for each in reversed(below):
            has_link = has_link or (bool(root) and os.path.islink(each))
            self._ways[each] = root, has_link
        return root, has_link
