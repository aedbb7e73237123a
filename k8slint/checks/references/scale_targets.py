"""What a HorizontalPodAutoscaler is told to scale and cannot."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from k8slint.cluster.cluster import Cluster
from k8slint.objects.fields import mapping, text
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem
from k8slint.values.placeholder import has_placeholder


def hpa_target_not_scalable(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """An autoscaler of a built-in kind that has no scale, or that is in another API group.

    Mirrors: pkg/controller/podautoscaler/horizontal.go reconcileAutoscaler, scaleForResourceMappings @ v1.36
    """
    ref = mapping(obj.spec.get("scaleTargetRef"))
    kind, api_version = text(ref.get("kind")), text(ref.get("apiVersion"))
    group = api_version.rpartition("/")[0]
    if kind not in _GROUPS or "." in group or has_placeholder(api_version):
        return
    at = ("spec", "scaleTargetRef")
    if kind in _UNSCALABLE:
        message = f"a {kind} cannot be scaled: its kind has no scale subresource"
        reason = (
            "the server could not find the requested resource" if group == _GROUPS[kind] else _no_match(kind, group)
        )
        yield Problem((*at, "kind"), message, effect=_EFFECT.format(reason), fix=_UNSCALABLE[kind])
    elif group != _GROUPS[kind] and (group or cluster.version.minor < _GROUP_DEMANDED_SINCE):
        right = _IN_GROUP[_GROUPS[kind]]
        written = f'apiVersion "{api_version}"' if api_version else "a reference without apiVersion"
        message = f"{written} has no {kind}: it is in {right}"
        effect = _EFFECT.format(_no_match(kind, group))
        yield Problem((*at, "apiVersion"), message, effect=effect, fix=f"Write apiVersion: {right}.")


# Since this minor, the API server refuses a target of the core group, but for a ReplicationController.
_GROUP_DEMANDED_SINCE: Final = 34
_EFFECT: Final = "Nothing is scaled: AbleToScale is False, reason FailedGetScale, {}."


def _no_match(kind: str, group: str) -> str:
    return f'no matches for kind "{kind}" in group "{group}"'


_UNSCALABLE: Final = {
    "DaemonSet": "Remove the autoscaler, or use a Deployment: a DaemonSet runs one Pod a node.",
    "Job": "Remove the autoscaler: parallelism is how many Pods of a Job run at once.",
    "CronJob": "Remove the autoscaler: parallelism in jobTemplate is how many Pods of a Job run at once.",
    "Pod": "Put the Pod into a Deployment, and name that.",
}
_GROUPS: Final = {
    "DaemonSet": "apps",
    "Job": "batch",
    "CronJob": "batch",
    "Pod": "",
    "Deployment": "apps",
    "StatefulSet": "apps",
    "ReplicaSet": "apps",
    "ReplicationController": "",
}
_IN_GROUP: Final = {"apps": "apps/v1", "": "v1"}
