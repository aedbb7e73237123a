"""What other objects expect of pods: Services that send them traffic, budgets that guard them, autoscalers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from k8slint.cluster.cluster import Cluster, once
from k8slint.cluster.kustomizations import place_of
from k8slint.cluster.pod_selectors import selector_of
from k8slint.cluster.services import MOST_SELECTED
from k8slint.objects.fields import dig, integer, items, text
from k8slint.objects.object import Object, Pod
from k8slint.values.grouped import grouped
from k8slint.values.labels import LabelSelector

_Place = tuple[str, str]


@once
def services_of_pods(cluster: Cluster) -> Mapping[Pod, Object]:
    """The first Service that sends traffic to each pod once it is ready, of one place with it."""
    found: dict[Pod, Object] = {}
    for service in cluster.of_kind("Service"):
        selector = selector_of(service)
        if selector is not None and not _is_of_no_traffic(service):
            _note(found, cluster, selector, service)
    return found


def _is_of_no_traffic(service: Object) -> bool:
    """Whether the Service only gives names to pods that are not ready yet, or only has them measured."""
    if service.spec.get("publishNotReadyAddresses") is True:
        return True
    names = [text(port.get("name")) for _, port in items(service.spec.get("ports"))]
    return service.name.endswith("-metrics") or (bool(names) and all("metrics" in name for name in names))


@once
def budgets_of_pods(cluster: Cluster) -> Mapping[Pod, Object]:
    """The first PodDisruptionBudget of each pod, of one place with it."""
    found: dict[Pod, Object] = {}
    for budget, selector in _budgets(cluster):
        _note(found, cluster, selector, budget)
    return found


@once
def pods_maybe_guarded(cluster: Cluster) -> frozenset[Pod]:
    """The pods that a PodDisruptionBudget selects if both come to one namespace."""
    selectors = {(selector, budget.namespace) for budget, selector in _budgets(cluster)}
    return frozenset(pod for selector, namespace in selectors for pod in cluster.pods_selected(selector, namespace))


def _budgets(cluster: Cluster) -> Iterator[tuple[Object, LabelSelector]]:
    for budget in cluster.of_kind("PodDisruptionBudget.policy"):
        selector = budget.spec.get("selector")
        if isinstance(selector, dict):
            yield budget, LabelSelector.of(selector)


def _note(found: dict[Pod, Object], cluster: Cluster, selector: LabelSelector, obj: Object) -> None:
    """Note the object for each pod of its place that it selects, unless one is noted."""
    known, place = _pods_by_place(cluster), place_of(obj)
    labels = [
        (one.key, one.values[0]) for one in selector.requirements if one.operator == "In" and len(one.values) == 1
    ]
    pods = min((known.get((place, label), ()) for label in labels or [("", "")]), key=len)
    for pod in pods[:MOST_SELECTED]:
        if selector.matches(pod.labels):
            found.setdefault(pod, obj)


@once
def _pods_by_place(cluster: Cluster) -> Mapping[tuple[_Place, tuple[str, str]], tuple[Pod, ...]]:
    """The pods by place and label, and those of each place under the empty label."""
    places = ((place_of(pod.obj), pod) for pod in cluster.pods)
    return grouped(((place, label), pod) for place, pod in places for label in (("", ""), *pod.labels.items()))


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


@lru_cache(maxsize=1)
def is_whole(pod: Pod) -> bool:
    """Whether each container names its image: a pod without is a patch, and says nothing of what it patches.

    Kept, for it is asked of each container of a pod.
    """
    return bool(pod.containers) and all(container.data.get("image") for container in pod.containers)
