"""What a namespace enforces, and what that forbids of a pod."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from k8slint.apiserver.admission.pod_security.breaches import Breach
from k8slint.apiserver.admission.pod_security.controls import CONTROLS
from k8slint.apiserver.validation.field import Field
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


class Violation(NamedTuple):
    """The breaches of one control, and what the server says of them: `hostPath volumes (volume "data")`."""

    breaches: tuple[Breach, ...]
    said: str


def violations(pod: Field, level: str, minor: int) -> Iterator[Violation]:
    """What a level of a minor forbids of a pod, in the order of the server.

    Mirrors: pod-security-admission policy/registry.go EvaluatePod, populate @ v1.37
    """
    if level == "privileged":
        return
    judged = [control for control in CONTROLS.values() if level == "restricted" or not control.is_restricted]
    checks = [(control, check) for control in judged if (check := control.at(minor)) is not None]
    replaced = {control.replaces for control, _ in checks}
    for control, check in checks:
        breaches = tuple(check.find(pod)) if control.id not in replaced else ()
        if breaches:
            yield Violation(breaches, check.says(breaches))


def violations_of(control: str, pod: Field, minor: int) -> Iterator[Violation]:
    """What a control forbids of a pod, each breach by itself.

    In minors that do not have the control yet, the one that it later replaces stands for it.
    """
    check = CONTROLS[control].at(minor)
    if check is None and CONTROLS[control].replaces:
        check = CONTROLS[CONTROLS[control].replaces].at(minor)
    if check is not None:
        for breach in check.find(pod):
            yield Violation((breach,), check.says((breach,)))
