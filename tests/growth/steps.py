"""Work counted in steps: the lines of Python that run. No clock, so the same on every machine."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

Work = Callable[[], object]
# So few lines are no growth, whatever their ratio.
_FEW = 5_000


def steps(work: Work) -> int:
    """How many lines of Python run; loops in C are one.

    What the garbage collector calls is left out: it would tidy up after the tests before.
    """
    count = 0

    def local(_frame: FrameType, _event: str, _argument: Any) -> Any:
        nonlocal count
        count += 1
        return local

    gc.collect()
    gc.disable()
    before = sys.gettrace()
    sys.settrace(local)
    try:
        work()
    finally:
        sys.settrace(before)
        gc.enable()
    return count


def growth(work_of: Callable[[int], Work], size: int) -> float:
    """How much more the second doubling of a size costs than the first: 2 if the work is linear, 4 if quadratic.

    The work runs once without being counted, so that what is read and made once is there.
    """
    work_of(size)()
    first, second, third = (steps(work_of(times * size)) for times in (1, 2, 4))
    return (third - second) / max(second - first, 1) if third - second > _FEW else 0.0
