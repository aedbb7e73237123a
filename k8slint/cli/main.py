"""The program: commands, and how it ends."""

from __future__ import annotations

import gc
import os
import sys
from typing import NoReturn

from k8slint.usage import UsageError

INTERRUPTED = 130


def main() -> NoReturn:
    """Run the command that argv names, and exit: 0 clean, 1 findings, 2 could not do the work, 130 interrupted."""
    # A run makes millions of objects and no cycles worth collecting; the collector would walk them over and over.
    gc.disable()
    from k8slint.cli.commands import app  # noqa: PLC0415 - after the collector is off, the import is faster too

    try:
        app()
    except UsageError as error:
        print(f"k8slint: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # The reader has gone, as `head` does; nothing more can be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    sys.exit(0)
