"""The nodes as they stand once pods are placed, and what each filter by itself says of one pod more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from k8slint.scheduling.cycle import run_pre_filter
from k8slint.scheduling.equivalence import NodeVerdicts, Setup
from k8slint.scheduling.features import Features
from k8slint.scheduling.listers import Listers
from k8slint.scheduling.objects.node import Node, in_scheduling_order
from k8slint.scheduling.objects.pod import Pod
from k8slint.scheduling.plugins import (
    inter_pod_affinity,
    node_affinity,
    node_declared_features,
    node_name,
    node_ports,
    node_resources,
    node_unschedulable,
    node_volume_limits,
    pod_topology_spread,
    taint_toleration,
    volume_binding,
    volume_restrictions,
    volume_zone,
)
from k8slint.scheduling.profile import Profile
from k8slint.scheduling.result import Status
from k8slint.scheduling.snapshot import NodeInfo, Snapshot
from k8slint.values.version import KubernetesVersion

# In the order of the default profile.
FILTERS: Final = (
    node_unschedulable.NAME,
    node_name.NAME,
    taint_toleration.NAME,
    node_affinity.NAME,
    node_ports.NAME,
    node_resources.NAME,
    volume_restrictions.NAME,
    node_volume_limits.NAME,
    volume_binding.NAME,
    volume_zone.NAME,
    pod_topology_spread.NAME,
    inter_pod_affinity.NAME,
    node_declared_features.NAME,
)
_OF_VOLUMES: Final = (volume_restrictions.NAME, node_volume_limits.NAME, volume_binding.NAME, volume_zone.NAME)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Everything that speaks against a pod: as such, and node by node; a node without any would take it."""

    whole: tuple[Status, ...]
    nodes: Mapping[str, tuple[Status, ...]]


class Diagnoser:
    """Nodes with their pods. Asking changes nothing.

    `holding` are pods that name their node; `assigned` are pods with the node they were given, in that order: their
    claims got what was free.
    """

    def __init__(
        self,
        nodes: Sequence[Node],
        listers: Listers,
        version: KubernetesVersion,
        holding: Iterable[Pod],
        assigned: Iterable[tuple[Pod, str]],
    ) -> None:
        self.nodes = {node.name: node for node in nodes}
        self._listers = listers
        self._version = version
        self._features = Features.of(version)
        self._holding = tuple(holding)
        self._assigned = tuple(assigned)
        self._snapshot = Snapshot(in_scheduling_order(nodes), listers)
        for pod in self._holding:
            if pod.node_name in self._snapshot.index_of:
                self._snapshot.add(pod, self._snapshot.index_of[pod.node_name])
        for pod, node in self._assigned:
            self._assign(pod, self._snapshot.index_of[node])

    def node_info(self, node: str) -> NodeInfo:
        """What the node has given away."""
        return self._snapshot.node_infos[self._snapshot.index_of[node]]

    def refusals(self, pod: Pod, profile: Profile) -> Diagnosis:
        """What each filter of the profile says of the pod, asked alone."""
        whole: list[Status] = []
        nodes: dict[str, list[Status]] = {name: [] for name in self.nodes}
        for name in FILTERS:
            if not profile.runs(name) or (name in _OF_VOLUMES and not pod.volumes):
                continue
            setup = self._alone(profile, name)
            state = run_pre_filter(pod, self._snapshot, setup, NodeVerdicts(pod, self._snapshot, setup))
            if isinstance(state, Status):
                whole.append(state)
                continue
            for index, node in enumerate(self._snapshot.nodes):
                status = state.judge_as_is(index)
                if status is not None:
                    nodes[node.name].append(status)
        return Diagnosis(tuple(whole), {name: tuple(found) for name, found in nodes.items()})

    def without(self, key: str) -> Diagnoser:
        """The same, but for the pod of this namespace and name."""
        assigned = [(pod, node) for pod, node in self._assigned if pod.key != key]
        return Diagnoser(list(self.nodes.values()), self._listers, self._version, self._holding, assigned)

    def with_node(self, node: Node) -> Diagnoser:
        """The same, but for one node, which the given one replaces."""
        nodes = [node if other.name == node.name else other for other in self.nodes.values()]
        return Diagnoser(nodes, self._listers, self._version, self._holding, self._assigned)

    def _assign(self, pod: Pod, index: int) -> None:
        if pod.volumes:
            setup = self._alone(Profile(), volume_binding.NAME)
            state = run_pre_filter(pod, self._snapshot, setup, NodeVerdicts(pod, self._snapshot, setup))
            if not isinstance(state, Status) and state.judge_as_is(index) is None:
                state.reserve(index)
        self._snapshot.add(pod, index)

    def _alone(self, profile: Profile, name: str) -> Setup:
        only = replace(profile, disabled=frozenset(FILTERS) - {name}, weights={})
        return Setup(only, self._features, {})
