"""The plugins that a profile runs, with their arguments and weights."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from typing import Any, NamedTuple

from k8slint.scheduling.cache import Cache, NodeInfo
from k8slint.scheduling.features import Features
from k8slint.scheduling.framework import FilterState, Handle, Plugin, PreFilterResult, Status
from k8slint.scheduling.objects.pod import Pod
from k8slint.scheduling.profile import Profile

NodeFilter = Callable[[Pod, NodeInfo, Handle[Any]], Status | None]
PreFilter = Callable[[Pod, Cache, Handle[Any]], FilterState | PreFilterResult | Status | None]


class Running(NamedTuple):
    """A plugin with its handle and the weight of its score."""

    plugin: Plugin[Any]
    handle: Handle[Any]
    weight: int


class Framework:
    """The plugins that a profile runs, grouped by what they do, each group in the order of the plugins.

    The verdicts of `node_filters` depend on the node alone, those of `pods_filters` on its pods too; both are kept.
    `pre_filters` run for each pod; they include the filters whose verdicts are not kept.

    Mirrors: pkg/scheduler/framework/runtime/framework.go frameworkImpl @ v1.36
    """

    def __init__(self, profile: Profile, features: Features, plugins: Iterable[Plugin[Any]]) -> None:
        self.profile = profile
        self.features = features
        self.running = tuple(
            Running(plugin, Handle(profile.args_of(plugin), features), profile.weight_of(plugin))
            for plugin in plugins
            if profile.runs(plugin)
        )
        self.gates = tuple(one.plugin.pre_enqueue for one in self.running if one.plugin.pre_enqueue is not None)
        self.post_filters = tuple(one for one in self.running if one.plugin.post_filter is not None)
        self.node_scorers = tuple(one for one in self.running if one.weight and one.plugin.looks_at != "cluster")
        self.cluster_scorers = tuple(one for one in self.running if one.weight and one.plugin.looks_at == "cluster")
        self.woken_by_pods = frozenset(one.plugin.name for one in self.running if one.plugin.is_woken_by_pods)
        filters = [one for one in self.running if one.plugin.filters]
        # The first filter that refuses decides, so a filter must not run before an earlier one that looks at more: its
        # verdicts are kept no longer than those of the filters before it.
        near = list(takewhile(lambda one: one.plugin.looks_at == "node", filters))
        kept = list(takewhile(lambda one: one.plugin.looks_at != "cluster", filters))
        self.node_filters = _filters(near)
        self.pods_filters = _filters(kept[len(near) :])
        self.pre_filters = (*_pre_filters(kept), *_pre_filters(filters[len(kept) :], is_late=True))


def _filters(group: Iterable[Running]) -> tuple[tuple[NodeFilter, Handle[Any]], ...]:
    return tuple((one.plugin.filter, one.handle) for one in group if one.plugin.filter is not None)


def _pre_filters(group: Iterable[Running], *, is_late: bool = False) -> Iterator[tuple[PreFilter, Handle[Any]]]:
    """The functions that look at the pod; if `is_late`, also the plain filters, wrapped so that nothing is kept."""
    for plugin, handle, _ in group:
        if plugin.pre_filter is not None:
            yield plugin.pre_filter, handle
        if is_late and plugin.filter is not None:
            yield partial(_EachNode, plugin.filter), handle


@dataclass(slots=True)
class _EachNode(FilterState):
    """A plain filter whose verdicts are not kept."""

    judge: NodeFilter
    pod: Pod
    cache: Cache
    handle: Handle[Any]

    def filter(self, index: int) -> Status | None:
        return self.judge(self.pod, self.cache.node_infos[index], self.handle)
