"""The program: it runs the command of its command line, and ends its process."""

from __future__ import annotations

import gc
import io
import os
import signal
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Any, NoReturn

from k8slint.usage import UsageError, reason

INTERRUPTED = 130
BROKEN = 3
_LONGEST = 600
_TOO_LITTLE = b"k8slint: not enough memory; allow more, or check fewer files at a time\n"


def run() -> NoReturn:
    """Run the program and end its process without cleaning up: to free all that was read would only take time."""
    if not sys.flags.dev_mode:
        sys.excepthook = _broken
    try:
        main()
    except MemoryError:
        # There is no memory to print in any other way, or to exit in one.
        os.write(2, _TOO_LITTLE)
        os._exit(2)
    except SystemExit as ended:
        try:
            for stream in (sys.stdout, sys.stderr):
                if stream is not None:
                    stream.flush()
        except (OSError, ValueError):
            raise ended from None  # Python ends the process the slow way, and prints why the output failed
        if isinstance(ended.code, int):
            os._exit(ended.code)
        raise


def main() -> NoReturn:
    """Run the command that argv names, and exit: 0 clean, 1 findings, 2 could not do the work, 130 interrupted."""
    # A run makes millions of objects and no cycles worth collecting; the collector would walk them over and over.
    gc.disable()
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupted)
    _open_streams()
    code = 0
    try:
        code = _called(sys.argv[1:])
    except UsageError as error:
        _complain(str(error))
    except BrokenPipeError:
        # The reader closed the pipe, as `head` does: nothing more can be printed.
        _discard_output()
        sys.exit(1)
    except OSError as error:
        _discard_output()
        # Only the look-up of the working directory fails without the name of a file.
        is_gone = isinstance(error, FileNotFoundError) and error.filename is None
        _complain(
            "the working directory is gone" if is_gone else f"{error.filename or 'standard output'}: {reason(error)}"
        )
    sys.exit(code)


def _called(words: Sequence[str]) -> int:
    from k8slint.cli.words import asked_by  # after the collector is off, the import is faster too

    asked = asked_by(words)
    if asked is not None:
        from k8slint.cli.check import check

        return check(asked)
    from k8slint.cli.calling import call  # typer, which it imports, takes as long as to check a file
    from k8slint.cli.commands import app_for

    return call(app_for, words)


def _interrupted(*_: Any) -> NoReturn:
    # typer would turn KeyboardInterrupt into its own exit; workers would print a traceback.
    sys.exit(INTERRUPTED)


def _broken(kind: type[BaseException], _error: BaseException, trace: TracebackType | None) -> NoReturn:
    """Report a bug of the program in one line: its type and place, for the error's text may be a value of a Secret.

    Exit with 3: Python's own 1 would be taken for findings.
    """
    try:
        from k8slint import __version__

        where = ""
        while trace is not None:
            code = trace.tb_frame.f_code
            if f"{os.sep}k8slint{os.sep}" in code.co_filename:
                where = f" in {code.co_qualname}, {os.path.basename(code.co_filename)}:{trace.tb_lineno}"
            trace = trace.tb_next
        say = f"k8slint: internal error: {kind.__name__}{where}, k8slint {__version__}"
        print(f"{say}; please report it with what was checked (python -X dev -m k8slint tells more)", file=sys.stderr)
        sys.stderr.flush()
    finally:
        # Even if nothing can be printed any more.
        os._exit(BROKEN)


def _open_streams() -> None:
    """Let a closed standard error swallow messages; let standard output escape what its encoding cannot write."""
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - as long as the process
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _discard_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _complain(text: str) -> NoReturn:
    from k8slint.report.escape import visible

    line = visible(text)
    # Settings are no more trusted than the rest of a repository: a word in them may be a megabyte.
    print(f"k8slint: {line if len(line) <= _LONGEST else line[:_LONGEST] + '...'}", file=sys.stderr)
    sys.exit(2)
