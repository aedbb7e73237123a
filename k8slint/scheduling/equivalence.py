"""Verdicts of nodes for all pods of one signature, brought up to date node by node.

The idea is that of KEP-5598, opportunistic batching: pods of equal signatures get equal verdicts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from k8slint.scheduling.cache import Cache
from k8slint.scheduling.framework import Handle, Scorer, Status
from k8slint.scheduling.objects.pod import Pod
from k8slint.scheduling.runtime import Framework, NodeFilter, Running


@dataclass(slots=True)
class NodeScores:
    """The scores that one plugin gives nodes for one pod, and how they are normalized and weighted."""

    plugin: str
    weight: int
    score: Scorer
    normalize_score: Callable[[list[int]], list[int]] | None

    @classmethod
    def of(cls, one: Running, pod: Pod, cache: Cache, nodes: Sequence[int]) -> NodeScores | None:
        """The scores of a plugin that runs, ready for these nodes, or None if it scores nothing for this pod."""
        plugin, handle, weight = one
        score: Scorer | None = None
        if plugin.pre_score is not None:
            score = plugin.pre_score(pod, cache, nodes, handle)
        elif plugin.score is not None:
            score = _live(one, pod, cache)
        if score is None:
            return None
        if plugin.looks_at == "node":
            score = [score(index) for index in range(len(cache.nodes))].__getitem__
        return cls(plugin.name, weight, score, plugin.normalize_score)

    def weighted(self, nodes: Sequence[int]) -> list[int]:
        """The normalized and weighted scores of the nodes that are to be compared.

        Mirrors: pkg/scheduler/framework/runtime/framework.go RunScorePlugins @ v1.36
        """
        score, weight = self.score, self.weight
        scores = [score(index) for index in nodes]
        if self.normalize_score is not None:
            scores = self.normalize_score(scores)
        return [weight * each for each in scores]


def _live(one: Running, pod: Pod, cache: Cache) -> Scorer:
    score, node_infos, handle = one.plugin.score, cache.node_infos, one.handle
    if score is None:
        raise AssertionError(one.plugin.name)
    return lambda index: score(pod, node_infos[index], handle)


class NodeVerdicts:
    """Verdicts and scores that depend on a node and its pods alone, for every node and all pods of one signature.

    Read them after `refresh`. `statuses` has each node's refusal, or None. `totals` has the sum of the weighted scores
    that need no normalization, valid for nodes without a refusal. `compared` are the scores that are normalized over
    the nodes to compare. Both leave out a plugin that looks at the node alone and scores all alike; `scores` has all.
    """

    def __init__(self, pod: Pod, cache: Cache, framework: Framework) -> None:
        self._pod = pod
        self._cache = cache
        self._filters = framework.pods_filters
        self._static = [self._judge(index, framework.node_filters) for index in range(len(cache.nodes))]
        self.statuses = list(self._static)
        self.totals = [0] * len(cache.nodes)
        self.scores: list[NodeScores] = []
        self.compared: list[NodeScores] = []
        self._summed: list[tuple[int, Scorer]] = []
        every = range(len(cache.nodes))
        for one in framework.node_scorers:
            scores = NodeScores.of(one, pod, cache, every)
            if scores is None:
                continue
            self.scores.append(scores)
            # Equal scores of all nodes decide nothing.
            if one.plugin.looks_at == "node" and len({scores.score(index) for index in every}) <= 1:
                continue
            if scores.normalize_score is not None:
                self.compared.append(scores)
            else:
                self._summed.append((scores.weight, scores.score))
        self._seen = len(cache.changes)
        for index in every:
            self._update(index)

    def refresh(self) -> None:
        """Judge again the nodes that changed since the last call."""
        changes = self._cache.changes
        if self._seen != len(changes):
            for index in set(changes[self._seen :]):
                self._update(index)
            self._seen = len(changes)

    def _judge(self, index: int, filters: Iterable[tuple[NodeFilter, Handle[Any]]]) -> Status | None:
        """Why the node is refused, by the first filter that refuses; None if it will do."""
        pod, node_info = self._pod, self._cache.node_infos[index]
        for judge, handle in filters:
            status = judge(pod, node_info, handle)
            if status is not None:
                return status
        return None

    def _update(self, index: int) -> None:
        status = self._static[index]
        if status is None:
            status = self._judge(index, self._filters)
        self.statuses[index] = status
        if status is None:
            total = 0
            for weight, score in self._summed:
                total += weight * score(index)
            self.totals[index] = total
