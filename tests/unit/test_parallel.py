from __future__ import annotations

import os
import select
import signal
import subprocess
import sys

import pytest

from k8slint.parallel import chunked, map_in_order


@pytest.mark.parametrize("workers", [1, 2, 3, 8])
@pytest.mark.parametrize("count", [0, 1, 2, 7, 300, 3_000])
def test_results_come_in_the_order_of_the_items(workers, count):
    assert map_in_order(lambda item: (item, item * item), range(count), workers=workers) == [
        (item, item * item) for item in range(count)
    ]


def test_others_do_some_of_the_work():
    assert len(set(map_in_order(lambda _: _pid_after_a_while(), range(40), workers=2))) == 2


def test_of_many_items_the_first_is_done_before_others_work_who_have_what_it_made():
    made = {}
    makers = map_in_order(lambda _: made.setdefault("by", _pid_after_a_while()), range(60), workers=3)
    assert set(makers) == {os.getpid()}
    # Of few, each may be half of the work.
    made.clear()
    assert len(set(map_in_order(lambda _: made.setdefault("by", _pid_after_a_while()), range(4), workers=4))) > 1


def _pid_after_a_while():
    sum(range(200_000))
    return os.getpid()


def test_the_work_of_a_fork_that_dies_is_done_here():
    parent = os.getpid()

    def deadly(item):
        if os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        return item

    assert map_in_order(deadly, range(50), workers=3) == list(range(50))


def test_an_error_in_a_fork_is_raised_here(capfd):
    def broken(item):
        raise LookupError(item)

    with pytest.raises(LookupError):
        map_in_order(broken, range(50), workers=2)
    assert capfd.readouterr() == ("", "")


def test_without_processes_to_be_had_the_work_is_done_here(monkeypatch):
    def refuse():
        raise BlockingIOError

    monkeypatch.setattr(os, "fork", refuse)
    assert map_in_order(str, range(50), workers=3) == [str(item) for item in range(50)]


def test_large_results_come_through():
    results = map_in_order(lambda item: bytes([item]) * 1_000_000, range(20), workers=2)
    assert [(len(result), result[0]) for result in results] == [(1_000_000, item) for item in range(20)]


def test_no_process_is_left_behind():
    map_in_order(str, range(50), workers=4)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


ENDLESS = """
import os, signal, sys
from k8slint.parallel import map_in_order

alive, parent = int(sys.argv[1]), os.getpid()


def work(item):
    if os.getpid() == parent:
        if item:
            signal.pause()  # or it would draw all the work before the last fork has begun
        return item
    os.write(alive, b".")
    while True:
        pass


map_in_order(work, range(2_000), workers=4)
"""


@pytest.mark.parametrize("ending", ["SIGTERM", "SIGHUP", "SIGQUIT", "SIGKILL"])
def test_no_fork_outlives_its_parent(ending):
    watched, alive = os.pipe()
    parent = subprocess.Popen([sys.executable, "-c", ENDLESS, str(alive)], pass_fds=[alive])
    os.close(alive)
    with open(watched, "rb", buffering=0) as stream:
        for _ in range(3):  # each of the forks is at work
            assert stream.read(1) == b"."
        parent.send_signal(getattr(signal, ending))
        assert parent.wait() == -getattr(signal, ending)
        # The pipe ends when the last of those who hold it is gone; what does not end is a failure, not a wait.
        assert select.select([stream], [], [], 60)[0]
        assert stream.read(1) == b""


@pytest.mark.parametrize("workers", [2, 8, 500])
def test_chunks_hold_every_item_in_order_and_are_few_enough_to_be_shared(workers):
    items = list(range(20_000))
    chunks = chunked(items, [1] * len(items), workers)
    assert [item for chunk in chunks for item in chunk] == items
    assert workers < len(chunks) <= 2_048
