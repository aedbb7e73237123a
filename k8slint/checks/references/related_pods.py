"""Pods that a pod wants to be near to or away from: those of its affinity, and those among which it is spread."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from k8slint.checks.meant_pods import Place, labels_path, unmatched
from k8slint.cluster.cluster import Cluster
from k8slint.cluster.pod_selectors import Selection, is_set_by_controllers, label_selector, may_be_labelled
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, items, mapping
from k8slint.objects.object import Pod
from k8slint.objects.problem import Absence, Problem, Related

_REQUIRED: Final = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED: Final = "preferredDuringSchedulingIgnoredDuringExecution"
_EFFECTS: Final = {
    ("podAffinity", _REQUIRED): (
        "No Pod of it is ever scheduled: FailedScheduling, node(s) didn't match pod affinity rules."
    ),
    ("podAffinity", _PREFERRED): "The term draws the Pods to no node: they are placed as if it were not there.",
    ("podAntiAffinity", _REQUIRED): "The term keeps nothing apart: the Pods may all run on one node.",
    ("podAntiAffinity", _PREFERRED): "The term keeps nothing apart: the Pods may all run on one node.",
}


def affinity_selects_nothing(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A term of pod affinity or anti-affinity that matches no pod, if the files hold pods that it may mean.

    Mirrors: pkg/scheduler/framework/plugins/interpodaffinity/filtering.go satisfyPodAffinity @ v1.36
    """
    for path, term in _terms(pod):
        selector = label_selector(term.get("labelSelector"))
        # Terms for other namespaces speak of pods that often are in no file.
        if selector is None or term.get("namespaces") or term.get("namespaceSelector") is not None:
            continue
        where = (*path, "labelSelector")
        scope = "a term without namespaces selects in the namespace of the Pod"
        place = Place(where, term.get("labelSelector"), scope, "Add the namespace to namespaces of the term.")
        problem = unmatched(Selection(pod.obj, selector, pod.namespace, is_own=False), cluster, place)
        if problem is not None:
            yield problem._replace(effect=_EFFECTS[str(path[2]), str(path[3])])


def _terms(pod: Pod) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The terms of a pod's affinity to other pods, each with its path."""
    affinity = mapping(pod.spec.get("affinity"))
    for kind in ("podAffinity", "podAntiAffinity"):
        for index, term in items(dig(affinity, kind, _REQUIRED)):
            yield ("spec", "affinity", kind, _REQUIRED, index), term
        for index, preferred in items(dig(affinity, kind, _PREFERRED)):
            term = mapping(preferred.get("podAffinityTerm"))
            yield ("spec", "affinity", kind, _PREFERRED, index, "podAffinityTerm"), term


def spread_ignores_own_pods(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A spread constraint that does not count the pods that it places.

    Mirrors: pkg/scheduler/framework/plugins/podtopologyspread/filtering.go podTopologySpread.Filter @ v1.36
    """
    for index, constraint in items(pod.spec.get("topologySpreadConstraints")):
        path = ("spec", "topologySpreadConstraints", index)
        # Without a labelSelector none is counted, of which the API server warns.
        written = constraint.get("labelSelector")
        selector = label_selector(written)
        unmet = [one for one in selector.requirements if not one.matches(pod.labels)] if selector else []
        if selector is None or not unmet or any(is_set_by_controllers(one.key) for one in unmet):
            continue
        first = unmet[0]
        if may_be_labelled(first.key, cluster):
            continue
        has = pod.labels.get(first.key)
        said = f"have {first.key}={has}" if has is not None else f"have no label {first.key}"
        place = Place((*path, "labelSelector"), written, "", "")
        related = (Related(pod.obj, labels_path(pod, first.key if has is not None else ""), "their labels"),)
        message = f"labelSelector {selector} does not match the Pods that it is to spread: they {said}"
        yield Problem(place.of(first), message, related, rests_on=Absence(mended_by=first.key))
