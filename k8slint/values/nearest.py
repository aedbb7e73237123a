"""The nearest candidate for a misspelt word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Final

_LEAST_ALIKE: Final = 0.75
# If there are more candidates than this, only those one letter away are compared, and at most this many of them: the
# work for one word stays bounded.
MOST_COMPARED: Final = 100
# A longer text is not a misspelt name.
_LONGEST: Final = 128


def nearest(word: str, candidates: Iterable[str], most: int | None = None) -> str | None:
    """The candidate most like the word, or None if no candidate is like it; among equals, the first in the alphabet.

    Of more candidates than `most`, by default `MOST_COMPARED`, only those a letter away are compared.

    >>> nearest("conatiners", ["containers", "volumes"])
    'containers'
    >>> nearest("port", ["portb", "porta"])
    'porta'
    >>> nearest("zebra", ["containers"]) is None
    True
    """
    names = frozenset(candidates)
    wanted, folded = word.casefold(), _folded(names)
    if wanted in folded:
        return folded[wanted]
    size = len(wanted)
    if not 0 < size <= _LONGEST:
        return None
    places: dict[str, int] = {}
    for index, letter in enumerate(wanted):
        places[letter] = places.get(letter, 0) | 1 << index
    best, best_alike = None, 0.0
    for text in _worth_comparing(wanted, names, most or MOST_COMPARED):
        # The shorter text bounds what the two can have in common: skip texts that are too short or too long.
        if 2 * min(len(text), size) < _LEAST_ALIKE * (len(text) + size):
            continue
        alike = 2 * _in_common(places, size, text) / (len(text) + size)
        if alike >= _LEAST_ALIKE and alike > best_alike:
            best, best_alike = folded[text], alike
    return best


def nearest_choice(word: str, choices: Collection[str]) -> str | None:
    """The choice that begins with the word, if it is the only one; else the choice most like the word, or None.

    >>> nearest_choice("warn", ["error", "warning", "info"])
    'warning'
    """
    longer = [choice for choice in choices if word and choice.startswith(word.casefold())]
    return longer[0] if len(longer) == 1 else nearest(word, choices)


def did_you_mean(near: str | None, otherwise: str = "") -> str:
    """The end of a message about an unknown word: asks for the nearest candidate, or is `otherwise` if there is none.

    >>> did_you_mean("json", "known are json, text"), did_you_mean(None, "known are json, text")
    ('did you mean "json"?', 'known are json, text')
    """
    return f'did you mean "{near}"?' if near else otherwise


def worth_comparing(word: str, candidates: Iterable[str]) -> list[str]:
    """The candidates that a word may mean, in alphabetical order: all if they are few, else those one letter away."""
    names = frozenset(candidates)
    folded = _folded(names)
    return [folded[text] for text in _worth_comparing(word.casefold(), names, MOST_COMPARED)]


def _in_common(places: Mapping[str, int], size: int, text: str) -> int:
    """The length of the longest common subsequence of two texts.

    `places` has, for each letter of the one text, a bit at each of its positions; `size` is the length of that text.
    The bit-vector algorithm takes one step for each letter of the other text.
    """
    whole = (1 << size) - 1
    open_bits = whole
    for letter in text:
        met = open_bits & places.get(letter, 0)
        open_bits = (open_bits + met | open_bits - met) & whole
    return size - open_bits.bit_count()


def _worth_comparing(wanted: str, names: frozenset[str], most: int) -> Collection[str]:
    folded = _folded(names)
    if len(folded) <= most:
        return folded
    if len(wanted) > _LONGEST:
        return [wanted] if wanted in folded else []
    shortened = _shortened(names)
    close = {text for short in (wanted, *_without_a_letter(wanted)) for text in shortened.get(short, ())}
    return sorted(close)[:most]


@lru_cache(maxsize=64)
def _folded(names: frozenset[str]) -> Mapping[str, str]:
    """The names by their case-folded form, in alphabetical order of the names."""
    ordered = sorted(names, reverse=True)
    return dict(sorted({name.casefold(): name for name in ordered}.items(), key=lambda pair: pair[1]))


@lru_cache(maxsize=8)
def _shortened(names: frozenset[str]) -> Mapping[str, list[str]]:
    """The folded names by themselves, and by each form that is left without one of their letters."""
    found: dict[str, list[str]] = defaultdict(list)
    for text in _folded(names):
        if len(text) <= _LONGEST:
            for short in (text, *_without_a_letter(text)):
                if len(found[short]) < MOST_COMPARED:
                    found[short].append(text)
    return found


def _without_a_letter(text: str) -> set[str]:
    return {text[:index] + text[index + 1 :] for index in range(len(text))}
