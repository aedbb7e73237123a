"""The nearest candidate for a misspelt word."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate most like the word, if one is alike at all; of equals the first in order of the alphabet.

    >>> nearest("conatiners", ["containers", "volumes"])
    'containers'
    >>> nearest("zebra", ["containers"]) is None
    True
    """
    from difflib import get_close_matches  # noqa: PLC0415 - only a run with a typo pays for it

    ordered = sorted(set(candidates))
    folded = {candidate.casefold(): candidate for candidate in reversed(ordered)}
    if word.casefold() in folded:
        return folded[word.casefold()]
    close = get_close_matches(word.casefold(), folded, n=1, cutoff=0.7)
    return folded[close[0]] if close else None
