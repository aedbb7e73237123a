from __future__ import annotations

import io

import pytest

from k8slint.cli.progress import Progress, is_watched


@pytest.fixture
def clock():
    """A clock that stands still until a test turns it, and the stream of a progress that goes by it."""

    class Clock:
        time = 0.0
        stream = io.StringIO()

    clock = Clock()
    clock.stream = io.StringIO()
    clock.progress = Progress(clock.stream, lambda: clock.time)
    return clock


def test_a_short_run_says_nothing(clock):
    clock.time = 0.9
    clock.progress("read", 5, 10)
    clock.progress.clear()
    assert clock.stream.getvalue() == ""


def test_a_long_run_is_told_on_one_line_that_is_wiped_out(clock):
    for time, done, count in ((1.0, "read", 1000), (1.01, "read", 1001), (1.2, "judged", 5)):
        clock.time = time
        clock.progress(done, count, 2000)
    clock.progress.clear()
    first, second = "k8slint: read 1,000 of 2,000 files", "k8slint: judged 5 of 2,000 files"
    assert clock.stream.getvalue() == f"\r{first}\r{second.ljust(len(first))}\r{' ' * len(second)}\r"


@pytest.mark.parametrize(
    ("environment", "is_terminal", "watched"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"CI": "true"}, True, False),
        ({"TERM": "dumb"}, True, False),
    ],
)
def test_only_a_person_at_a_terminal_sees_it(monkeypatch, environment, is_terminal, watched):
    for name in ("CI", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stderr.isatty", lambda: is_terminal, raising=False)
    assert is_watched() is watched
