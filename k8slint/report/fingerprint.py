"""What makes a finding the same finding after lines have moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256

from k8slint.finding import Finding


def fingerprints(findings: Iterable[Finding]) -> Iterator[str]:
    """For each finding, 32 hex digits that no other finding has and that do not depend on lines.

    Of findings alike in rule, file, object, field and message, the order tells them apart.
    """
    seen: Counter[str] = Counter()
    for finding in findings:
        digest = _digest(finding)
        seen[digest] += 1
        yield digest if seen[digest] == 1 else _hex(f"{digest} {seen[digest]}")


def _digest(finding: Finding) -> str:
    obj = finding.object
    owner = (obj.api_version, obj.kind, obj.namespace, obj.name) if obj is not None else ()
    return _hex("\0".join((finding.rule, finding.location.file, *owner, finding.field_path, finding.message)))


def _hex(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
