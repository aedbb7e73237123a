"""Which existing name a mistyped one may mean. Stricter than for words, because neighbouring names share much."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from k8slint.values.nearest import MOST_COMPARED, nearest, worth_comparing
from k8slint.values.regex import regex
from k8slint.values.slips import is_slip as is_slip  # noqa: PLC0414 - asked for beside the nearest name

_BETWEEN_WORDS: Final = regex(r"[-_.]")


def nearest_name(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate most similar to a name, of those that the name may mean, or None."""
    names = frozenset(candidates)
    close = {*worth_comparing(name, names), *_with_words_more(name, names)}
    alike = [candidate for candidate in close if is_alike(name, candidate)]
    slips = sorted(candidate for candidate in alike if is_slip(name, candidate))
    return slips[0] if slips else nearest(name, alike)


def _with_words_more(name: str, names: frozenset[str]) -> list[str]:
    """Some of the names that start with the name, and those that consist of its first words."""
    ordered, found = _ordered(names), []
    at = bisect_left(ordered, name)
    for candidate in ordered[at : at + MOST_COMPARED]:
        if not candidate.startswith(name):
            break
        found.append(candidate)
    shorter = (name[: match.start()] for match in _BETWEEN_WORDS.finditer(name))
    return [*found, *(each for each in shorter if each in names)]


@lru_cache(maxsize=8)
def _ordered(names: frozenset[str]) -> list[str]:
    return sorted(names)


def is_alike(one: str, other: str) -> bool:
    """Whether two names differ in the spelling of one word, in how words are joined, or by words at the end.

    >>> [is_alike("web-confg", other) for other in ("web-config", "webconfg", "web-confg-files", "web-secret")]
    [True, True, True, False]
    """
    if is_slip(one, other):
        return True
    ours, theirs = _words(one), _words(other)
    if len(ours) != len(theirs):
        shorter, longer = sorted((ours, theirs), key=len)
        return longer[: len(shorter)] == shorter or "".join(ours) == "".join(theirs)
    differing = [(mine, its) for mine, its in zip(ours, theirs, strict=True) if mine != its]
    return len(differing) == 1 and nearest(differing[0][0], differing[0][1:]) is not None


@lru_cache(maxsize=1_024)  # one name is compared with many, and many with one
def _words(name: str) -> list[str]:
    return _BETWEEN_WORDS.split(name.casefold())
