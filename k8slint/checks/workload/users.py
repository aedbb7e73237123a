"""The users that containers run as, and the accounts that Pods run under."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from k8slint.cluster.cluster import Cluster
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, mapping, text
from k8slint.objects.object import Container, Pod
from k8slint.objects.problem import Problem, Related
from k8slint.values.placeholder import has_placeholder
from k8slint.values.well_known import OS

_CONTEXT = ("spec", "securityContext")


def run_as_non_root_contradiction(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A container that must not run as root and is told to run as user 0.

    Mirrors: pkg/kubelet/kuberuntime/security_context_others.go verifyRunAsNonRoot @ v1.37
    """
    if _is_windows(pod):
        return
    said: set[Path] = set()
    for container in pod.containers:
        must, user = _effective(container, "runAsNonRoot"), _effective(container, "runAsUser")
        if must is None or user is None or must[1] is not True or user[1] != 0:
            continue
        if isinstance(user[1], bool) or user[0] in said:
            continue
        said.add(user[0])
        yield Problem(
            user[0],
            f'runAsUser is 0, and container "{container.name}" must not run as root',
            (Related(pod.obj, (*pod.path, *must[0]), "runAsNonRoot is true"),),
        )


def _effective(container: Container, field: str) -> tuple[Path, Any] | None:
    """The path to the field that counts for a container, and its value: its own, or else that of the pod."""
    pod = container.pod
    for path, holder in (((*container.path, "securityContext"), container.data), (_CONTEXT, pod.spec)):
        value = mapping(holder.get("securityContext")).get(field)
        if value is not None:
            return (*path, field), value
    return None


def _is_windows(pod: Pod) -> bool:
    return "windows" in (dig(pod.spec, "os", "name"), dig(pod.spec, "nodeSelector", OS))


def service_account_fields_differ(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A Pod that names one ServiceAccount in the field of today, and another in the one that was renamed.

    Mirrors: pkg/apis/core/v1/conversion.go Convert_v1_PodSpec_To_core_PodSpec @ v1.37
    """
    name, old = text(pod.spec.get("serviceAccountName")), text(pod.spec.get("serviceAccount"))
    if name and old and name != old and not has_placeholder(name) and not has_placeholder(old):
        yield Problem(
            ("spec", "serviceAccount"),
            f'serviceAccount "{old}" has no effect beside serviceAccountName "{name}"',
            (Related(pod.obj, (*pod.path, "spec", "serviceAccountName"), "this one counts"),),
        )


def deprecated_service_account_field(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A Pod that names its ServiceAccount only in the field that was renamed."""
    old = text(pod.spec.get("serviceAccount"))
    if old and not text(pod.spec.get("serviceAccountName")):
        yield Problem(("spec", "serviceAccount"), f'serviceAccount "{old}" is the old name of serviceAccountName')
