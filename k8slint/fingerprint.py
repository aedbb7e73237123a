"""What makes a finding the same finding after lines have moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256

from k8slint.finding import Finding, repository_path


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
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
