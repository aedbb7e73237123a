"""Opens files that others name: only regular ones, so that no pipe hangs a run and no device fills the memory."""

from __future__ import annotations

import errno
import os
import stat
from typing import Final

# People write settings, rules and lists of patterns by hand, and nobody writes more.
SMALL: Final = 1024 * 1024
# The names that a shell gives to another program's output, as in `--cluster <(kubectl get nodes -o yaml)`.
_STREAMS: Final = ("/dev/fd/", "/proc/self/fd/")
_CHUNK: Final = 1024 * 1024
# Without these flags, opening a pipe would wait for a writer, and a terminal could become that of this process.
_FLAGS: Final = os.O_RDONLY | sum(getattr(os, f"O_{name}", 0) for name in ("NONBLOCK", "NOCTTY", "CLOEXEC", "BINARY"))
_KINDS: Final = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFDIR: "a folder",
}


def is_stream(name: str) -> bool:
    """Whether a name stands for a stream that the shell has opened; only a command line can name one."""
    return name.startswith(_STREAMS)


def kind_of(mode: int) -> str:
    """The kind of what is no regular file, such as `a pipe`; empty for a regular file."""
    return "" if stat.S_ISREG(mode) else _KINDS.get(stat.S_IFMT(mode), "no file")


def read_file(name: str, most: int, *, follows: bool = True) -> bytes:
    """The bytes of a regular file or of a stream of the shell; of a longer one, the first `most` and one more.

    Raises:
        OSError: if the file cannot be read or is not regular, or is a link and `follows` is false.
        ValueError: for a name that no file can have.
    """
    if is_stream(name):
        with open(name, "rb") as stream:
            return stream.read(most + 1)
    descriptor = _open(name, _FLAGS if follows else _FLAGS | getattr(os, "O_NOFOLLOW", 0))
    try:
        # Ask the descriptor, because the name may mean another file by now.
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), name)
        if not stat.S_ISREG(status.st_mode):
            raise _irregular(kind_of(status.st_mode), name)
        # Asking for much more than the file holds takes several times as long.
        data = os.read(descriptor, min(status.st_size, most) + 1)
        return data if len(data) == status.st_size else data + _rest(descriptor, most + 1 - len(data))
    finally:
        os.close(descriptor)


def read_small(name: str, *, follows: bool = True) -> bytes:
    """The bytes of a regular file that people write by hand.

    Raises:
        OSError: as `read_file`, and for more than a MiB.
        ValueError: for a name that no file can have.
    """
    data = read_file(name, SMALL, follows=follows)
    if len(data) > SMALL:
        raise OSError(errno.EFBIG, "larger than a megabyte", name)
    return data


def _open(name: str, flags: int) -> int:
    try:
        return os.open(name, flags)
    except OSError as error:
        if error.errno == errno.ENXIO:
            raise _irregular("a socket", name) from None
        if error.errno == errno.ELOOP and flags != _FLAGS:
            raise _irregular("a link", name) from None
        raise


def _irregular(kind: str, name: str) -> OSError:
    return OSError(errno.EINVAL, f"{kind}, not a regular file", name)


def _rest(descriptor: int, most: int) -> bytes:
    """The rest of a file that grows, or whose size the system does not know; at most `most` bytes."""
    pieces = []
    while most > 0 and (piece := os.read(descriptor, min(most, _CHUNK))):
        pieces.append(piece)
        most -= len(piece)
    return b"".join(pieces)
