"""What makes a finding the same finding after lines have moved, and from wherever its file was reached."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import PurePath

from k8slint.finding import Finding


def fingerprints(findings: Iterable[Finding], root: str) -> Iterator[str]:
    """For each finding, 32 hex digits that no other finding has and that do not depend on lines.

    Nor do they depend on how its file was reached, within the root. Of findings alike in rule, file, object, field and
    message, the order tells them apart.
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
    """32 hex digits of the parts."""
    from hashlib import sha256  # noqa: PLC0415 - most formats print no fingerprints

    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def repository_path(file: str, root: str) -> str:
    """The file, reached from the working directory, as the repository at the root names it: with slashes.

    A file outside of the root has its absolute path. Without a root the file stays as it is.
    """
    return _from_root(file, root, os.getcwd()) if root else PurePath(file).as_posix()


@lru_cache(maxsize=1024)
def _from_root(file: str, root: str, folder: str) -> str:
    absolute = PurePath(os.path.normpath(os.path.join(folder, file)))
    return (absolute.relative_to(root) if absolute.is_relative_to(root) else absolute).as_posix()
