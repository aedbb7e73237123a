"""What a namespace enforces, as its labels say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from k8slint.values.placeholder import has_placeholder
from k8slint.values.regex import regex

ENFORCE: Final = "pod-security.kubernetes.io/enforce"
_VERSION: Final = "pod-security.kubernetes.io/enforce-version"
_VERSION_FORM: Final = regex(r"v1\.(0|[1-9][0-9]*)")
_LATEST: Final = "latest"


class Policy(NamedTuple):
    """What a namespace enforces, as its labels say: `restricted:v1.31`."""

    level: str
    version: str

    def __str__(self) -> str:
        return f"{self.level}:{self.version}"

    def minor(self, newest: int) -> int:
        """The minor whose checks are made by a server that knows those up to the newest."""
        return newest if self.version == _LATEST else min(newest, int(self.version.partition(".")[2]))


def policy_of(labels: Mapping[str, str]) -> Policy | None:
    """What the labels of a Namespace enforce; None if no level is written, or a label is not one the server takes.

    Mirrors: pod-security-admission api/helpers.go PolicyToEvaluate @ v1.37
    """
    level, version = labels.get(ENFORCE), labels.get(_VERSION, _LATEST)
    if level not in ("privileged", "baseline", "restricted") or has_placeholder(version):
        return None
    if version != _LATEST and not _VERSION_FORM.fullmatch(version):
        return None
    return Policy(level, version)
