"""Fingerprints of findings, which stay the same when lines move or the file is reached by another path."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import PurePath

from k8slint.finding import Finding


def fingerprints(findings: Iterable[Finding], root: str) -> Iterator[str]:
    """For each finding, 32 hex digits that no other of the findings has.

    They depend neither on lines nor on the path by which a file within the root was reached. Findings that are alike in
    rule, file, object, field and message are told apart by their order.
    """
    seen: Counter[str] = Counter()
    for finding in findings:
        obj = finding.object
        owner = (obj.api_version, obj.kind, obj.namespace, obj.name) if obj is not None else ()
        file = repository_path(finding.location.file, root)
        same = digest(finding.rule, file, *owner, finding.field_path, finding.message)
        seen[same] += 1
        yield same if seen[same] == 1 else digest(f"{same} {seen[same]}")


def digest(*parts: str) -> str:
    """A hash of the parts, as 32 hex digits."""
    from hashlib import sha256  # noqa: PLC0415 - most formats print no fingerprints

    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def repository_path(file: str, root: str) -> str:
    """The path of a file relative to the root, with slashes; `file` is relative to the working directory.

    A file outside the root has its absolute path. If the root is empty, the path stays as it is, with slashes.
    """
    return _from_root(file, root, os.getcwd()) if root else PurePath(file).as_posix()


@lru_cache(maxsize=1024)
def _from_root(file: str, root: str, folder: str) -> str:
    absolute = PurePath(os.path.normpath(os.path.join(folder, file)))
    return (absolute.relative_to(root) if absolute.is_relative_to(root) else absolute).as_posix()
