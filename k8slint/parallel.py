"""The same work on many items, on several cores, with the results in order."""

from __future__ import annotations

import marshal
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import accumulate
from typing import Any, BinaryIO, Final, NamedTuple, TypeVar

T = TypeVar("T")
R = TypeVar("R")

Tell = Callable[[str, int, int], None]
"""Called with the progress of a long work: what was done, to how many, of how many."""

_CHUNKS_A_WORKER: Final = 16  # several, so that a slow chunk holds up little
_MANY: Final = 8  # items for each worker: the first of so many can be done before the forks without much loss
_TICKET: Final = 2  # bytes
_MOST_TICKETS: Final = 2_048  # even the smallest pipe holds them all


class _Fork(NamedTuple):
    pid: int
    answer: BinaryIO


def silent(_done: str, _count: int, _total: int) -> None:
    """A `Tell` that does nothing."""


def _no_matter(_index: int) -> None:
    pass


def _pickled(result: Any) -> bytes:
    import pickle  # noqa: PLC0415 - a small run does without

    return pickle.dumps(result)


def _unpickled(packed: bytes) -> Any:
    import pickle  # noqa: PLC0415 - as above

    return pickle.loads(packed)  # noqa: S301 - written by our own fork


def map_in_order(
    function: Callable[[T], R],
    items: Sequence[T],
    *,
    workers: int,
    pack: Callable[[R], bytes] = _pickled,
    unpack: Callable[[bytes], R] = _unpickled,
    begin: Callable[[int], None] = _no_matter,
) -> list[R]:
    """The result of the function for each item, in the order of the items.

    The other workers are forks of this process: they see everything as it is now, and send back their results as the
    bytes that `pack` makes. If there are many items, the first is done before the forks start, so that what it leaves
    behind, such as imports and indices, is not made again in each. If the system cannot fork, or a fork dies, the work
    is done here. `begin` is called with the index of every item that this process begins; all the items before it have
    been begun by then.
    """

    def work(index: int) -> R:
        begin(index)
        return function(items[index])

    # Every worker draws the index of its next item from one pipe; a fast worker draws more.
    if workers < 2 or not 1 < len(items) <= _MOST_TICKETS or not hasattr(os, "fork") or sys.platform == "darwin":
        return [work(index) for index in range(len(items))]
    done = {0: work(0)} if len(items) >= workers * _MANY else {}
    tickets, issued = os.pipe()
    os.write(issued, b"".join(index.to_bytes(_TICKET, "big") for index in range(len(done), len(items))))
    os.close(issued)

    def drawn() -> Iterator[int]:
        while ticket := os.read(tickets, _TICKET):
            yield int.from_bytes(ticket, "big")

    def share() -> list[tuple[int, bytes]]:
        return [(index, pack(function(items[index]))) for index in drawn()]

    forks: list[_Fork] = []
    try:
        with suppress(OSError):  # the system allows no more processes
            for _ in range(workers - 1):
                forks.append(_fork(share, forks))
        done.update((index, work(index)) for index in drawn())
        answers = [answer for fork in forks for answer in _answer(fork)]
    except BaseException:
        for fork in forks:
            _end(fork)
        raise
    finally:
        os.close(tickets)
    done.update((index, unpack(packed)) for index, packed in answers)
    return [done[index] if index in done else function(items[index]) for index in range(len(items))]


def _fork(work: Callable[[], list[tuple[int, bytes]]], others: Sequence[_Fork]) -> _Fork:
    """A fork that does the work, sends its answer and exits; it exits early if this process ends, however it ends."""
    parent = os.getpid()
    receiver, sender = os.pipe()
    try:
        pid = os.fork()
    except OSError:
        os.close(receiver)
        os.close(sender)
        raise
    if pid:
        os.close(sender)
        return _Fork(pid, open(receiver, "rb"))
    try:
        # Exit silently when interrupted: the parent reports, and waits for its forks before it ends.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        _let_go((receiver, *(fork.answer.fileno() for fork in others)))
        with _ending_with_the_reader(sender):
            # The parent may have ended before the signal was set up.
            answer = marshal.dumps(work() if os.getppid() == parent else [])
        with open(sender, "wb") as stream:
            stream.write(answer)
    finally:
        os._exit(0)


def _let_go(readers: Iterable[int]) -> None:
    """Close the parent's pipes and standard streams: who waits for its output to end waits for the parent alone."""
    for reader in readers:
        os.close(reader)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)


@contextmanager
def _ending_with_the_reader(sender: int) -> Iterator[None]:
    """Within, SIGIO ends the process when the last reader of the pipe is gone, for example because it was killed."""
    import fcntl  # noqa: PLC0415 - platforms without fork lack it

    signal.signal(signal.SIGIO, signal.SIG_DFL)
    flags = fcntl.fcntl(sender, fcntl.F_GETFL)
    fcntl.fcntl(sender, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(sender, fcntl.F_SETFL, flags | os.O_ASYNC)
    yield
    fcntl.fcntl(sender, fcntl.F_SETFL, flags)  # a reader that empties the pipe would cause the same signal


def _answer(fork: _Fork) -> list[tuple[int, bytes]]:
    """The answer of a fork; empty if it died before it was done."""
    with fork.answer as stream:
        sent = stream.read()
    os.waitpid(fork.pid, 0)
    try:
        answer: list[tuple[int, bytes]] = marshal.loads(sent)  # noqa: S302 - written by our own fork
    except (EOFError, ValueError, TypeError):
        return []
    return answer


def _end(fork: _Fork) -> None:
    fork.answer.close()
    # A reaped pid may already belong to another process.
    with suppress(ChildProcessError):
        if os.waitpid(fork.pid, os.WNOHANG) == (0, 0):
            os.kill(fork.pid, signal.SIGKILL)
            os.waitpid(fork.pid, 0)


def begins(done: str, chunks: Sequence[Sequence[T]], tell: Tell) -> Callable[[int], None]:
    """A `begin` for work on chunks: it tells how many items lie before the chunk, of how many in all."""
    before = [0, *accumulate(map(len, chunks))]
    return lambda index: tell(done, before[index], before[-1])


def chunked(items: Sequence[T], sizes: Sequence[int], workers: int) -> list[Sequence[T]]:
    """The items in order, cut into several runs of about equal size for each worker."""
    target = sum(sizes) // min(workers * _CHUNKS_A_WORKER, _MOST_TICKETS - 1) + 1
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
