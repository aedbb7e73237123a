"""The search for the fewest of something, where each try is a dry run."""

from __future__ import annotations

from collections.abc import Callable


def fewest(reaches: Callable[[int], bool], guess: int, most: int) -> int | None:
    """A number up to `most` that reaches the goal while one less does not; None if none was found.

    The search starts from the guess and takes steps that double, up or down.

    >>> fewest(lambda count: count >= 7, 5, 100), fewest(lambda count: count >= 7, 50, 100)
    (7, 7)
    >>> fewest(lambda count: count >= 7, 5, 6) is None, fewest(lambda count: True, 3, 9)
    (True, 0)
    """
    if reaches(0):
        return 0
    low, high, step = 0, guess, 1
    while not reaches(high):
        if high == most:
            return None
        low, high, step = high, min(high + step, most), step * 2
    step = 1
    while high - low > 1:
        probe = max(high - step, (low + high) // 2)
        step *= 2
        if reaches(probe):
            high = probe
        else:
            low = probe
    return high
