"""The problems of objects and pods that the API server's admission refuses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from k8slint.apiserver.admission.refusal import Cause, Reason, Refusal
from k8slint.apiserver.admission.resource_quota import OF_CLASS
from k8slint.apiserver.defaults.core import DEFAULT_NAMESPACE
from k8slint.checks.scheduling.templates import at_amount
from k8slint.cluster.cluster import Cluster, once
from k8slint.cluster.kustomizations import folder_of
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, items
from k8slint.objects.object import Object, Pod
from k8slint.objects.problem import Absence, Problem, Related
from k8slint.simulation.admission import RefusedPods
from k8slint.values.grouped import grouped

if TYPE_CHECKING:
    from k8slint.checks.scheduling.case import Case

_EVENTS: Final = {"Deployment": "the events of its ReplicaSet", "CronJob": "the events of its Job"}
_FIXES: Final = {
    Reason.QUOTA_FAILED: "Set {resource} in each container, or give the namespace a LimitRange with defaults.",
    Reason.QUOTA_EXCEEDED: 'Ask for less, or raise {resource} in the quota "{policy}".',
    Reason.LIMIT_RANGE: 'Ask for what LimitRange "{policy}" allows, or change it.',
}
_WORDS: Final = {
    Reason.QUOTA_FAILED: ("ResourceQuota", "the quota"),
    Reason.QUOTA_EXCEEDED: ("ResourceQuota", "the quota"),
    Reason.LIMIT_RANGE: ("LimitRange", "the limits"),
}
# Where an object asks for what quotas count, if it is more than being there.
_COUNTED: Final[Mapping[str, Path]] = {
    "requests.storage": ("spec", "resources", "requests", "storage"),
    "services.loadbalancers": ("spec", "type"),
    "services.nodeports": ("spec", "type"),
}


def refused(case: Case) -> Problem:
    """The problem that admission refuses pods of a workload of a dry run."""
    first, failing = case.first, len(case.failing)
    total = failing if failing + case.waiting == case.total else case.total
    path = (*case.template.path, *first.path) if first.path else ()
    pods = RefusedPods(case.obj, failing, case.total, first.message, path, first.cause or Cause())
    problem = refused_pods(pods, case.cluster)
    share = f"{failing} of {total} pods: " if failing < total else ""
    return problem._replace(message=f"{share}{problem.message}")


def refused_pods(pods: RefusedPods, cluster: Cluster) -> Problem:
    """The problem that admission refuses pods of a workload, in the API server's own words."""
    cause, obj = pods.cause, pods.obj
    if obj.kind == "Pod":
        effect = "kubectl apply fails with these words, and there is no Pod."
    else:
        who = _EVENTS.get(obj.kind, "its events")
        effect = f"{obj} is accepted, and {_lost(pods)} never created. Only {who} say why: FailedCreate."
    return Problem(
        pods.path or _where_too_much(pods),
        pods.message,
        _policy(cause, obj, cluster, pods.path),
        effect=effect,
        fix=_FIXES.get(cause.reason, "").format(resource=cause.resource, policy=cause.policy),
        rests_on=Absence(cause.missing.name) if cause.missing is not None else None,
    )


def _lost(pods: RefusedPods) -> str:
    if pods.total == 1:
        return "its one Pod is"
    if pods.refused < pods.total:
        least = "at least " if pods.is_least else ""
        return f"{least}{pods.refused} of its {pods.total} Pods {'is' if pods.refused == 1 else 'are'}"
    return f"its {pods.total} Pods are" if pods.total else "its Pods are"


def _where_too_much(pods: RefusedPods) -> Path:
    """The number of pods if some of them fit, else the largest amount of what is too much."""
    pod = pods.obj.pod
    if pod is None:
        return ()
    if 0 < pods.refused < pods.total and pods.obj.spec.get("replicas") is not None:
        return ("spec", "replicas")
    counted = pods.cause.resource
    if counted.startswith("limits."):
        return at_amount(pod, counted.removeprefix("limits."), ("limits",))
    if counted in ("pods", "count/pods"):
        return (*pod.path, "spec", "containers")
    return at_amount(pod, counted.removeprefix("requests."))


