"""What each filter says about a pod, asked by itself, while all other pods stay where they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from k8slint.scheduling.cache import Cache, NodeInfo
from k8slint.scheduling.cycle import run_pre_filter
from k8slint.scheduling.equivalence import NodeVerdicts
from k8slint.scheduling.features import Features
from k8slint.scheduling.framework import Status
from k8slint.scheduling.objects.node import Node
from k8slint.scheduling.objects.pod import Pod
from k8slint.scheduling.profile import Profile
from k8slint.scheduling.registry import DEFAULT_PLUGINS
from k8slint.scheduling.runtime import Framework
from k8slint.scheduling.snapshot import Snapshot
from k8slint.values.version import KubernetesVersion


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All refusals of a pod: `whole` refuse it on any node, `nodes` are by node; a node without any would take it."""

    whole: tuple[Status, ...]
    nodes: Mapping[str, tuple[Status, ...]]


@dataclass(frozen=True)
class Diagnoser:
    """Diagnoses pods against a snapshot, such as the one that a run leaves. Asking changes nothing."""

    snapshot: Snapshot
    version: KubernetesVersion

    def diagnose(self, pod: Pod, profile: Profile) -> Diagnosis:
        """What each filter of the profile, asked by itself, says about one additional pod.

        Mirrors: k8s.io/kube-scheduler/framework types.go Diagnosis @ v1.36, which has the first refusal of each node
        """
        whole: list[Status] = []
        nodes: dict[str, list[Status]] = {node.name: [] for node in self.snapshot.nodes}
        for plugin in DEFAULT_PLUGINS:
            if not plugin.filters:
                continue
            alone = Framework(replace(profile, weights={plugin.name: 0}), self._features, (plugin,))
            state = run_pre_filter(pod, self._cache, alone, NodeVerdicts(pod, self._cache, alone))
            if isinstance(state, Status):
                whole.append(state)
                continue
            for index, node in enumerate(self._cache.nodes):
                status = state.filter(index)
                if status is not None:
                    nodes[node.name].append(status)
        return Diagnosis(tuple(whole), {name: tuple(found) for name, found in nodes.items()})

    def without(self, pod: Pod) -> Diagnoser:
        """A diagnoser of the same cluster as if the pod had never come."""
        return Diagnoser(self.snapshot.without(pod), self.version)

    def with_node(self, node: Node) -> Diagnoser:
        """A diagnoser of the same cluster with this node in place of the one of the same name."""
        return Diagnoser(self.snapshot.with_node(node), self.version)

    def node_info(self, node: str) -> NodeInfo:
        """The node of this name, with its pods and sums."""
        return self._cache.node_infos[self._cache.index_of[node]]

    @cached_property
    def _features(self) -> Features:
        return Features.of(self.version)

    @cached_property
    def _cache(self) -> Cache:
        return Cache(self.snapshot, loose_namespaces=self._features.loose_namespaces)
