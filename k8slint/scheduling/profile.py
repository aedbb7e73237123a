"""The configuration of a scheduler: which plugins are off, and their weights and arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from k8slint.scheduling.framework import Plugin


@dataclass(frozen=True, slots=True)
class Profile:
    """One profile of kube-scheduler; without arguments, its default profile.

    `weights` and `args` override the plugin's own, by its name; a plugin with weight 0 does not score. If
    `percentage_to_score` is 0, the size of the cluster decides. If `has_extenders`, webhooks take part whose answers
    are unknown, so no pod is modelled.
    """

    scheduler_name: str = "default-scheduler"
    disabled: frozenset[str] = frozenset()
    weights: Mapping[str, int] = field(default_factory=dict)
    args: Mapping[str, Any] = field(default_factory=dict)
    percentage_to_score: int = 0
    has_extenders: bool = False

    def runs(self, plugin: Plugin[Any]) -> bool:
        """Whether a plugin is enabled."""
        return plugin.name not in self.disabled

    def weight_of(self, plugin: Plugin[Any]) -> int:
        """The weight of a plugin's score; 0 if it does not score."""
        return self.weights.get(plugin.name, plugin.weight) if self.runs(plugin) else 0

    def args_of(self, plugin: Plugin[Any]) -> Any:
        """The arguments of a plugin."""
        return self.args.get(plugin.name, plugin.args)