def rule_of_refusal(cause: Cause, template: Pod, path: Path) -> str | None:
    """The id of the rule that says why a pod is refused, or None if validation or another rule says it."""
    # If the manifest itself writes the limit, validation reports it.
    if cause.reason is Reason.OVER_LIMIT and _writes_limit(template, path):
        return None
    return _BY_REASON.get(cause.reason)


def _writes_limit(template: Pod, request: Path) -> bool:
    *resources, _, resource = request
    return dig(template.data, *resources, "limits", resource) is not None


# Other reasons mean that the object is invalid as written, which validation reports.
_BY_REASON: Final[Mapping[Reason, str]] = {
    Reason.QUOTA_EXCEEDED: "quota-refuses-pods",
    Reason.QUOTA_FAILED: "quota-refuses-pods",
    Reason.LIMIT_RANGE: "quota-refuses-pods",
    Reason.OVER_LIMIT: "quota-refuses-pods",
    Reason.NOT_FOUND: "admission-refuses-object",
    Reason.FORBIDDEN: "admission-refuses-object",
    Reason.INVALID_POD: "admission-refuses-object",
}


def refused_objects(cluster: Cluster, refusals: Iterable[Refusal]) -> Iterator[tuple[Object, Problem]]:
    """The objects that admission refuses; only the first of several of a kind that it refuses for the same reason."""
    alike: dict[tuple[str, ...], list[tuple[Refusal, Cause]]] = {}
    for refusal in refusals:
        cause = refusal.cause
        if cause is not None and not cause.reason.is_invalid:
            is_full = cause.reason is Reason.QUOTA_EXCEEDED
            key = (cause.policy, cause.resource) if is_full else (refusal.message,)
            alike.setdefault((refusal.obj.group_kind, refusal.obj.namespace, *key), []).append((refusal, cause))
    for (first, cause), *others in alike.values():
        obj, more = first.obj, ""
        if others:
            more = f"; so {'is' if len(others) == 1 else 'are'} {len(others)} more of kind {obj.kind}"
        related = _policy(cause, obj, cluster)
        path = first.path or _COUNTED.get(cause.resource.rpartition(OF_CLASS)[2], ())
        fix = _FIXES.get(cause.reason, "").format(resource=cause.resource, policy=cause.policy)
        yield obj, Problem(path, f"{first.message}{more}", related, fix=fix, rule="admission-refuses-object")


def _policy(cause: Cause, obj: Object, cluster: Cluster, path: Path = ()) -> tuple[Related, ...]:
    """The place of the ResourceQuota or LimitRange that refuses an object; empty for any other reason."""
    if cause.reason is Reason.OVER_LIMIT:
        return tuple(_defaults(path[-1] if path else "", obj, cluster))[:1]
    if cause.reason not in _WORDS:
        return ()
    kind, words = _WORDS[cause.reason]
    several = _policies(cluster.whole, kind).get((obj.namespace or DEFAULT_NAMESPACE, cause.policy), ())
    found = [each for each in several if cluster.parting(each) is None]
    # Where no namespace is written, other folders may hold another of that name.
    found.sort(key=lambda each: folder_of(each) != folder_of(obj))
    return tuple(Related(each, cause.entry, words) for each in found[:1])


def _defaults(resource: str | int, obj: Object, cluster: Cluster) -> Iterator[Related]:
    """The places where LimitRanges of the namespace give containers a limit."""
    namespace = obj.namespace or DEFAULT_NAMESPACE
    for each in cluster.of_kind("LimitRange"):
        if (each.namespace or DEFAULT_NAMESPACE) == namespace:
            for index, entry in items(each.spec.get("limits")):
                field = next((key for key in ("default", "max") if dig(entry, key, resource) is not None), "")
                if field and entry.get("type") == "Container":
                    yield Related(each, ("spec", "limits", index, field, resource), "the limit that is filled in")


@once
def _policies(whole: Cluster, kind: str) -> Mapping[tuple[str, str], tuple[Object, ...]]:
    """The objects of a kind by namespace and name."""
    return grouped(((obj.namespace or DEFAULT_NAMESPACE, obj.name), obj) for obj in whole.of_kind(kind))
