"""Addresses: what kustomize would fetch over the network. Nothing is fetched here."""

from __future__ import annotations

import re
from typing import Final

from k8slint.values.regex import regex

_FILE: Final = regex(r"https?:", re.IGNORECASE)
_GIT: Final = regex(
    r"(?:git::)?(?:(?:ssh|https?)://[^/]+/|file://|github\.com[/:]|[a-z][a-z0-9-]*@[^/:]+[/:])[^?]*[^/?:]",
    re.IGNORECASE,
)


def is_remote_file(path: str) -> bool:
    """Whether kustomize takes a path for the address of a file.

    Mirrors: sigs.k8s.io/kustomize/api internal/loader/fileloader.go IsRemoteFile @ v0.21.1
    """
    return _FILE.match(path) is not None


def is_remote(path: str) -> bool:
    """Whether kustomize takes a path for the address of a file or of a folder in a repository.

    >>> is_remote("github.com/org/repo//base?ref=v1"), is_remote("git@example.org:org/repo"), is_remote("../base")
    (True, True, False)

    Mirrors: sigs.k8s.io/kustomize/api internal/git/repospec.go NewRepoSpecFromURL @ v0.21.1
    """
    if path.startswith("/"):
        return False
    return is_remote_file(path) or _GIT.match(path) is not None
