"""The files of a build: where they may lie, and what was read of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from copy import copy
from functools import partial
from typing import TYPE_CHECKING, Final

from k8slint.loading.block_reader import Known
from k8slint.loading.load import Loaded, load
from k8slint.loading.opening import read_file
from k8slint.loading.text import MAX_BYTES
from k8slint.rendering.origin import Origin
from k8slint.rendering.problems import About, Refused
from k8slint.rendering.reading import resources_of
from k8slint.rendering.remote import is_remote_file
from k8slint.rendering.resource import Resource
from k8slint.usage import reason
from k8slint.values.nearest import nearest

if TYPE_CHECKING:
    from k8slint.rendering.accumulation import Accumulation
    from k8slint.rendering.kustomization import Kustomization

Opener = Callable[[str], bytes]
"""What gives the bytes of a file by its absolute path, or raises OSError."""

_MOST_BYTES: Final = 4 * MAX_BYTES
_TOO_MUCH: Final = "more bytes than are read"
open_file: Final[Opener] = partial(read_file, most=MAX_BYTES)


class Remote(Exception):  # noqa: N818 - never leaves this package
    """A file or folder lies elsewhere, and is not read."""


class Files:
    """What the builds of one run read: each file is read once, and each folder built once.

    `shows_absolute` says how files are named in places: by their absolute path, or as seen from the working directory.
    """

    def __init__(self, opener: Opener = open_file, *, shows_absolute: bool = False) -> None:
        self.built: dict[tuple[str, ...], Accumulation] = {}
        self.kustomizations: dict[str, Kustomization] = {}
        self._opener = opener
        self._shows_absolute = shows_absolute
        self._here = os.path.realpath(os.curdir)
        self._bytes: dict[str, bytes | OSError] = {}
        self._loaded: dict[str, Loaded] = {}
        self._objects: dict[str, list[Resource]] = {}
        self._real: dict[tuple[str, str], str] = {}
        self._known = Known()
        self._size = 0

    def shown(self, path: str) -> str:
        """The name of a file or folder in places and messages."""
        return path if self._shows_absolute else os.path.relpath(path, self._here)

    def inside(self, root: str) -> str:
        """Where a path of a folder is looked for, in messages; empty for the working directory."""
        shown = self.shown(root)
        return "" if shown == os.curdir else f" in {shown}"

    def content(self, root: str, path: str, origin: Origin) -> tuple[str, bytes]:
        """The absolute path and the bytes of a file that a kustomization of the folder `root` names.

        Raises:
            Refused: if there is no such file, or it lies outside of the folder.
            Remote: for an address.

        Mirrors: sigs.k8s.io/kustomize/api internal/loader/fileloader.go FileLoader.Load,
            internal/loader/loadrestrictions.go RestrictionRootOnly @ v0.21.1
        """
        real = self.within(root, path, origin)
        found = self.bytes_of(real)
        if isinstance(found, OSError):
            about = About.LIMIT if found.strerror == _TOO_MUCH else About.BUILD
            raise Refused(f'cannot read "{path}": {reason(found)}', origin, about)
        return real, found

    def within(self, root: str, path: str, origin: Origin) -> str:
        """The absolute path of a file after all links are followed.

        Raises:
            Refused: if there is no such file, or it lies outside of the folder.
            Remote: for an address.
        """
        known = self._real.get((root, path))
        if known is not None:
            return known
        if is_remote_file(path):
            raise Remote(path)
        if not path or "\0" in path:
            raise Refused(f'"{path}" is no name of a file', origin)
        real = os.path.realpath(os.path.join(root, path))
        if not os.path.lexists(real):
            near = _near(real)
            hint = f'; did you mean "{os.path.join(os.path.dirname(path), near)}"?' if near else ""
            raise Refused(f'there is no file "{path}"{self.inside(root)}{hint}', origin, About.PATH, near)
        if os.path.isdir(real):
            raise Refused(f'"{path}" is a folder, where a file is expected', origin)
        if not is_below(root, os.path.dirname(real)):
            raise Refused(
                f'"{path}" is not in or below {self.shown(root)}: kustomize reads no files from elsewhere, '
                "only folders with a kustomization of their own",
                origin,
            )
        self._real[root, path] = real
        return real

    def bytes_of(self, real: str) -> bytes | OSError:
        """The bytes of a file, or why it cannot be read."""
        found = self._bytes.get(real)
        if found is None:
            try:
                found = self._opener(real)
            except OSError as error:
                found = error
            except ValueError as error:
                found = OSError(0, str(error), real)
            else:
                self._size += len(found)
                if len(found) > MAX_BYTES or self._size > _MOST_BYTES:
                    found = OSError(0, _TOO_MUCH, real)
            self._bytes[real] = found
        return found

    def objects(self, root: str, path: str, origin: Origin) -> list[Resource]:
        """The objects of a file that a kustomization of the folder `root` names, ready to be changed.

        Raises:
            Refused: as `content`, and for what is no object.
            Remote: for an address.
        """
        real, content = self.content(root, path, origin)
        found = self._objects.get(real)
        if found is None:
            found = self._objects[real] = resources_of(self.loaded(real, content))
        return [each.copy() for each in found]

    def documents(self, root: str, path: str, origin: Origin) -> Loaded:
        """The documents of a file that a kustomization of the folder `root` names.

        Raises:
            Refused: as `content`.
            Remote: for an address.
        """
        real, content = self.content(root, path, origin)
        return self.loaded(real, content)

    def loaded(self, real: str, content: bytes) -> Loaded:
        """The documents of a file that has been read."""
        found = self._loaded.get(real)
        if found is None:
            found = self._loaded[real] = load(self.shown(real), content, known=self._known)
        return found

    def with_kustomizations(self, known: Mapping[str, Kustomization]) -> Files:
        """The same files, but for kustomizations that are already known, by their folders."""
        other = copy(self)
        other.built, other.kustomizations = {}, dict(known)
        return other

    @property
    def read(self) -> tuple[str, ...]:
        """The absolute paths of the files that were read or looked for, in order."""
        return tuple(self._bytes)


def _near(path: str) -> str:
    """The name beside an absent file or folder that was probably meant; empty if there is none."""
    try:
        names = os.listdir(os.path.dirname(path))
    except OSError:
        return ""
    return nearest(os.path.basename(path), names) or ""


def is_below(root: str, path: str) -> bool:
    """Whether a path is the root or below it; both are absolute and without links."""
    return path == root or path.startswith(os.path.join(root, ""))
