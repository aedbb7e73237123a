"""Selectors of several objects that select the same pods, which only one of them should."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final

from k8slint.checks.meant_pods import labels_path
from k8slint.cluster.cluster import Cluster, once
from k8slint.cluster.kustomizations import are_applied_together, kustomizations_by_file
from k8slint.cluster.pod_selectors import label_selector, labels_selector
from k8slint.objects.fields import dig
from k8slint.objects.object import Object, Pod
from k8slint.objects.problem import Problem, Related
from k8slint.values.labels import LabelSelector

# More workloads of one label are samples, of which nobody applies all.
_MOST_MEANT: Final = 4
# A bound on time: of very many pods with the same labels, the first ones tell enough.
_LOOKED_AT: Final = 20
_MOST_GUARDED: Final = 200
_CONTROLLERS: Final = (
    "DaemonSet.apps",
    "Deployment.apps",
    "ReplicaSet.apps",
    "ReplicationController",
    "StatefulSet.apps",
)


def selectors_overlap(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A workload that selects the pods of an earlier one, which selects its pods too.

    Mirrors: pkg/controller/controller_ref_manager.go BaseControllerRefManager.ClaimObject @ v1.36
    """
    selector = _selector_of(obj) if obj.pod is not None else None
    if selector is None or obj.pod is None or not selector.matches(obj.pod.labels) or _is_owned(obj):
        return
    labels, workloads = obj.pod.labels, _workloads_by_label(cluster.whole)
    for place in _places_of(obj, cluster):
        for label in labels.items():
            several = [each for each in workloads.get((*place, *label), ()) if cluster.parting(each[0]) is None]
            for other, others in several if len(several) <= _MOST_MEANT else ():
                if other is obj:
                    break
                its_labels = other.pod.labels if other.pod is not None else {}
                is_same = (other.group_kind, other.name) == (obj.group_kind, obj.name)
                if not is_same and others.matches(labels) and selector.matches(its_labels):
                    message = f"selector {selector} also matches the Pods of {other}, whose selector matches these"
                    related = (Related(other, ("spec", "selector"), f"the selector of {other}"),)
                    yield Problem(("spec", "selector"), message, related)
                    return


def _places_of(obj: Object, cluster: Cluster) -> Iterator[tuple[str, str]]:
    """The file of an object and the kustomizations that take it in, each with its namespace: what is there meets."""
    file = obj.document.source.name
    for place in (file, *kustomizations_by_file(cluster.whole).get(file, ())):
        yield place, obj.namespace


@once
def _workloads_by_label(
    whole: Cluster,
) -> Mapping[tuple[str, str, str, str], tuple[tuple[Object, LabelSelector], ...]]:
    """The workloads that select their own pods, with their selectors, by place and a label that each selector asks."""
    found: dict[tuple[str, str, str, str], list[tuple[Object, LabelSelector]]] = defaultdict(list)
    for group_kind in _CONTROLLERS:
        for obj in whole.of_kind(group_kind):
            selector = _selector_of(obj)
            if selector is None or obj.pod is None or not selector.matches(obj.pod.labels) or _is_owned(obj):
                continue
            plain = next((one for one in selector.requirements if one.operator == "In"), None)
            if plain is not None and len(plain.values) == 1:
                for place in _places_of(obj, whole):
                    found[*place, plain.key, plain.values[0]].append((obj, selector))
    order = {obj: number for number, obj in enumerate(whole.objects)}
    return {key: tuple(sorted(several, key=lambda each: order.get(each[0], -1))) for key, several in found.items()}


def _selector_of(workload: Object) -> LabelSelector | None:
    written = workload.spec.get("selector")
    return labels_selector(written) if workload.group_kind == "ReplicationController" else label_selector(written)


def _is_owned(obj: Object) -> bool:
    return bool(dig(obj.data, "metadata", "ownerReferences"))


def pdb_overlap(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A budget that selects pods of an earlier budget.

    Mirrors: pkg/registry/core/pod/storage/eviction.go EvictionREST.Create, getPodDisruptionBudgets @ v1.36
    """
    for pod in _guarded_by(obj, cluster):
        for other in _budgets_of_pods(cluster).get(pod, ()):
            if other is obj:
                break
            if other.name != obj.name and are_applied_together(other, obj, cluster):
                related = (
                    Related(other, ("spec", "selector"), f'the selector of "{other.name}"'),
                    Related(pod.obj, labels_path(pod, ""), "both match these labels"),
                )
                message = (
                    f'the Pods of {pod.obj} have a second budget: PodDisruptionBudget "{other.name}" selects them too'
                )
                yield Problem(("spec", "selector"), message, related)
                return


# Drains pass over the pods of DaemonSets, and a template is no pod.
_NEVER_EVICTED: Final = ("DaemonSet.apps", "PodTemplate")


def _guarded_by(budget: Object, cluster: Cluster) -> Iterator[Pod]:
    """Some of the pods, certain to be there, that a budget selects; an empty selector selects all."""
    written = budget.spec.get("selector")
    selector = LabelSelector(()) if written == {} else label_selector(written)
    if selector is not None:
        for pod in islice(cluster.pods_selected(selector, budget.namespace), _MOST_GUARDED):
            if pod.obj.group_kind not in _NEVER_EVICTED and are_applied_together(pod.obj, budget, cluster):
                yield pod


@once
def _budgets_of_pods(cluster: Cluster) -> Mapping[Pod, list[Object]]:
    """The first few budgets that select each pod, in order of reading."""
    found: dict[Pod, list[Object]] = defaultdict(list)
    for budget in cluster.of_kind("PodDisruptionBudget.policy"):
        for pod in _guarded_by(budget, cluster):
            if len(found[pod]) < _LOOKED_AT:
                found[pod].append(budget)
    return found
