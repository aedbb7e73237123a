"""Tokens in pods whose account has no rights to use them for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from k8slint.checks.rbac.bindings import Subject, bound
from k8slint.cluster.cluster import Cluster
from k8slint.cluster.evidence import evidence_of
from k8slint.objects.fields import text
from k8slint.objects.object import Object, Pod
from k8slint.objects.problem import Absence, Problem
from k8slint.values.placeholder import has_placeholder

# Annotations and labels by which a cloud gives an account or a pod rights of its own: they go through the token.
_OF_CLOUDS: Final = ("azure.workload.identity/", "eks.amazonaws.com/", "iam.gke.io/")
_EVERYBODY: Final = (
    Subject("Group", "", "system:serviceaccounts"),
    Subject("Group", "", "system:authenticated"),
)


def token_without_rights(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A token mounted for an account of the files, or for `default`, to which no binding gives anything."""
    if not pod.containers or pod.spec.get("automountServiceAccountToken") is not None:
        return
    field = next((field for field in ("serviceAccountName", "serviceAccount") if pod.spec.get(field)), None)
    name = text(pod.spec[field]) if field is not None else "default"
    if (
        not name
        or has_placeholder(name)
        or has_placeholder(pod.namespace)
        or _is_of_a_cloud(pod.labels, pod.annotations)
    ):
        return
    accounts = cluster.find("ServiceAccount", pod.namespace, name)
    if (not accounts and name != "default") or any(_mounts_none_or_is_of_a_cloud(each) for each in accounts):
        return
    if _has_rights(cluster, pod.namespace, name) or evidence_of(cluster).names_maker(pod.namespace, name):
        return
    path = ("spec", field) if field is not None else ("spec",)
    message = f'a token of ServiceAccount "{name}" is mounted, and no binding gives it any rights'
    absent = name if name != "default" else ""
    yield Problem(path, message, rests_on=Absence(absent, f"name: {name}"))


def _mounts_none_or_is_of_a_cloud(account: Object) -> bool:
    is_off = account.data.get("automountServiceAccountToken") is False
    return is_off or _is_of_a_cloud(account.labels, account.annotations)


def _is_of_a_cloud(*several: dict[str, str]) -> bool:
    return any(key.startswith(_OF_CLOUDS) for each in several for key in each)


def _has_rights(cluster: Cluster, namespace: str, name: str) -> bool:
    """Whether a binding names the account, all accounts of its namespace, or all accounts."""
    everybody = bound(cluster)
    if any(subject in everybody for subject in _EVERYBODY):
        return True
    if namespace:
        places: tuple[str, ...] = (namespace, "")
        if Subject("Group", "", f"system:serviceaccounts:{namespace}") in everybody:
            return True
        return any(Subject("ServiceAccount", place, name) in everybody for place in places)
    return any(subject.kind == "ServiceAccount" and subject.name == name for subject in everybody)
