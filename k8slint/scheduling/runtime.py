"""The plugins that a profile runs, ready to be run."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile
from typing import Any, NamedTuple

from k8slint.scheduling.features import Features
from k8slint.scheduling.framework import Handle, Plugin
from k8slint.scheduling.profile import Profile


class Running(NamedTuple):
    """A plugin with its handle and the weight of its score."""

    plugin: Plugin[Any]
    handle: Handle[Any]
    weight: int


class Framework:
    """The plugins that a profile runs, by what they do; in each group in their order.

    The verdicts of `node_filters` and `pods_filters` are kept: the node alone decides, or its pods as well. Those of
    `late_filters` are not. `pre_filters` look at each pod before any node; the late filters are among them.

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
        self.scorers = tuple(one for one in self.running if one.weight)
        self.woken_by_pods = frozenset(one.plugin.name for one in self.running if one.plugin.is_woken_by_pods)
        filters = [one for one in self.running if one.plugin.filters]
        # What comes behind a filter that looks further must not speak before it, and is kept no longer than that.
        near = list(takewhile(lambda one: one.plugin.looks_at == "node", filters))
        kept = list(takewhile(lambda one: one.plugin.looks_at != "cluster", filters))
        self.node_filters = tuple(one for one in near if one.plugin.filter is not None)
        self.pods_filters = tuple(one for one in kept[len(near) :] if one.plugin.filter is not None)
        self.late_filters = frozenset(one.plugin.name for one in filters[len(kept) :])
        self.pre_filters = tuple(
            one for one in filters if one.plugin.pre_filter is not None or one.plugin.name in self.late_filters
        )
