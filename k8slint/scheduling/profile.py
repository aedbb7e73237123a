"""How a scheduler is set up: plugins switched off, weights, and the arguments of plugins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from k8slint.scheduling.objects.node import HOSTNAME, ZONE
from k8slint.scheduling.objects.node_affinity import NodeTerm
from k8slint.scheduling.objects.pod_affinity import NOTHING
from k8slint.scheduling.objects.topology_spread import SpreadConstraint

DEFAULT_WEIGHTS: Mapping[str, int] = {
    "TaintToleration": 3,
    "NodeAffinity": 2,
    "NodeResourcesFit": 1,
    "PodTopologySpread": 2,
    "InterPodAffinity": 2,
    "NodeResourcesBalancedAllocation": 1,
    "ImageLocality": 1,
}
SYSTEM_CONSTRAINTS = (
    SpreadConstraint(HOSTNAME, max_skew=3, hard=False, selector=NOTHING),
    SpreadConstraint(ZONE, max_skew=5, hard=False, selector=NOTHING),
)


class Strategy(StrEnum):
    """What NodeResourcesFit prefers."""

    LEAST = "LeastAllocated"
    MOST = "MostAllocated"
    RATIO = "RequestedToCapacityRatio"


@dataclass(frozen=True, slots=True)
class FitStrategy:
    """How NodeResourcesFit scores.

    `resources` are (name, weight); `shape`, for RequestedToCapacityRatio, are (percent in use, score from 0 to 10).
    """

    kind: Strategy = Strategy.LEAST
    resources: tuple[tuple[str, int], ...] = (("cpu", 1), ("memory", 1))
    shape: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        if self.kind is Strategy.RATIO and not self.shape:
            raise ValueError(f"{self.kind} needs a shape, such as ((0, 0), (100, 10))")


@dataclass(frozen=True, slots=True)
class AddedAffinity:
    """Node affinity the profile adds to every pod."""

    required: tuple[NodeTerm, ...] | None = None
    preferred: tuple[tuple[int, NodeTerm], ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """One profile of kube-scheduler; the default is its default.

    `default_constraints` None means the built-in ones, which only weigh; `percentage_to_score` 0 means by cluster
    size. `has_extenders` says that webhooks take part: then nothing is known.
    """

    scheduler_name: str = "default-scheduler"
    disabled: frozenset[str] = frozenset()
    weights: Mapping[str, int] = field(default_factory=lambda: DEFAULT_WEIGHTS)
    added_affinity: AddedAffinity = field(default_factory=AddedAffinity)
    default_constraints: tuple[SpreadConstraint, ...] | None = None
    fit: FitStrategy = field(default_factory=FitStrategy)
    balanced_resources: tuple[str, ...] = ("cpu", "memory")
    ignored_resources: frozenset[str] = frozenset()
    ignored_resource_groups: frozenset[str] = frozenset()
    hard_pod_affinity_weight: int = 1
    ignores_preferred_terms_of_existing_pods: bool = False
    percentage_to_score: int = 0
    candidates_percentage: int = 10
    candidates_absolute: int = 100
    has_extenders: bool = False

    def runs(self, plugin: str) -> bool:
        """Whether a plugin is switched on."""
        return plugin not in self.disabled

    def weight(self, plugin: str) -> int:
        """What a plugin's score is multiplied by; 0 where it does not score."""
        return self.weights.get(plugin, 0) if self.runs(plugin) else 0
