"""DefaultPreemption: chooses the less important pods that must leave a node for a pod to fit."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from k8slint.scheduling.cache import Cache
from k8slint.scheduling.cycle import CycleState
from k8slint.scheduling.fit_error import fit_error
from k8slint.scheduling.framework import Code, Handle, Plugin, Status
from k8slint.scheduling.listers import Budget
from k8slint.scheduling.objects.pod import Pod
from k8slint.scheduling.result import Preemption
from k8slint.values.reading import only_keys, whole_at

NAME = "DefaultPreemption"
_NO_VICTIMS = Status(NAME, Code.UNRESOLVABLE, ("No preemption victims found for incoming pod",))
_NOT_HELPFUL = "Preemption is not helpful for scheduling"
_PRIORITY_SHIFT = 2**31


@dataclass(frozen=True, slots=True)
class PreemptionArgs:
    """How many candidates are enough: a percentage of the nodes worth trying, at least the absolute number."""

    candidates_percentage: int = 10
    candidates_absolute: int = 100


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A node where the pod would fit without these victims, the most important first.

    `violations` is how many of them a PodDisruptionBudget protects.
    """

    index: int
    victims: tuple[Pod, ...]
    violations: int


def post_filter(
    pod: Pod, state: CycleState | None, statuses: Mapping[int, Status], cache: Cache, handle: Handle[PreemptionArgs]
) -> Preemption | Status:
    """The preemption that makes room for the pod, or a status with the scheduler's text why there is none.

    `state` is None if the pod was refused before any node was tried: then no node can make room.

    Mirrors: pkg/scheduler/framework/preemption/preemption.go Preempt @ v1.36
    """
    barrier = _ineligible(pod, statuses, cache)
    if barrier:
        return _said(barrier)
    tried: list[Status] = []
    if state is not None:
        worth = [index for index, refusal in statuses.items() if refusal.code is Code.UNSCHEDULABLE]
        candidates, tried = _candidates(state, worth, handle.args)
        if candidates:
            best = _best(candidates)
            return Preemption(cache.nodes[best.index].name, best.victims, best.violations)
    return _said(fit_error(len(cache.nodes), tried, absent=_NOT_HELPFUL))


def _said(text: str) -> Status:
    return Status(NAME, Code.UNSCHEDULABLE, (f"preemption: {text}",))


def _ineligible(pod: Pod, statuses: Mapping[int, Status], cache: Cache) -> str:
    """Why the pod may not preempt others at all; empty if it may.

    Mirrors: pkg/scheduler/framework/plugins/defaultpreemption PodEligibleToPreemptOthers @ v1.36
    """
    if not pod.preempts:
        return "not eligible due to preemptionPolicy=Never."
    index = cache.index_of.get(pod.nominated_node)
    if index is None:
        return ""
    refusal = statuses.get(index)
    if refusal is not None and refusal.code is Code.UNRESOLVABLE:
        return ""
    there = cache.node_infos[index].pods
    if any(other.priority < pod.priority and other.terminating and other.evicted for other in there):
        return "not eligible due to a terminating pod on the nominated node."
    return ""


