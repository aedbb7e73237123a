"""The problems of objects and pods that the API server's admission refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from k8slint.apiserver.admission.refusal import Cause, Reason, Refusal
from k8slint.apiserver.defaults.core import DEFAULT_NAMESPACE
from k8slint.checks.scheduling.case import Case
from k8slint.cluster.cluster import Cluster
from k8slint.loading.document import Path
from k8slint.objects.object import Object
from k8slint.objects.problem import Absence, Problem, Related
from k8slint.simulation.results import DryRun

_EVENTS: Final = {"Deployment": "the events of its ReplicaSet", "CronJob": "the events of its Job"}


def refused(case: Case) -> Problem:
    """The problem that admission refuses pods of a workload, in the API server's own words."""
    cause = case.first.cause or Cause()
    if case.obj.kind == "Pod":
        effect = "kubectl apply fails with these words, and there is no Pod."
    else:
        who = _EVENTS.get(case.obj.kind, "its events")
        effect = (
            f"{case.obj} is accepted, and {len(case.failing)} of its {case.total} Pods are never created. "
            f"Only {who} say why: FailedCreate."
        )
    return Problem(
        _path(case, cause),
        f"{case.share}{case.first.message}",
        _policy(cause, case.obj, case.cluster),
        effect=effect,
        rests_on=Absence(cause.missing.name) if cause.missing is not None else None,
    )


def _path(case: Case, cause: Cause) -> Path:
    if cause.reason is not Reason.QUOTA_EXCEEDED:
        return (*case.template.path, *case.first.path)
    is_counted = len(case.failing) < case.total and case.obj.spec.get("replicas") is not None
    return ("spec", "replicas") if is_counted else (*case.template.path, "spec", "containers")


def refused_objects(cluster: Cluster, run: DryRun) -> Iterator[tuple[Object, Problem]]:
    """The objects that admission refuses; only the first of several of a kind that it refuses for the same reason."""
    alike: dict[tuple[str, ...], list[tuple[Refusal, Cause]]] = {}
    for refusal in run.refusals:
        cause = refusal.cause
        if cause is not None and not cause.reason.is_invalid:
            is_full = cause.reason is Reason.QUOTA_EXCEEDED
            key = (cause.quota, cause.resource) if is_full else (refusal.message,)
            alike.setdefault((refusal.obj.group_kind, refusal.obj.namespace, *key), []).append((refusal, cause))
    for (first, cause), *others in alike.values():
        obj, more = first.obj, ""
        if others:
            more = f"; so {'is' if len(others) == 1 else 'are'} {len(others)} more of kind {obj.kind}"
        related = _policy(cause, obj, cluster)
        yield obj, Problem(first.path, f"{first.message}{more}", related, rule="admission-refuses-object")


def _policy(cause: Cause, obj: Object, cluster: Cluster) -> tuple[Related, ...]:
    """The place of the ResourceQuota or LimitRange that refuses an object; empty for any other reason."""
    match cause.reason:
        case Reason.QUOTA_EXCEEDED | Reason.QUOTA_FAILED:
            kind, field, words = "ResourceQuota", "hard", "the quota"
        case Reason.LIMIT_RANGE:
            kind, field, words = "LimitRange", "limits", "the limits"
        case _:
            return ()
    namespace = obj.namespace or DEFAULT_NAMESPACE
    for each in cluster.of_kind(kind):
        if (each.namespace or DEFAULT_NAMESPACE) == namespace and cause.quota in ("", each.name):
            return (Related(each, ("spec", field), words),)
    return ()
