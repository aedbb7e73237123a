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
    wanted = word.casefold()
    folded = {candidate.casefold(): candidate for candidate in sorted(set(candidates), reverse=True)}
    if wanted in folded:
        return folded[wanted]
    # Of texts of too different length, no more than this can be alike.
    size = len(wanted)
    near = [each for each in folded if 2 * min(len(each), size) / (len(each) + size) >= _LEAST_ALIKE]
    if not near:
        return None
    from difflib import SequenceMatcher  # noqa: PLC0415 - only a run with a typo pays for it

    matcher = SequenceMatcher(b=wanted)
    best, best_ratio = None, 0.0
    for text in reversed(near):
        candidate = folded[text]
        matcher.set_seq1(text)
        floor = max(best_ratio, _LEAST_ALIKE)
        # The quick ratios are upper bounds: most candidates are out without a real comparison.
        if matcher.real_quick_ratio() >= floor and matcher.quick_ratio() >= floor:
            ratio = matcher.ratio()
            if ratio >= _LEAST_ALIKE and ratio > best_ratio:
                best, best_ratio = candidate, ratio
    return best
