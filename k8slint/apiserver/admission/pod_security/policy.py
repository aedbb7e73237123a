"""What a namespace enforces, as its labels say, and what they may say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from k8slint.apiserver.validation.field import Field
from k8slint.values.nearest import nearest
from k8slint.values.placeholder import has_placeholder
from k8slint.values.regex import regex

_PREFIX: Final = "pod-security.kubernetes.io/"
ENFORCE: Final = f"{_PREFIX}enforce"
_LEVELS: Final = ("privileged", "baseline", "restricted")
# The server refuses a number that does not fit into 64 bits.
_VERSION_FORM: Final = regex(r"v1\.(0|[1-9][0-9]{0,17})")
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
    level, version = labels.get(ENFORCE), labels.get(f"{ENFORCE}-version", _LATEST)
    if level not in _LEVELS or has_placeholder(version):
        return None
    if version != _LATEST and not _VERSION_FORM.fullmatch(version):
        return None
    return Policy(level, version)


def namespace_labels(labels: Field) -> None:
    """The labels by which a Namespace says what it enforces, audits and warns of.

    Mirrors: pod-security-admission admission/admission.go ValidateNamespace @ v1.37
    """
    for mode in ("enforce", "audit", "warn"):
        level, version = labels[f"{_PREFIX}{mode}"], labels[f"{_PREFIX}{mode}-version"]
        if level.value.__class__ is str and level.value not in _LEVELS:
            near = nearest(level.value, _LEVELS)
            level.invalid(f"must be one of {', '.join(_LEVELS)}", fix=f'write "{near}"' if near else "")
        if version.value.__class__ is str and version.value != _LATEST and not _VERSION_FORM.fullmatch(version.value):
            version.invalid('must be "latest" or "v1.x"')
