"""The patterns of CRDs: whether one occurs in a text, as the API server sees it."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, Final

from k8slint.values.automaton import Automaton
from k8slint.values.expressions import DeclinedError


@lru_cache(maxsize=4_096)  # many objects hold the same texts
def matches_pattern(text: str, pattern: str) -> bool:
    """Whether Go's regexp finds the pattern in the text; true for a pattern that cannot be judged.

    The time is linear in the text, whatever the pattern is, with RE2 and without.
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
    """Whether a pattern can be judged: RE2 reads what Go reads; without RE2, `Automaton` reads nearly all patterns."""
    return _re2() is not None or _automaton(pattern) is not None


# Errors in Python that are errors in Go too, and Go's words for them.
_FAULTS: Final[Mapping[str, str]] = {
    "missing ), unterminated subpattern": "missing closing )",
    "unbalanced parenthesis": "unexpected )",
    "unterminated character set": "missing closing ]",
}
_LOOKS_AROUND: Final = re.compile(r"\(\?(?:<?[=!])")
_ESCAPED: Final = re.compile(r"\\.", re.DOTALL)


def go_fault(pattern: str) -> str:
    """What is certainly wrong with a pattern, in the words of Go's regexp; empty if Go may take it."""
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
