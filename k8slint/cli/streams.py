"""What the commands share: settings, standard input, output and error."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from k8slint.usage import UsageError, blamed_on

if TYPE_CHECKING:
    from k8slint.config import Config
    from k8slint.loading.document import Document


def config_for(file: str, paths: Sequence[str]) -> Config:
    """The settings of the file, else the nearest ones above all the paths; those of the environment override both."""
    from k8slint.config import config_for as of_files

    named = file or os.environ.get("K8SLINT_CONFIG", "")
    with blamed_on("" if file or not named else "K8SLINT_CONFIG"):
        settings = of_files(named, paths)
    if not any(name.startswith("K8SLINT_") for name in os.environ):
        return settings
    from k8slint.cli.environment import with_variables

    return with_variables(settings)


def read_stdin(*, limited: bool = True) -> bytes:
    """All of standard input; if `limited`, at most one byte more than a file may have."""
    from k8slint.loading.text import MAX_BYTES

    if sys.stdin is None:
        raise UsageError("standard input is closed")
    return sys.stdin.buffer.read(MAX_BYTES + 1 if limited else -1)


def read_documents(file: str) -> tuple[Document, ...]:
    """The documents of a file that a flag names.

    Raises:
        UsageError: if it cannot be read as a whole.
    """
    from k8slint.loading.document import refuse_problems
    from k8slint.loading.files import load_file

    documents = load_file(file).documents
    for document in documents:
        refuse_problems(document.problems, document.source)
    return documents


def write_stdout(text: str) -> None:
    """Write a report to standard output, as UTF-8."""
    if sys.stdout is None:
        raise UsageError("standard output is closed")
    sys.stdout.buffer.write(text.encode("utf-8"))
    sys.stdout.buffer.flush()


def complain(text: str) -> None:
    """Print a message to standard error."""
    from k8slint.report.escape import visible

    print(f"k8slint: {visible(text)}", file=sys.stderr)


def wants_color(said: bool | None = None) -> bool:
    """Whether standard output should have colours: as said, else as the environment says, else if a terminal has them.

    The first variable that is set counts, of no-color.org, then force-color.org and bixense.com/clicolors.
    """
    if said is not None:
        return said
    environment = os.environ
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR") or environment.get("CLICOLOR_FORCE", "0") not in ("", "0"):
        return True
    return _is_terminal() and environment.get("CLICOLOR") != "0" and environment.get("TERM") != "dumb"


def width() -> int | None:
    """The width of the terminal in cells, or None if standard output is no terminal."""
    if not _is_terminal():
        return None
    from shutil import get_terminal_size

    return get_terminal_size().columns


def draws_blocks() -> bool:
    """Whether the encoding of standard output has blocks, ticks and dots."""
    try:
        "█░✓✗…".encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _is_terminal() -> bool:
    return sys.stdout is not None and sys.stdout.isatty()
