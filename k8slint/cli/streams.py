"""What every command shares: its streams."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from k8slint.usage import UsageError

if TYPE_CHECKING:
    from k8slint.loading.document import Document


def read_stdin(*, limited: bool = True) -> bytes:
    """All of standard input; if `limited`, no more than one byte beyond what is read of a file."""
    from k8slint.loading.text import MAX_BYTES  # noqa: PLC0415 - imported when it runs

    if sys.stdin is None:
        raise UsageError("standard input is closed")
    return sys.stdin.buffer.read(MAX_BYTES + 1 if limited else -1)


def read_documents(file: str) -> tuple[Document, ...]:
    """The documents of a file that a flag names.

    Raises:
        UsageError: where it cannot be read as a whole.
    """
    from k8slint.loading.batch import load_file  # noqa: PLC0415 - imported when it runs

    documents = load_file(file).documents
    for document in documents:
        for problem in document.problems:
            line, _ = document.source.place(problem.span[0])
            raise UsageError(f"{file}:{line}: {problem.message}")
    return documents


def write_stdout(text: str) -> None:
    """Write a report."""
    if sys.stdout is None:
        raise UsageError("standard output is closed")
    sys.stdout.buffer.write(text.encode("utf-8"))
    sys.stdout.buffer.flush()


def complain(text: str) -> None:
    """Say something beside the report."""
    from k8slint.report.escape import visible  # noqa: PLC0415 - imported when it runs

    print(f"k8slint: {visible(text)}", file=sys.stderr)


def wants_color() -> bool:
    """Whether standard output is a terminal that should show colours."""
    return _is_terminal() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def width() -> int | None:
    """The width of the terminal; none where standard output is none."""
    from shutil import get_terminal_size  # noqa: PLC0415 - imported when it runs

    return get_terminal_size().columns if _is_terminal() else None


def draws_blocks() -> bool:
    """Whether standard output's encoding has more than letters: blocks, ticks and dots."""
    try:
        "█░✓✗…".encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _is_terminal() -> bool:
    return sys.stdout is not None and sys.stdout.isatty()
