"""The problem of a selector that matches no pod: which pods it seems to mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from k8slint.checks.wording import few
from k8slint.cluster.cluster import Cluster
from k8slint.cluster.pod_selectors import (
    Neighbours,
    Selection,
    may_be_labelled,
    may_select_others,
    nearest_pod,
    pod_elsewhere,
    pods_beside,
    written_part,
)
from k8slint.loading.document import Path
from k8slint.objects.fields import items, mapping
from k8slint.objects.object import Pod
from k8slint.objects.problem import Absence, Problem, Related
from k8slint.values.labels import LabelSelector, Requirement


class Place(NamedTuple):
    """Where a selector is written: its path, what stands there, and a sentence about the namespace that it selects in.

    `scope` is that sentence, `fix` what to write if the pods are in another namespace.
    """

    path: Path
    written: Any
    scope: str
    fix: str

    @property
    def word(self) -> str:
        """The selector's field, for messages."""
        return str(self.path[-1])

    def of(self, requirement: Requirement) -> Path:
        """The path to what writes the requirement."""
        written = mapping(self.written)
        for index, expression in items(written.get("matchExpressions")):
            if (expression.get("key"), expression.get("operator")) == (requirement.key, requirement.operator):
                return (*self.path, "matchExpressions", index, "key")
        labels = ("matchLabels",) if isinstance(written.get("matchLabels"), dict) else ()
        return (*self.path, *labels, requirement.key)


def unmatched(
    selection: Selection, cluster: Cluster, place: Place, is_settled: Callable[[], bool] = lambda: False
) -> Problem | None:
    """The problem of a selector that matches no pod, or None if it matches one, or may mean pods of no file.

    `is_settled` is asked before the search, which costs more.
    """
    if cluster.pods_selected(selection.selector, selection.namespace):
        return None
    written = written_part(selection.selector, cluster)
    if not written.requirements or cluster.pods_selected(written, selection.namespace):
        return None
    selection = selection._replace(selector=written)
    if is_settled() or may_select_others(selection, cluster):
        return None
    problem = _meant_by(selection, cluster, place)
    if problem is None or (problem.rests_on and may_be_labelled(problem.rests_on.mended_by, cluster)):
        return None
    return problem


def _meant_by(selection: Selection, cluster: Cluster, place: Place) -> Problem | None:
    """The problem of a selector without a match, or None if no pod among the files may be meant."""
    pod = nearest_pod(selection, cluster)
    if pod is not None:
        return unlike(selection, place, pod)
    pod = pod_elsewhere(selection, cluster)
    if pod is not None:
        return _selects_elsewhere(selection.selector, place, pod)
    pods = pods_beside(selection, cluster) if selection.is_own else None
    return _selects_none_beside(selection, place, pods) if pods is not None else None


def unlike(selection: Selection, place: Place, pod: Pod) -> Problem:
    """The problem that the nearest pod has another value of a label, or lacks the label."""
    selector = selection.selector
    differing = next(one for one in selector.requirements if not one.matches(pod.labels))
    key, wanted = differing.key, _wanted(differing)
    # The value under another key says more than another value of the key.
    shown = next((label for label, value in pod.labels.items() if value == wanted), key)
    said = f"with {shown}={pod.labels[shown]}" if shown in pod.labels else f"which has no label {key}"
    message = f"{place.word} {selector} matches no Pod; nearest is {pod.obj} {said}"
    related = (Related(pod.obj, labels_path(pod, shown if shown in pod.labels else ""), "its labels"),)
    # An object and the pods of its file belong together, whatever unread files hold.
    absent = "" if pod.obj.document.source is selection.asker.document.source else wanted
    return Problem(place.of(differing), message, related, rests_on=Absence(absent, wanted))


def _selects_elsewhere(selector: LabelSelector, place: Place, pod: Pod) -> Problem:
    first = selector.requirements[0]
    message = f'{place.word} {selector} matches Pods of {pod.obj} in namespace "{pod.namespace}" only; {place.scope}'
    related = (Related(pod.obj, ("metadata", "namespace"), f"{pod.obj} is in another namespace"),)
    rests_on = Absence(_wanted(first), _wanted(first))
    return Problem(place.of(first), message, related, fix=place.fix, rests_on=rests_on)


def _selects_none_beside(selection: Selection, place: Place, pods: Neighbours) -> Problem:
    """The problem that no pod of the namespace is similar, with the labels that they have."""
    selector, namespace = selection.selector, selection.namespace
    shared = next((one for one in selector.requirements if one.key in pods.labels), None)
    asked = shared or selector.requirements[0]
    key, wanted = asked.key, _wanted(asked)
    values = pods.labels.get(key)
    has = f"have {few(f'{key}={value}' for value in values)}" if values else f"have no label {key}"
    where = f'in namespace "{namespace}"' if namespace else "beside it"
    message = f"{place.word} {selector} matches no Pod; the Pods {where} {has}"
    related = (Related(pods.first.obj, labels_path(pods.first, ""), f"the labels of {pods.first.obj}"),)
    return Problem(place.of(asked), message, related, rests_on=Absence(wanted, wanted))


def _wanted(requirement: Requirement) -> str:
    """The value that a label should have, or its key if any will do."""
    return requirement.values[0] if requirement.values else requirement.key


def labels_path(pod: Pod, key: str) -> Path:
    """The path from a pod's object to a label of the pod, or to all of them if the key is empty."""
    return (*pod.path, "metadata", "labels", *((key,) if key else ()))