def _candidates(state: CycleState, worth: list[int], args: PreemptionArgs) -> tuple[list[_Candidate], list[Status]]:
    """The nodes that could make room, and the refusals of the others tried; the search ends with enough candidates.

    The scheduler starts at a random node; this search starts at the first.

    Mirrors: pkg/scheduler/framework/preemption/preemption.go DryRunPreemption @ v1.36
    """
    enough = min(max(len(worth) * args.candidates_percentage // 100, args.candidates_absolute), len(worth))
    clean: list[_Candidate] = []
    violating: list[_Candidate] = []
    refusals: list[Status] = []
    for index in worth:
        found = _victims(state, index)
        if isinstance(found, Status):
            refusals.append(found)
            continue
        (violating if found.violations else clean).append(found)
        if clean and len(clean) + len(violating) >= enough:
            break
    return clean + violating, refusals


def _victims(state: CycleState, index: int) -> _Candidate | Status:
    """The candidate for a node, with the pods that must leave it, or a status if evictions do not help there.

    Mirrors: pkg/scheduler/framework/plugins/defaultpreemption SelectVictimsOnNode @ v1.36
    """
    node_info, priority = state.cache.node_infos[index], state.pod.priority
    if not any(there < priority for there in node_info.priorities):
        return _NO_VICTIMS
    removable = sorted((other for other in node_info.pods if other.priority < priority), key=_importance)
    for other in removable:
        state.remove_pod(other, index)
    refusal = state.filter_with_nominated(index)
    if refusal is not None:
        for other in removable:
            state.add_pod(other, index)
        return refusal
    breaking, keeping = _by_budget(removable, state.cache.listers.budgets)
    victims = []
    violations = 0
    for other in (*breaking, *keeping):
        state.add_pod(other, index)
        if state.filter_with_nominated(index) is not None:
            state.remove_pod(other, index)
            victims.append(other)
            violations += other in breaking
    for other in victims:
        state.add_pod(other, index)
    if not victims:
        problem = f'expected at least one victim pod on node "{state.cache.nodes[index].name}"'
        return Status(NAME, Code.ERROR, (problem,))
    return _Candidate(index, tuple(other for other in removable if other in victims), violations)


def _by_budget(pods: Iterable[Pod], budgets: tuple[Budget, ...]) -> tuple[list[Pod], list[Pod]]:
    """The pods whose eviction would violate a PodDisruptionBudget, and the others.

    Mirrors: pkg/scheduler/framework/plugins/defaultpreemption filterPodsWithPDBViolation @ v1.36
    """
    left = [budget.allowed for budget in budgets]
    breaking: list[Pod] = []
    keeping: list[Pod] = []
    for pod in pods:
        breaks = False
        for number, budget in enumerate(budgets):
            if not pod.labels or budget.namespace != pod.namespace or pod.name in budget.disrupted:
                continue
            if not budget.selector.requirements or not budget.selector.matches(pod.labels):
                continue
            left[number] -= 1
            breaks |= left[number] < 0
        (breaking if breaks else keeping).append(pod)
    return breaking, keeping


def _best(candidates: list[_Candidate]) -> _Candidate:
    """The candidate whose victims matter least; among equals, the first.

    Mirrors: pkg/scheduler/framework/preemption/preemption.go pickOneNodeForPreemption @ v1.36
    """
    return min(
        candidates,
        key=lambda item: (
            item.violations,
            item.victims[0].priority,
            sum(victim.priority + _PRIORITY_SHIFT for victim in item.victims),
            len(item.victims),
            -_earliest_start(item.victims),
        ),
    )


def _earliest_start(victims: tuple[Pod, ...]) -> float:
    """The earliest start of the victims of the highest priority, in seconds."""
    highest = max(victim.priority for victim in victims)
    return min(_start(victim) for victim in victims if victim.priority == highest)


def _importance(pod: Pod) -> tuple[int, float]:
    """A sort key that puts the most important pod first: by priority, then by the earlier start.

    Mirrors: pkg/scheduler/util/utils.go MoreImportantPod @ v1.36
    """
    return -pod.priority, _start(pod)


def _start(pod: Pod) -> float:
    """The start of the pod in seconds; infinity, later than all others, if it has not started."""
    return pod.started.timestamp() if pod.started else math.inf


def read_args(args: Mapping[str, Any], where: str) -> PreemptionArgs:
    """Read DefaultPreemptionArgs."""
    only_keys(args, ("apiVersion", "kind", "minCandidateNodesPercentage", "minCandidateNodesAbsolute"), where)
    default = PreemptionArgs()
    return PreemptionArgs(
        whole_at(args, "minCandidateNodesPercentage", where, default.candidates_percentage),
        whole_at(args, "minCandidateNodesAbsolute", where, default.candidates_absolute),
    )


PLUGIN = Plugin(NAME, post_filter=post_filter, args=PreemptionArgs(), read_args=read_args)
