"""What a level, or one control, forbids of a pod."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from k8slint.apiserver.admission.pod_security.breaches import Breach
from k8slint.apiserver.admission.pod_security.controls import CONTROLS
from k8slint.apiserver.validation.field import Field


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
