"""The patterns of CRDs: whether one occurs in a text, as the API server sees it."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from k8slint.apiserver.custom.automaton import Automaton
from k8slint.apiserver.custom.expressions import DeclinedError


@lru_cache(maxsize=4_096)  # the same words stand in many objects
def matches_pattern(text: str, pattern: str) -> bool:
    """Whether the pattern occurs in the text, as Go's regexp sees it; one that cannot be judged is taken as met.

    Whoever judges it, the time is linear in the text whatever the pattern is.
    """
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON can spell and UTF-8 cannot
        return True
    if _re2() is None:
        automaton = _automaton(pattern)
        return automaton is None or automaton.occurs_in(text)
    compiled = _compiled(pattern)
    return compiled is None or compiled.search(text) is not None


def can_judge(pattern: str) -> bool:
    """Whether a pattern is judged: RE2 reads what Go reads; without it, we read what nearly all patterns keep to."""
    return _re2() is not None or _automaton(pattern) is not None


@cache
def _re2() -> Any:
    try:
        import re2  # type: ignore[import-untyped]  # noqa: PLC0415 - an extra; only CRDs with patterns pay for it
    except ImportError:
        return None
    return re2


@cache
def _compiled(pattern: str) -> Any:
    re2 = _re2()
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except (re2.error, UnicodeEncodeError):
        return None


@cache
def _automaton(pattern: str) -> Automaton | None:
    try:
        return Automaton(pattern)
    except DeclinedError:
        return None
