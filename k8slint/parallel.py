"""The same work on many items, over the cores at hand, results in order."""

from __future__ import annotations

import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_CHUNKS_A_WORKER = 8  # more than one, so that a slow one holds up little
_IN_HAND = 2  # of each fork: one that it works on, and the next
_job: tuple[Callable[[Any], Any], Sequence[Any], Callable[[Any], Any]] | None = None


def _as_is(result: Any) -> Any:
    return result


def map_in_order(
    function: Callable[[T], R],
    items: Sequence[T],
    *,
    workers: int,
    pack: Callable[[R], Any] = _as_is,
    unpack: Callable[[Any], R] = _as_is,
) -> list[R]:
    """What the function makes of each item, in the order of the items.

    This process works too, from the last item backwards; the others are forks of it, which see everything as it is now
    and send back only results, as what `pack` makes of them. Where forking is not to be had, or a fork dies, the work
    is done here.
    """
    if workers < 2 or len(items) < 2 or not hasattr(os, "fork") or sys.platform == "darwin":
        return [function(item) for item in items]
    from concurrent.futures import Future, ProcessPoolExecutor  # noqa: PLC0415 - a small run does without
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415
    from multiprocessing import get_context  # noqa: PLC0415

    global _job  # noqa: PLW0603 - what a fork inherits need not be sent to it
    _job = (function, items, pack)
    own: dict[int, R] = {}
    try:
        with ProcessPoolExecutor(workers - 1, get_context("fork"), initializer=_end_when_interrupted) as pool:
            sent: dict[int, Future[Any]] = {}
            left = deque(range(len(items)))
            while left:
                while left and sum(not future.done() for future in sent.values()) < _IN_HAND * (workers - 1):
                    index = left.popleft()
                    sent[index] = pool.submit(_run, index)
                if left:
                    index = left.pop()
                    own[index] = function(items[index])
            return [own[index] if index in own else unpack(sent[index].result()) for index in range(len(items))]
    except BrokenProcessPool:
        return [own[index] if index in own else function(item) for index, item in enumerate(items)]
    finally:
        _job = None


def _end_when_interrupted() -> None:
    # At once and without a word: this process says what there is to say, and waits for its forks before it ends.
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _run(index: int) -> Any:
    if _job is None:
        raise RuntimeError("a worker runs only inside map_in_order")
    function, items, pack = _job
    return pack(function(items[index]))


def chunked(items: Sequence[T], sizes: Sequence[int], workers: int) -> list[Sequence[T]]:
    """The items in order, cut into several runs of about equal size for each worker."""
    target = sum(sizes) // (workers * _CHUNKS_A_WORKER) + 1
    chunks: list[Sequence[T]] = []
    start = held = 0
    for index, size in enumerate(sizes):
        held += size
        if held >= target:
            chunks.append(items[start : index + 1])
            start, held = index + 1, 0
    if start < len(items):
        chunks.append(items[start:])
    return chunks
