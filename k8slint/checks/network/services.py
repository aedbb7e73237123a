"""How Services spread connections over pods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from k8slint.checks.network.earlier import folder
from k8slint.checks.serving import replicas_of
from k8slint.checks.wording import few
from k8slint.cluster.cluster import Cluster, once
from k8slint.objects.fields import dig, mapping
from k8slint.objects.object import Object, Pod
from k8slint.objects.problem import Problem, Related
from k8slint.values.labels import LabelSelector
from k8slint.values.placeholder import has_placeholder

_SPLIT_BY: Final = ("Deployment.apps", "ReplicaSet.apps", "StatefulSet.apps", "ReplicationController")
_MOST_TOLD: Final = 20


def canary_without_session_affinity(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Service over Pods of several workloads that sends each new connection to any of them."""
    spec, selector = obj.spec, mapping(obj.spec.get("selector"))
    if not selector or spec.get("clusterIP") == "None" or spec.get("type") == "ExternalName":
        return
    if spec.get("sessionAffinity") == "ClientIP" or has_placeholder(spec.get("sessionAffinity")):
        return
    said, related = _split(cluster, LabelSelector.of_labels(selector), obj.namespace, folder(obj))
    if len(related) > 1:
        yield Problem(("spec", "selector"), f"the Service spreads connections over {said}", related=related)


@once
def _split(cluster: Cluster, selector: LabelSelector, namespace: str, folder: str) -> tuple[str, tuple[Related, ...]]:
    """The workloads of a folder and namespace whose pods are selected: their shares as text, and the first places."""
    portions, workloads = _portions(cluster), dict[tuple[str, str], _Portion]()
    for pod in cluster.pods_selected(selector, namespace):
        portion = portions.get(pod)
        if portion is not None and portion.place == (namespace, folder):
            workloads.setdefault(portion.name, portion)
    counts = {portion.obj: portion.parts for portion in workloads.values() if portion.parts != 0}
    return _shares(counts), tuple(Related(other, ("metadata", "name"), "selected") for other in [*counts][:_MOST_TOLD])


class _Portion(NamedTuple):
    """A workload's share of the connections: `parts` is the number of its pods, or None if it is unknown."""

    obj: Object
    place: tuple[str, str]
    name: tuple[str, str]
    parts: int | None


@once
def _portions(cluster: Cluster) -> Mapping[Pod, _Portion]:
    return {
        pod: _Portion(obj, (obj.namespace, folder(obj)), (obj.kind, obj.name), replicas_of(obj, cluster))
        for pod in cluster.pods
        if (obj := pod.obj).group_kind in _SPLIT_BY and not dig(obj.data, "metadata", "ownerReferences")
    }


def _shares(counts: Mapping[Object, int | None]) -> str:
    total = sum(count or 0 for count in counts.values())
    if None in counts.values():
        return few((f"{obj} ({_pods_text(count)})" for obj, count in counts.items()), _MOST_TOLD)
    return few((f"{obj} ({round(100 * (count or 0) / total)} %)" for obj, count in counts.items()), _MOST_TOLD)


def _pods_text(count: int | None) -> str:
    if count is None:
        return "unknown"
    return "1 Pod" if count == 1 else f"{count} Pods"
