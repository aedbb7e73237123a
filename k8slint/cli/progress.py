"""The progress of a long run, on one line of a terminal that is cleared in the end."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import Final, TextIO

_PATIENCE: Final = 1.0  # seconds
_PAUSE: Final = 0.1


class Progress:
    """Shows the progress of a run that takes longer than a second, no more often than can be read."""

    def __init__(self, stream: TextIO, now: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._now = now
        self._due = now() + _PATIENCE
        self._shown = ""

    def __call__(self, done: str, count: int, total: int) -> None:
        """Show the progress, if enough time has passed."""
        now = self._now()
        if now >= self._due:
            self._due = now + _PAUSE
            self._show(f"k8slint: {done} {count:,} of {total:,} files")

    def clear(self) -> None:
        """Clear the line."""
        if self._shown:
            self._show("")
            self._stream.write("\r")
            self._stream.flush()

    def _show(self, text: str) -> None:
        self._stream.write(f"\r{text:<{len(self._shown)}}")
        self._stream.flush()
        self._shown = text


def is_watched() -> bool:
    """Whether standard error is a terminal that can rewrite a line, and no CI log."""
    environment = os.environ
    return sys.stderr.isatty() and environment.get("TERM") != "dumb" and not environment.get("CI")
