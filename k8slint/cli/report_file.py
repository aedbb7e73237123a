"""A report written into a file: the file holds the whole report, or what it held before."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import Final

from k8slint.loading.repository import is_within, repository_root
from k8slint.usage import UsageError, reason

_NEW: Final = 0o666  # as for any new file; the umask takes away from it


def write_report(name: str, text: str) -> None:
    """Write the text as a new file in the place of the old one; a device or a pipe is written to.

    A link is followed, but not out of the repository: a checkout may bring links that nobody has looked at.

    Raises:
        UsageError: for a file that cannot be written, and for a link out of the repository.
    """
    try:
        if _is_stream(name):
            with open(name, "a", encoding="utf-8") as stream:
                stream.write(text)
        else:
            _replace(_target(name), text.encode("utf-8"))
    except OSError as error:
        raise UsageError(f"{name}: {reason(error)}") from None


def _is_stream(name: str) -> bool:
    # /dev/stdout leads to a file if the shell has redirected it, and that file is not ours to replace.
    return name.startswith("/dev/") or (os.path.exists(name) and not os.path.isfile(name))


def _target(name: str) -> str:
    """The real path of the file that a name leads to."""
    file = os.path.realpath(name)
    if os.path.islink(name):
        root = repository_root(os.path.realpath(os.path.dirname(name) or "."))
        if not is_within(root, file):
            raise UsageError(f"{name}: a link to outside {root}; name the file itself")
    return file


def _replace(file: str, content: bytes) -> None:
    """Put a new file in the place of the old one, with the mode of the old one if there was one."""
    # The name is random, so that nobody can have put a link there.
    temporary = f"{file}.{os.urandom(8).hex()}.tmp"
    made = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), _NEW)
    try:
        with open(made, "wb") as stream:
            with suppress(FileNotFoundError):
                os.chmod(temporary, stat.S_IMODE(os.stat(file).st_mode))
            stream.write(content)
        os.replace(temporary, file)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
