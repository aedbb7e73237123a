"""The patterns of CRDs: whether one occurs in a text, as the API server sees it."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, Final

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


# What Python finds wrong that is wrong in Go too.
_FAULTS: Final[Mapping[str, str]] = {
    "missing ), unterminated subpattern": "missing closing )",
    "unbalanced parenthesis": "unexpected )",
    "unterminated character set": "missing closing ]",
}
_LOOKS_AROUND: Final = re.compile(r"\(\?(?:<?[=!])")
_ESCAPED: Final = re.compile(r"\\.", re.DOTALL)


def go_fault(pattern: str) -> str:
    """What is wrong with a pattern for sure, as Go's regexp says it; empty for one that Go may take."""
    look = _LOOKS_AROUND.search(_ESCAPED.sub("", pattern))
    if look is not None and "[" not in pattern[: pattern.find(look[0])]:
        return f"error parsing regexp: invalid or unsupported Perl syntax: `{look[0]}`"
    if r"\Q" in pattern:
        return ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        fault = _FAULTS.get(getattr(error, "msg", ""))
        return f"error parsing regexp: {fault}: `{pattern}`" if fault is not None else ""
    return ""


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
