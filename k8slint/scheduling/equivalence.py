"""What the nodes are to all pods of one shape, brought up to date node by node."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from k8slint.scheduling.features import Features
from k8slint.scheduling.objects.node import Node
from k8slint.scheduling.objects.pod import Pod
from k8slint.scheduling.plugins import (
    image_locality,
    node_affinity,
    node_name,
    node_ports,
    node_resources,
    node_unschedulable,
    taint_toleration,
)
from k8slint.scheduling.profile import Profile
from k8slint.scheduling.result import Status
from k8slint.scheduling.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Setup:
    """What stays the same for a whole run. `image_sizes` is what having an image is worth."""

    profile: Profile
    features: Features
    image_sizes: Mapping[str, int]


class NodeVerdicts:
    """Verdicts and scores of every node that depend on the node alone, for pods of one shape.

    `verdicts` has why a node is refused, or None; `totals` the weighted scores of the plugins that need no other node
    to compare, valid where the verdict is None; `disliked` and `preferred` the raw scores of TaintToleration and
    NodeAffinity, None where they are 0 everywhere. Read them after `refresh`.
    """

    def __init__(self, pod: Pod, snapshot: Snapshot, setup: Setup) -> None:
        self._pod = pod
        self._snapshot = snapshot
        self._setup = setup
        self._static = [_judge_static(pod, node, setup) for node in snapshot.nodes]
        self.verdicts = list(self._static)
        self.totals = [0] * len(snapshot.nodes)
        self.disliked = _unless_all_zero([taint_toleration.count_disliked(pod, node) for node in snapshot.nodes])
        self.preferred = self._preferences()
        self.images = self._images()
        profile = setup.profile
        self._weights = tuple(
            profile.weight(name) for name in (node_resources.NAME, node_resources.BALANCED, image_locality.NAME)
        )
        self._is_balanced = node_resources.is_balanced_scored(pod, profile.balanced_resources)
        self._seen = len(snapshot.changes)
        for index in range(len(snapshot.nodes)):
            self._update(index)

    def refresh(self) -> None:
        """Judge again the nodes that changed since the last time."""
        changes = self._snapshot.changes
        if self._seen != len(changes):
            for index in set(changes[self._seen :]):
                self._update(index)
            self._seen = len(changes)

    def parts(self, index: int) -> dict[str, int]:
        """The scores that add up to the node's total, before they are weighed."""
        pod, node_info, setup = self._pod, self._snapshot.node_infos[index], self._setup
        parts = {node_resources.NAME: node_resources.score_fit(pod, node_info, setup.profile.fit)}
        if self._is_balanced:
            resources = setup.profile.balanced_resources
            parts[node_resources.BALANCED] = node_resources.score_balanced(pod, node_info, resources, setup.features)
        parts[image_locality.NAME] = self.images[index] if self.images else 0
        return parts

    def _update(self, index: int) -> None:
        verdict = self._static[index]
        if verdict is None:
            verdict = self._judge_usage(index)
        self.verdicts[index] = verdict
        if verdict is None:
            self.totals[index] = self._total(index)

    def _judge_usage(self, index: int) -> Status | None:
        pod, node_info, profile = self._pod, self._snapshot.node_infos[index], self._setup.profile
        if pod.host_ports and profile.runs(node_ports.NAME):
            verdict = node_ports.judge(pod, node_info)
            if verdict is not None:
                return verdict
        if profile.runs(node_resources.NAME):
            return node_resources.judge(pod, node_info, profile, self._setup.features)
        return None

    def _total(self, index: int) -> int:
        pod, node_info, setup = self._pod, self._snapshot.node_infos[index], self._setup
        fit, balanced, image = self._weights
        total = fit * node_resources.score_fit(pod, node_info, setup.profile.fit) if fit else 0
        if balanced and self._is_balanced:
            resources = setup.profile.balanced_resources
            total += balanced * node_resources.score_balanced(pod, node_info, resources, setup.features)
        if image and self.images:
            total += image * self.images[index]
        return total

    def _preferences(self) -> list[int] | None:
        pod, added = self._pod, self._setup.profile.added_affinity
        if not pod.preferred_nodes and not added.preferred:
            return None
        return [node_affinity.weigh(pod, node, added) for node in self._snapshot.nodes]

    def _images(self) -> list[int] | None:
        pod, sizes, features = self._pod, self._setup.image_sizes, self._setup.features
        if not any(name in sizes for name in (*pod.images, *pod.image_volumes)):
            return None
        return [image_locality.score(pod, node, sizes, features) for node in self._snapshot.nodes]


def _judge_static(pod: Pod, node: Node, setup: Setup) -> Status | None:
    """Why a node is refused, whatever runs there: the first plugin that refuses decides."""
    profile = setup.profile
    verdict = None
    if node.unschedulable and profile.runs(node_unschedulable.NAME):
        verdict = node_unschedulable.judge(pod, node)
    if verdict is None and pod.node_name and profile.runs(node_name.NAME):
        verdict = node_name.judge(pod, node)
    if verdict is None and node.taints and profile.runs(taint_toleration.NAME):
        verdict = taint_toleration.judge(pod, node, setup.features)
    if verdict is None and profile.runs(node_affinity.NAME):
        verdict = node_affinity.judge(pod, node, profile.added_affinity)
    return verdict


def _unless_all_zero(scores: list[int]) -> list[int] | None:
    return scores if any(scores) else None
