"""Pods that Services select, and which ones a Service may mean if it selects none."""

from __future__ import annotations

from collections.abc import Iterator

from k8slint.checks.wording import few
from k8slint.cluster.cluster import Cluster
from k8slint.cluster.evidence import evidence_of
from k8slint.cluster.service_selectors import (
    Neighbours,
    has_own_endpoints,
    may_select_others,
    nearest_pod,
    pod_elsewhere,
    pods_beside,
    selector_of,
    written_part,
)
from k8slint.loading.document import Path
from k8slint.objects.object import Object, Pod
from k8slint.objects.problem import Absence, Problem, Related
from k8slint.values.labels import LabelSelector


def service_selects_nothing(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Service whose selector matches no pod, if the files hold pods that it may mean."""
    selector = selector_of(obj)
    if selector is None or cluster.pods_selected(selector, obj.namespace):
        return
    written = written_part(selector, cluster)
    if not written.requirements or cluster.pods_selected(written, obj.namespace):
        return
    if has_own_endpoints(obj, cluster) or may_select_others(obj, written, cluster):
        return
    problem = _meant_by(obj, written, cluster)
    if problem is None or (problem.rests_on and evidence_of(cluster).is_patched(problem.rests_on.mended_by)):
        return
    yield problem


def _meant_by(service: Object, selector: LabelSelector, cluster: Cluster) -> Problem | None:
    """The problem of a Service that selects nothing, or None if no pod among the files may be meant."""
    pod = nearest_pod(service, selector, cluster)
    if pod is not None:
        return _unlike(service, selector, pod)
    pod = pod_elsewhere(service, selector, cluster)
    if pod is not None:
        return _selects_elsewhere(selector, pod)
    pods = pods_beside(service, cluster)
    return _selects_none_beside(selector, pods, service.namespace) if pods is not None else None


def _unlike(service: Object, selector: LabelSelector, pod: Pod) -> Problem:
    """The problem that the nearest pod has another value of a label, or lacks the label."""
    differing = next(one for one in selector.requirements if not one.matches(pod.labels))
    key, wanted, has = differing.key, differing.values[0], pod.labels.get(differing.key)
    said = f"with {key}={has}" if has is not None else f"which has no label {key}"
    message = f"selector {selector} matches no Pod; nearest is {pod.obj} {said}"
    related = (Related(pod.obj, _labels_path(pod, key if has is not None else ""), "its labels"),)
    # A Service and a workload of one file belong together, whatever unread files hold.
    absent = "" if pod.obj.document.source is service.document.source else wanted
    return Problem(("spec", "selector", key), message, related, rests_on=Absence(absent, wanted))


def _selects_elsewhere(selector: LabelSelector, pod: Pod) -> Problem:
    key, wanted = selector.requirements[0].key, selector.requirements[0].values[0]
    message = (
        f'selector {selector} matches Pods of {pod.obj} in namespace "{pod.namespace}" only; '
        "a Service selects in its own namespace"
    )
    related = (Related(pod.obj, ("metadata", "namespace"), f"{pod.obj} is in another namespace"),)
    fix = "Put the Service into the namespace of its Pods, or the Pods into that of the Service."
    return Problem(("spec", "selector", key), message, related, fix=fix, rests_on=Absence(wanted, wanted))


def _selects_none_beside(selector: LabelSelector, pods: Neighbours, namespace: str) -> Problem:
    """The problem that no pod of the namespace is similar, with the labels that they have."""
    shared = next((one for one in selector.requirements if one.key in pods.labels), None)
    asked = shared or selector.requirements[0]
    key, wanted = asked.key, asked.values[0]
    values = pods.labels.get(key)
    has = f"have {few(f'{key}={value}' for value in values)}" if values else f"have no label {key}"
    where = f'in namespace "{namespace}"' if namespace else "beside it"
    message = f"selector {selector} matches no Pod; the Pods {where} {has}"
    related = (Related(pods.first.obj, _labels_path(pods.first, ""), f"the labels of {pods.first.obj}"),)
    return Problem(("spec", "selector", key), message, related, rests_on=Absence(wanted, wanted))


def _labels_path(pod: Pod, key: str) -> Path:
    return (*pod.path, "metadata", "labels", *((key,) if key else ()))
