"""One pod on its way through the filters."""

from __future__ import annotations

from dataclasses import dataclass

from k8slint.scheduling.cache import Cache
from k8slint.scheduling.equivalence import NodeVerdicts
from k8slint.scheduling.framework import FilterState, PreFilterResult, Status
from k8slint.scheduling.objects.pod import Pod
from k8slint.scheduling.runtime import Framework


@dataclass(slots=True)
class CycleState:
    """One pod, the kept verdicts for pods of its signature, and the filters that look at the whole cluster.

    `named` are the indices of the only nodes to try, or None if all can be tried.
    """

    pod: Pod
    cache: Cache
    framework: Framework
    verdicts: NodeVerdicts
    states: tuple[FilterState, ...]
    named: tuple[int, ...] | None

    def filter_with_nominated(self, index: int) -> Status | None:
        """Why the node is refused, by the first plugin that refuses; None if it will do.

        If pods that are no less important wait for the node, it must do both with and without them.

        Mirrors: pkg/scheduler/framework/runtime/framework.go RunFilterPluginsWithNominatedPods @ v1.36
        """
        expected = [
            other
            for other in self.cache.nominated.get(index, ())
            if other.priority >= self.pod.priority and other is not self.pod
        ]
        if expected:
            for other in expected:
                self.add_pod(other, index)
            status = self.filter(index)
            for other in expected:
                self.remove_pod(other, index)
            if status is not None:
                return status
        return self.filter(index)

    def filter(self, index: int) -> Status | None:
        """Why the node is refused with the pods it has now, by the first plugin that refuses; None if it will do.

        Mirrors: pkg/scheduler/framework/runtime/framework.go RunFilterPlugins @ v1.36
        """
        status = self.verdicts.statuses[index]
        if status is not None:
            return status
        for state in self.states:
            status = state.filter(index)
            if status is not None:
                return status
        return None

    def add_pod(self, other: Pod, index: int) -> None:
        """Put another pod on the node, also in the counts of the filters."""
        self.cache.add(other, index)
        self.verdicts.refresh()
        for state in self.states:
            state.add_pod(other, index)

    def remove_pod(self, other: Pod, index: int) -> None:
        """Take another pod off the node, also in the counts of the filters."""
        self.cache.remove(other, index)
        self.verdicts.refresh()
        for state in self.states:
            state.remove_pod(other, index)

    def reserve(self, index: int) -> None:
        """Reserve for the pod what the filters found for it on the node."""
        for state in self.states:
            state.reserve(index)


def run_pre_filter(pod: Pod, cache: Cache, framework: Framework, verdicts: NodeVerdicts) -> CycleState | Status:
    """The state of the pod after PreFilter, or the refusal of the pod as a whole.

    Mirrors: pkg/scheduler/framework/runtime/framework.go RunPreFilterPlugins @ v1.36
    """
    names: frozenset[str] | None = None
    states: list[FilterState] = []
    for pre_filter, handle in framework.pre_filters:
        result = pre_filter(pod, cache, handle)
        if result is None:
            continue
        if isinstance(result, Status):
            return result
        if isinstance(result, PreFilterResult):
            names = result.node_names if names is None else names & result.node_names
        else:
            states.append(result)
    verdicts.refresh()
    named = None if names is None else tuple(sorted(cache.index_of[name] for name in names if name in cache.index_of))
    return CycleState(pod, cache, framework, verdicts, tuple(states), named)
