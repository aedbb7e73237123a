"""Container image references."""

from __future__ import annotations

from typing import NamedTuple

from k8slint.values.regex import regex

_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_REPOSITORY = regex(rf"{_PART}(?:/{_PART})*")


class Image(NamedTuple):
    """The parts of an image reference; an absent part is empty.

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
        """Split any text into the parts of an image reference.

        The text before the first slash is a registry if it has a dot, a colon or a capital, or is `localhost`. Only a
        colon after the last slash starts the tag.

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
        """Whether a container runtime accepts the name of the repository, which can have no capital and no space.

        >>> Image.parse("team/app").has_valid_repository, Image.parse("YOUR_IMAGE").has_valid_repository
        (True, False)
        """
        return _REPOSITORY.fullmatch(self.repository) is not None
