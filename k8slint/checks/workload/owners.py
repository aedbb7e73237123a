"""Pods that no controller manages, or the wrong one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from k8slint.cluster.cluster import Cluster
from k8slint.objects.fields import dig, text
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem
from k8slint.values.well_known import HELM_HOOK

_RUN_BY_OTHERS: Final = (
    "kubernetes.io/config.mirror",
    "kubernetes.io/config.source",
    HELM_HOOK,
    "argocd.argoproj.io/hook",
)


def bare_pod(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Pod without a controller that is meant to stay, unlike one-shot, static, hook and `generateName` Pods."""
    if _is_owned(obj) or not obj.name or obj.namespace == "kube-system":
        return
    if text(obj.spec.get("restartPolicy")) not in ("", "Always") or not obj.spec:
        return
    if any(key in obj.annotations for key in _RUN_BY_OTHERS):
        return
    yield Problem(("kind",), f"{obj} has no controller that would replace it")


def bare_replicaset(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A ReplicaSet or ReplicationController that no Deployment or other controller owns."""
    if obj.spec and not _is_owned(obj) and obj.name:
        yield Problem(("kind",), f"{obj} keeps Pods running but does not roll out changes of its template")


def _is_owned(obj: Object) -> bool:
    return bool(dig(obj.data, "metadata", "ownerReferences"))
