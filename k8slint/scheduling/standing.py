"""The nodes as they stand once pods are placed, and what each filter by itself says of one pod more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from k8slint.scheduling.facts import Facts
from k8slint.scheduling.ledger import Ledger, Usage
from k8slint.scheduling.look import look_at
from k8slint.scheduling.nodes import Node, in_scheduling_order
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
from k8slint.scheduling.pods import Pod
from k8slint.scheduling.profile import Profile
from k8slint.scheduling.result import Rejection
from k8slint.scheduling.shape_view import Setup, ShapeView
from k8slint.scheduling.wording import Wording
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
class Refusals:
    """Everything that speaks against a pod: as such, and node by node; a node without any would take it."""

    whole: tuple[Rejection, ...]
    nodes: Mapping[str, tuple[Rejection, ...]]


class Standing:
    """Nodes with their pods. Asking changes nothing.

    `holding` are pods that name their node; `assigned` are pods with the node they were given, in that order: their
    claims got what was free.
    """

    def __init__(
        self,
        nodes: Sequence[Node],
        facts: Facts,
        version: KubernetesVersion,
        holding: Iterable[Pod],
        assigned: Iterable[tuple[Pod, str]],
    ) -> None:
        self.nodes = {node.name: node for node in nodes}
        self._facts = facts
        self._version = version
        self._wording = Wording.of(version)
        self._holding = tuple(holding)
        self._assigned = tuple(assigned)
        self._ledger = Ledger(in_scheduling_order(nodes), facts)
        for pod in self._holding:
            if pod.node_name in self._ledger.index_of:
                self._ledger.add(pod, self._ledger.index_of[pod.node_name])
        for pod, node in self._assigned:
            self._assign(pod, self._ledger.index_of[node])

    def usage(self, node: str) -> Usage:
        """What the node has given away."""
        return self._ledger.usages[self._ledger.index_of[node]]

    def refusals(self, pod: Pod, profile: Profile) -> Refusals:
        """What each filter of the profile says of the pod, asked alone."""
        whole: list[Rejection] = []
        nodes: dict[str, list[Rejection]] = {name: [] for name in self.nodes}
        for name in FILTERS:
            if not profile.runs(name) or (name in _OF_VOLUMES and not pod.volumes):
                continue
            setup = self._alone(profile, name)
            look = look_at(pod, self._ledger, setup, ShapeView(pod, self._ledger, setup))
            if isinstance(look, Rejection):
                whole.append(look)
                continue
            for index, node in enumerate(self._ledger.nodes):
                rejection = look.judge_as_is(index)
                if rejection is not None:
                    nodes[node.name].append(rejection)
        return Refusals(tuple(whole), {name: tuple(found) for name, found in nodes.items()})

    def without(self, key: str) -> Standing:
        """The same, but for the pod of this namespace and name."""
        assigned = [(pod, node) for pod, node in self._assigned if pod.key != key]
        return Standing(list(self.nodes.values()), self._facts, self._version, self._holding, assigned)

    def with_node(self, node: Node) -> Standing:
        """The same, but for one node, which the given one replaces."""
        nodes = [node if other.name == node.name else other for other in self.nodes.values()]
        return Standing(nodes, self._facts, self._version, self._holding, self._assigned)

    def _assign(self, pod: Pod, index: int) -> None:
        if pod.volumes:
            setup = self._alone(Profile(), volume_binding.NAME)
            look = look_at(pod, self._ledger, setup, ShapeView(pod, self._ledger, setup))
            if not isinstance(look, Rejection) and look.judge_as_is(index) is None:
                look.reserve(index)
        self._ledger.add(pod, index)

    def _alone(self, profile: Profile, name: str) -> Setup:
        only = replace(profile, disabled=frozenset(FILTERS) - {name}, weights={})
        return Setup(only, self._wording, {})
