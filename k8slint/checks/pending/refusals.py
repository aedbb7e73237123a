"""What is said of objects and pods that the API server's admission refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from k8slint.apiserver.admission.refusal import Refusal
from k8slint.apiserver.defaults.core import DEFAULT_NAMESPACE
from k8slint.checks.pending.cases import FORBIDDEN, Case
from k8slint.cluster.cluster import Cluster
from k8slint.objects.object import Object
from k8slint.objects.problem import Absence, Problem, Related
from k8slint.simulation.results import DryRun

_POLICY: Final = re.compile(r"(?:exceeded|failed) quota: ([^,: ]+)[,:]")
_EXCEEDED: Final = re.compile(r"exceeded quota: ([^,]+), requested: ([^=]+)=")
_EVENTS: Final = {"Deployment": "the events of its ReplicaSet", "CronJob": "the events of its Job"}


def refused(case: Case) -> Problem:
    """That admission refuses pods of a workload, in the API server's own words."""
    related = policies_named(case.first.message, case.obj, case.cluster)
    if case.obj.kind == "Pod":
        effect = "kubectl apply fails with these words, and there is no Pod."
    else:
        who = _EVENTS.get(case.obj.kind, "its events")
        effect = (
            f"{case.obj} is accepted, and {len(case.failing)} of its {case.total} Pods are never created. "
            f"Only {who} say why: FailedCreate."
        )
    path = (*case.template.path, *case.first.path)
    if "exceeded quota: " in case.first.message:
        is_counted = len(case.failing) < case.total and case.obj.spec.get("replicas") is not None
        path = ("spec", "replicas") if is_counted else (*case.template.path, "spec", "containers")
    message = f"{case.share}{case.first.message}"
    return Problem(path, message, related, effect=effect, rests_on=Absence(_word(case.first.absent)))


def refused_objects(cluster: Cluster, run: DryRun) -> Iterator[tuple[Object, Problem]]:
    """The objects that admission refuses; of many that one quota refuses for one thing, the first."""
    alike: dict[tuple[str, ...], list[Refusal]] = {}
    for refusal in run.refusals:
        if FORBIDDEN in refusal.message and refusal.is_known:
            exceeded = _EXCEEDED.search(refusal.message)
            key = exceeded.groups() if exceeded is not None else (refusal.message,)
            alike.setdefault((refusal.obj.group_kind, refusal.obj.namespace, *key), []).append(refusal)
    for first, *others in alike.values():
        related = policies_named(first.message, first.obj, cluster)
        more = (
            f"; so {'is' if len(others) == 1 else 'are'} {len(others)} more of kind {first.obj.kind}" if others else ""
        )
        yield first.obj, Problem(first.path, f"{first.message}{more}", related)


def _word(absent: str) -> str:
    """The name alone of `Kind name` or `Kind namespace/name`."""
    return absent.rpartition(" ")[2].rpartition("/")[2]


def policies_named(message: str, obj: Object, cluster: Cluster) -> tuple[Related, ...]:
    """The quota that a refusal names, or the limits of the namespace."""
    named = _POLICY.search(message)
    namespace = obj.namespace or DEFAULT_NAMESPACE
    kind, word = ("ResourceQuota", "the quota") if named else ("LimitRange", "the limits")
    if not named and " usage per " not in message and " ratio per " not in message:
        return ()
    found = (each for each in cluster.of_kind(kind) if (each.namespace or DEFAULT_NAMESPACE) == namespace)
    return tuple(
        Related(each, ("spec", "hard" if named else "limits"), word)
        for each in found
        if named is None or each.name == named[1]
    )[:1]
