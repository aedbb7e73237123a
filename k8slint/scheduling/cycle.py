"""One pod made ready to be tried on nodes: the plugins that have something to say of it, in their order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from k8slint.scheduling.equivalence import NodeVerdicts, Setup
from k8slint.scheduling.framework import Check, Prepared
from k8slint.scheduling.objects.pod import Pod
from k8slint.scheduling.plugins import (
    inter_pod_affinity,
    node_affinity,
    node_declared_features,
    node_volume_limits,
    pod_topology_spread,
    volume_binding,
    volume_restrictions,
    volume_zone,
)
from k8slint.scheduling.result import Status
from k8slint.scheduling.snapshot import Snapshot


@dataclass(slots=True)
class CycleState:
    """A pod, what nodes are to its shape, and the checks that reach beyond one node or read its claims.

    `named` is the indices of the only nodes worth a look; None means all.
    """

    pod: Pod
    snapshot: Snapshot
    view: NodeVerdicts
    checks: tuple[Check, ...]
    named: tuple[int, ...] | None

    def judge(self, index: int) -> Status | None:
        """Why the node is refused: the first plugin that refuses decides.

        A node with pods that wait for it, and are no less important, must do with and without them.

        Mirrors: pkg/scheduler/framework/runtime/framework.go RunFilterPluginsWithNominatedPods @ v1.36
        """
        expected = [
            other
            for other in self.snapshot.nominated.get(index, ())
            if other.priority >= self.pod.priority and other is not self.pod
        ]
        if expected:
            for other in expected:
                self.place(other, index)
            verdict = self.judge_as_is(index)
            for other in expected:
                self.displace(other, index)
            if verdict is not None:
                return verdict
        return self.judge_as_is(index)

    def judge_as_is(self, index: int) -> Status | None:
        """Why the node is refused with the pods it has."""
        verdict = self.view.verdicts[index]
        if verdict is not None:
            return verdict
        for check in self.checks:
            verdict = check.judge(index)
            if verdict is not None:
                return verdict
        return None

    def place(self, other: Pod, index: int) -> None:
        """Judge from now on as if another pod were on the node."""
        self.snapshot.add(other, index)
        self._shift(other, index, 1)

    def displace(self, other: Pod, index: int) -> None:
        """Judge from now on as if another pod were off the node."""
        self.snapshot.remove(other, index)
        self._shift(other, index, -1)

    def reserve(self, index: int) -> None:
        """Let the pod's claims have what they were promised on the node."""
        for check in self.checks:
            if isinstance(check, volume_binding.Check):
                check.reserve(index)

    def _shift(self, other: Pod, index: int, sign: int) -> None:
        self.view.refresh()
        for check in self.checks:
            check.shift(other, index, sign)


def run_pre_filter(pod: Pod, snapshot: Snapshot, setup: Setup, view: NodeVerdicts) -> CycleState | Status:
    """The pod made ready, or why it is refused whole.

    Mirrors: pkg/scheduler/framework/runtime/framework.go RunPreFilterPlugins @ v1.36
    """
    profile = setup.profile
    names = node_affinity.named_nodes(pod) if profile.runs(node_affinity.NAME) else None
    if isinstance(names, Status):
        return names
    checks = []
    for name, prepare in _steps(pod, snapshot, setup):
        prepared = prepare() if profile.runs(name) else None
        if isinstance(prepared, Status):
            return prepared
        if prepared is not None:
            checks.append(prepared)
    view.refresh()
    named = (
        None if names is None else tuple(sorted(snapshot.index_of[name] for name in names if name in snapshot.index_of))
    )
    return CycleState(pod, snapshot, view, tuple(checks), named)


def _steps(pod: Pod, snapshot: Snapshot, setup: Setup) -> list[tuple[str, Callable[[], Prepared]]]:
    """The plugins that look at the whole pod first, in their order; those about volumes only where it has some."""
    features, profile = setup.features, setup.profile
    steps: list[tuple[str, Callable[[], Prepared]]] = []
    if pod.volumes:
        steps += [
            (volume_restrictions.NAME, lambda: volume_restrictions.prepare(pod, snapshot, features)),
            (node_volume_limits.NAME, lambda: node_volume_limits.prepare(pod, snapshot)),
            (volume_binding.NAME, lambda: volume_binding.prepare(pod, snapshot)),
            (volume_zone.NAME, lambda: volume_zone.prepare(pod, snapshot)),
        ]
    steps += [
        (pod_topology_spread.NAME, lambda: pod_topology_spread.prepare(pod, snapshot, profile)),
        (inter_pod_affinity.NAME, lambda: inter_pod_affinity.prepare(pod, snapshot)),
    ]
    if pod.features:
        steps.append(
            (node_declared_features.NAME, lambda: node_declared_features.prepare(pod, snapshot, features)),
        )
    return steps
