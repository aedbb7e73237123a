"""What other objects expect of pods: Services that send them traffic, budgets that guard them, autoscalers."""

from __future__ import annotations

from collections.abc import Mapping

from k8slint.cluster.cluster import Cluster, once
from k8slint.cluster.service_selectors import MOST_SELECTED, selector_of
from k8slint.objects.fields import dig, integer, text
from k8slint.objects.object import Object, Pod
from k8slint.values.labels import LabelSelector


@once
def services_of_pods(cluster: Cluster) -> Mapping[Pod, Object]:
    """The first Service that sends traffic to each pod once it is ready, of its own namespace as written."""
    found: dict[Pod, Object] = {}
    for service in cluster.of_kind("Service"):
        selector = selector_of(service)
        if selector is not None and service.spec.get("publishNotReadyAddresses") is not True:
            _note(found, cluster, selector, service)
    return found


@once
def budgets_of_pods(cluster: Cluster) -> Mapping[Pod, Object]:
    """The first PodDisruptionBudget of each pod, of its own namespace as written."""
    found: dict[Pod, Object] = {}
    for budget in cluster.of_kind("PodDisruptionBudget.policy"):
        selector = budget.spec.get("selector")
        if isinstance(selector, dict):
            _note(found, cluster, LabelSelector.of(selector), budget)
    return found


def _note(found: dict[Pod, Object], cluster: Cluster, selector: LabelSelector, obj: Object) -> None:
    for pod in cluster.pods_selected(selector, obj.namespace)[:MOST_SELECTED]:
        if pod.namespace == obj.namespace:
            found.setdefault(pod, obj)


def replicas_of(obj: Object, cluster: Cluster) -> int | None:
    """The number of pods that a workload runs, or None if an autoscaler decides or the field holds no number."""
    if (obj.namespace, obj.kind, obj.name) in _autoscaled(cluster):
        return None
    written = obj.spec.get("replicas")
    return 1 if written is None else integer(written)


@once
def _autoscaled(cluster: Cluster) -> frozenset[tuple[str, str, str]]:
    """Namespace, kind and name of each target of an autoscaler."""
    return frozenset(
        (obj.namespace, text(dig(obj.spec, "scaleTargetRef", "kind")) or "Deployment", target)
        for kind in ("HorizontalPodAutoscaler.autoscaling", "ScaledObject.keda.sh")
        for obj in cluster.of_kind(kind)
        if (target := text(dig(obj.spec, "scaleTargetRef", "name")))
    )


def is_whole(pod: Pod) -> bool:
    """Whether each container names its image: a pod without is a patch, and says nothing of what it patches."""
    return bool(pod.containers) and all(container.data.get("image") for container in pod.containers)
