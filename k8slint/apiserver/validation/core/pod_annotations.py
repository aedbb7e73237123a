"""Annotations of pods and pod templates that are fields by another name."""

from __future__ import annotations

import json
from typing import Any, Final

from k8slint.apiserver.validation.core.affinity import tolerations
from k8slint.apiserver.validation.core.pod_security import all_containers
from k8slint.apiserver.validation.field import Field
from k8slint.apiserver.validation.formats import local_descending_path
from k8slint.values.regex import regex

APP_ARMOR: Final = "container.apparmor.security.beta.kubernetes.io/"
SECCOMP_OF_POD: Final = "seccomp.security.alpha.kubernetes.io/pod"
SECCOMP_OF_CONTAINER: Final = "container.seccomp.security.alpha.kubernetes.io/"
_MIRROR: Final = "kubernetes.io/config.mirror"
_TOLERATIONS: Final = "scheduler.alpha.kubernetes.io/tolerations"
_DELETION_COST: Final = "controller.kubernetes.io/pod-deletion-cost"
_COST = regex(r"-[0-9]+|0|[1-9][0-9]*")
_LARGEST_COST: Final = 2**31
_LOCALHOST: Final = "localhost/"
_DEFAULT: Final = "runtime/default"
_DOCKER_DEFAULT: Final = "docker/default"
_UNCONFINED: Final = "unconfined"


def pod_annotations(annotations: Field, spec: Field) -> None:
    """The annotations of a pod that the server reads.

    Mirrors: pkg/apis/core/validation/validation.go ValidatePodSpecificAnnotations @ v1.37
    """
    if annotations.value.__class__ is not dict:
        return
    written = {key: field for key, field in annotations.entries() if field.value.__class__ is str}
    if _MIRROR in written and not spec["nodeName"]:
        written[_MIRROR].invalid("must set spec.nodeName if mirror pod annotation is set", fix="remove it")
    if written.get(_TOLERATIONS):
        _tolerations(written[_TOLERATIONS], annotations)
    if _DELETION_COST in written:
        _cost(written[_DELETION_COST])
    for key, field in sorted(written.items()):
        if key == SECCOMP_OF_POD or key.startswith(SECCOMP_OF_CONTAINER):
            _seccomp(field)
    for key, field in sorted(written.items()):
        if key.startswith(APP_ARMOR):
            _app_armor(field, key.removeprefix(APP_ARMOR), spec)


def _tolerations(field: Field, annotations: Field) -> None:
    try:
        found = json.loads(field.value)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        annotations.invalid("must be a list of tolerations as JSON", _TOLERATIONS, at=(_TOLERATIONS,))
    else:
        tolerations(Field(found, annotations.run, annotations, _TOLERATIONS))


def _cost(field: Field) -> None:
    # The length comes first: Python refuses to read thousands of digits.
    is_small = len(field.value) < 12 and _COST.fullmatch(field.value) is not None
    if not is_small or not -_LARGEST_COST <= int(field.value) < _LARGEST_COST:
        field.invalid("must be a 32bit integer")


def _seccomp(field: Field) -> None:
    """Mirrors: pkg/apis/core/validation/validation.go ValidateSeccompProfile @ v1.37."""
    profile = field.value
    if profile.startswith(_LOCALHOST):
        for fault in local_descending_path.faults(profile.removeprefix(_LOCALHOST)):
            field.invalid(fault, profile.removeprefix(_LOCALHOST))
    elif profile not in (_DEFAULT, _DOCKER_DEFAULT, _UNCONFINED):
        field.invalid("must be a valid seccomp profile", fix=f'write "{_DEFAULT}"')


def _app_armor(field: Field, name: str, spec: Field) -> None:
    """Mirrors: pkg/apis/core/validation/validation.go ValidateAppArmorPodAnnotations @ v1.37."""
    names = [container["name"] for container in all_containers(spec)]
    if not any(each.may_be(name) for each in names) and not any(
        spec[list_].is_hole for list_ in ("containers", "initContainers", "ephemeralContainers")
    ):
        field.invalid("container not found", name, fix="end the key in the name of a container of the pod")
    profile = field.value
    if profile not in ("", _DEFAULT, _UNCONFINED) and not profile.startswith(_LOCALHOST):
        field.invalid(f'invalid AppArmor profile name: "{profile}"', fix=f'write "{_DEFAULT}"')


def annotations_match_fields(annotations: Field, spec: Field) -> None:
    """Annotations that must agree with the fields that replace them.

    Mirrors: pkg/apis/core/validation/validation.go validateSeccompAnnotationsAndFields,
    validateAppArmorAnnotationsAndFieldsMatchOnCreate @ v1.37
    """
    written = annotations.value
    if written.__class__ is not dict or not any(
        key.startswith((APP_ARMOR, SECCOMP_OF_POD, SECCOMP_OF_CONTAINER)) for key in written
    ):
        return
    context = spec["securityContext"]
    _match(written.get(SECCOMP_OF_POD), context["seccompProfile"], "seccomp", (_DEFAULT, _DOCKER_DEFAULT))
    for container in all_containers(spec):
        name, own = container["name"].value, container["securityContext"]
        if name.__class__ is not str:
            continue
        _match(written.get(SECCOMP_OF_CONTAINER + name), own["seccompProfile"], "seccomp", (_DEFAULT, _DOCKER_DEFAULT))
        if not spec["os"]["name"].may_be("windows"):
            profile = own["appArmorProfile"] if own["appArmorProfile"].is_set else context["appArmorProfile"]
            _match(written.get(APP_ARMOR + name), profile, "apparmor", (_DEFAULT,))


def _match(annotation: Any, profile: Field, what: str, defaults: tuple[str, ...]) -> None:
    if annotation.__class__ is not str or not profile.is_set:
        return
    kind, name = profile["type"], profile["localhostProfile"]
    is_there = annotation.startswith(_LOCALHOST)
    matches = {"Unconfined": annotation == _UNCONFINED, "RuntimeDefault": annotation in defaults, "Localhost": is_there}
    if not matches.get(kind.value, True):
        kind.forbidden(f"{what} type in annotation and field must match")
    elif kind.value == "Localhost" and not name.may_be(annotation.removeprefix(_LOCALHOST)):
        name.forbidden(f"{what} profile in annotation and field must match")
