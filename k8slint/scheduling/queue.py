"""The order in which pods are tried, and which of the failed ones are tried again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime

from k8slint.scheduling.objects.pod import Pod
from k8slint.scheduling.result import Assigned, Outcome, Unschedulable

_LATEST = datetime.max.replace(tzinfo=UTC)


def in_queue_order(pods: Iterable[Pod]) -> list[Pod]:
    """The pods sorted by priority, highest first, then by age, oldest first; the sort is stable.

    Mirrors: pkg/scheduler/framework/plugins/queuesort/priority_sort.go Less @ v1.36
    """
    return sorted(pods, key=lambda pod: (-pod.priority, pod.created or _LATEST))


def try_again(outcomes: list[Outcome], attempt: Callable[[Pod], Outcome], woken: Collection[str]) -> list[Outcome]:
    """The outcomes after new attempts for the pods that failed because no other pod was near them yet.

    `woken` are the plugins that may admit a pod after another one has come. Rounds of attempts repeat while a round
    places at least one pod. The outcomes of a round come last: the order is that in which they came about.

    Mirrors: pkg/scheduler/backend/queue/scheduling_queue.go AssignedPodAdded @ v1.36
    """
    while True:
        failed = [outcome for outcome in outcomes if _is_woken(outcome, woken)]
        again = [attempt(outcome.pod) for outcome in failed]
        tried = {id(outcome) for outcome in failed}
        outcomes = [outcome for outcome in outcomes if id(outcome) not in tried] + again
        if not any(isinstance(outcome, Assigned) for outcome in again):
            return outcomes


def _is_woken(outcome: Outcome, woken: Collection[str]) -> bool:
    if not isinstance(outcome, Unschedulable) or outcome.preemption is not None:
        return False
    return any(status.plugin in woken for status in outcome.statuses.values())
