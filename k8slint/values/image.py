"""Container image references."""

from __future__ import annotations

from typing import NamedTuple

from k8slint.values.regex import regex

_DIGEST = regex(r"[A-Za-z][A-Za-z0-9+.-]*:[0-9a-fA-F]{32,}")
_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_REPOSITORY = regex(rf"{_PART}(?:/{_PART})*")


class Image(NamedTuple):
    """An image reference in its parts; absent parts are empty.

    >>> Image.parse("registry:5000/team/app")
    Image(registry='registry:5000', repository='team/app', tag='', digest='')
    >>> Image.parse("nginx:1.27@sha256:" + "0" * 64).tag
    '1.27'
    """

    registry: str
    repository: str
    tag: str
    digest: str

    @classmethod
    def parse(cls, text: str) -> Image:
        """The parts of any text; a colon before a slash belongs to the registry's port.

        A first part with a dot, a colon or a capital is a registry, as is `localhost`.

        Mirrors: distribution/reference normalize.go splitDockerDomain @ v0.6
        """
        rest, _, digest = text.partition("@")
        head, slash, last = rest.rpartition("/")
        last, _, tag = last.partition(":")
        name = f"{head}{slash}{last}"
        first, slash, path = name.partition("/")
        if slash and ("." in first or ":" in first or first == "localhost" or first != first.lower()):
            return cls(first, path, tag, digest)
        return cls("", name, tag, digest)

    @property
    def has_valid_repository(self) -> bool:
        """Whether a container runtime takes the repository's name; a capital or a space makes it no name.

        >>> Image.parse("team/app").has_valid_repository, Image.parse("YOUR_IMAGE").has_valid_repository
        (True, False)
        """
        return _REPOSITORY.fullmatch(self.repository) is not None
