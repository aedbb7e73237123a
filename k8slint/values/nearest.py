"""The nearest candidate for a misspelt word."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_LEAST_ALIKE: Final = 0.7


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate most like the word, if one is alike at all; of equals the first in order of the alphabet.

    >>> nearest("conatiners", ["containers", "volumes"])
    'containers'
    >>> nearest("port", ["portb", "porta"])
    'porta'
    >>> nearest("zebra", ["containers"]) is None
    True
    """
    from difflib import SequenceMatcher  # noqa: PLC0415 - only a run with a typo pays for it

    ordered = sorted(set(candidates))
    folded = {candidate.casefold(): candidate for candidate in reversed(ordered)}
    if word.casefold() in folded:
        return folded[word.casefold()]
    matcher = SequenceMatcher(b=word.casefold())
    best, best_ratio = None, 0.0
    for candidate in ordered:
        matcher.set_seq1(candidate.casefold())
        floor = max(best_ratio, _LEAST_ALIKE)
        # The quick ratios are upper bounds: most candidates are out without a real comparison.
        if matcher.real_quick_ratio() >= floor and matcher.quick_ratio() >= floor:
            ratio = matcher.ratio()
            if ratio >= _LEAST_ALIKE and ratio > best_ratio:
                best, best_ratio = candidate, ratio
    return best
