"""Patterns in the form of .gitignore, compiled by a library whose errors and warnings stay inside this module."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

# google-re2 compiles about 1,500 patterns into one set, and takes seconds to notice that there are too many.
_MOST_IN_A_SET: Final = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class Patterns:
    """Patterns, ready to match; `malformed` are the indices of lines that are no patterns and are left out."""

    malformed: tuple[int, ...]
    _sets: tuple[Any, ...]

    def verdict(self, path: str) -> bool | None:
        """True if the last pattern that matches the path includes it, False if that one negates it, None if none does.

        The path is relative to the folder of the patterns, and ends with a slash if it is a folder.
        """
        # The name of a file need not be valid text.
        clean = path if path.isascii() else path.encode("utf-8", "replace").decode("utf-8")
        verdict = None
        for each in self._sets:
            include = each.check_file(clean).include
            verdict = verdict if include is None else include
        return verdict


def compiled(lines: Sequence[str]) -> Patterns:
    """The patterns of the lines; as in a .gitignore, blank lines and comments match nothing."""
    # Python warns on standard error that a later version may read `[a--b]` in another way.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        whole = _set(lines)
        if whole is not None:
            return Patterns((), (whole,))
        malformed = {index for index, line in enumerate(lines) if _set([line]) is None}
        sound = [line for index, line in enumerate(lines) if index not in malformed]
        return Patterns(tuple(sorted(malformed)), tuple(_sets(sound)))


def _sets(lines: Sequence[str]) -> list[Any]:
    """The sets of lines that each compile alone, halved until every set compiles."""
    whole = _set(lines)
    if whole is not None:
        return [whole]
    half = len(lines) // 2
    return _sets(lines[:half]) + _sets(lines[half:])


def _set(lines: Sequence[str]) -> Any:
    """The lines as one set, or None if they are too many or one of them is malformed."""
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - only where there are patterns

    if len(lines) > _MOST_IN_A_SET:
        return None
    said = [line for line in lines if line.strip() and not line.startswith("#") and line.rstrip() != "/"]
    try:
        compiled_set = GitIgnoreSpec.from_lines(said)
    except _errors():
        return None
    # The library drops a pattern like `[a` silently.
    return None if any(pattern.include is None for pattern in compiled_set.patterns) else compiled_set


@cache
def _errors() -> tuple[type[Exception], ...]:
    """The exceptions that the library raises for a pattern; google-re2, which it uses if present, has its own."""
    try:
        from re2 import error  # type: ignore[import-untyped]  # noqa: PLC0415 - untyped; the library has it already
    except ImportError:
        return (ValueError, re.error)
    return (ValueError, re.error, error)
