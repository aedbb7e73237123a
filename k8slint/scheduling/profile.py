"""How a scheduler is set up: plugins switched off, their weights and their arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from k8slint.scheduling.framework import Plugin


@dataclass(frozen=True, slots=True)
class Profile:
    """One profile of kube-scheduler; the default is its default.

    `weights` and `args` are by the name of a plugin, where they are not the plugin's own; a weight of 0 silences its
    score. `percentage_to_score` 0 means by cluster size. `has_extenders` says that webhooks take part: then nothing is
    known.
    """

    scheduler_name: str = "default-scheduler"
    disabled: frozenset[str] = frozenset()
    weights: Mapping[str, int] = field(default_factory=dict)
    args: Mapping[str, Any] = field(default_factory=dict)
    percentage_to_score: int = 0
    has_extenders: bool = False

    def runs(self, plugin: Plugin[Any]) -> bool:
        """Whether a plugin is switched on."""
        return plugin.name not in self.disabled

    def weight_of(self, plugin: Plugin[Any]) -> int:
        """What a plugin's score is multiplied by; 0 where it does not score."""
        return self.weights.get(plugin.name, plugin.weight) if self.runs(plugin) else 0

    def args_of(self, plugin: Plugin[Any]) -> Any:
        """The arguments of a plugin."""
        return self.args.get(plugin.name, plugin.args)
