"""The plugins' side of the scheduler, with the names of kube-scheduler's framework.

Mirrors: k8s.io/kube-scheduler/framework interface.go @ v1.36
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Generic, Literal, NamedTuple, TypeVar

from k8slint.scheduling.features import Features
from k8slint.scheduling.objects.pod import Pod

if TYPE_CHECKING:
    from k8slint.scheduling.cache import Cache, NodeInfo
    from k8slint.scheduling.cycle import CycleState
    from k8slint.scheduling.result import Preemption

MAX_NODE_SCORE: Final = 100

Args = TypeVar("Args")
# The score of the node at an index, before it is normalized.
Scorer = Callable[[int], int]


class Code(StrEnum):
    """The kind of a refusal: evicting pods from the node could help, it cannot help, or the plugin failed."""

    UNSCHEDULABLE = "Unschedulable"
    UNRESOLVABLE = "UnschedulableAndUnresolvable"
    ERROR = "Error"


class Status(NamedTuple):
    """A plugin's refusal of a node, or of the pod as a whole."""

    plugin: str
    code: Code
    reasons: tuple[str, ...]


class PreFilterResult(NamedTuple):
    """The names of the only nodes to try."""

    node_names: frozenset[str]


class FilterState(ABC):
    """A filter for one pod, with what it has counted in the cluster."""

    __slots__ = ()

    @abstractmethod
    def filter(self, index: int) -> Status | None:
        """Why the node at this index is refused; None if it will do."""

    def add_pod(self, pod: Pod, index: int) -> None:  # noqa: B027 - most filters do not care which pods are there
        """Count another pod that came to a node."""

    def remove_pod(self, pod: Pod, index: int) -> None:  # noqa: B027
        """Count another pod that left a node."""

    def reserve(self, index: int) -> None:  # noqa: B027 - most plugins reserve nothing
        """Reserve for the pod what the filter found for it on the node."""


class Handle(NamedTuple, Generic[Args]):
    """What a plugin gets at each call: its arguments in the profile, and the behaviour of the minor."""

    args: Args
    features: Features


@dataclass(frozen=True, slots=True)
class Plugin(Generic[Args]):
    """One plugin; the stages in which it takes no part are None.

    `looks_at` says on what its verdict or score of a node depends: the node alone, the node and its pods ("pods"), or
    the whole cluster. This decides how long verdicts and scores are kept. All pods of one signature share what is kept,
    so a plugin that reads more of a pod than `Pod.signature` covers must say "cluster".

    `filter` judges one node. `pre_filter` looks at the pod first: it refuses the pod, names the only nodes to try,
    returns a filter for this pod, or returns None if it has no objection on any node.

    `score` scores one node. `pre_score` looks at the nodes to compare and returns the function that scores each, or
    None if it scores nothing for this pod. `normalize_score` turns raw scores into numbers from 0 to 100; without it
    the raw scores must be such numbers.

    If `is_woken_by_pods`, the plugin may admit a pod that it refused before, once another pod has come. `read_args`
    reads the plugin's arguments in a KubeSchedulerConfiguration, given their path; `args` are the default.
    """

    name: str
    looks_at: Literal["node", "pods", "cluster"] = "node"
    pre_enqueue: Callable[[Pod], str] | None = None
    pre_filter: Callable[[Pod, Cache, Handle[Args]], FilterState | PreFilterResult | Status | None] | None = None
    filter: Callable[[Pod, NodeInfo, Handle[Args]], Status | None] | None = None
    post_filter: (
        Callable[[Pod, CycleState | None, Mapping[int, Status], Cache, Handle[Args]], Preemption | Status | None] | None
    ) = None
    pre_score: Callable[[Pod, Cache, Sequence[int], Handle[Args]], Scorer | None] | None = None
    score: Callable[[Pod, NodeInfo, Handle[Args]], int] | None = None
    normalize_score: Callable[[list[int]], list[int]] | None = None
    weight: int = 0
    is_woken_by_pods: bool = False
    args: Args | None = None
    read_args: Callable[[Mapping[str, Any], str], Args] | None = None

    @property
    def filters(self) -> bool:
        """Whether the plugin may refuse a node, or a pod on any node."""
        return self.filter is not None or self.pre_filter is not None

    @property
    def points(self) -> frozenset[str]:
        """The extension points at which the plugin has an effect, with the names of a KubeSchedulerConfiguration."""
        stages = {
            "preEnqueue": self.pre_enqueue,
            "preFilter": self.pre_filter,
            "filter": self.filter,
            "postFilter": self.post_filter,
            "preScore": self.pre_score,
            "score": self.score,
        }
        return frozenset(point for point, stage in stages.items() if stage is not None)


def default_normalize_score(raw: list[int], *, reverse: bool = False) -> list[int]:
    """The scores in proportion to the highest, which becomes 100; with `reverse`, each is then taken from 100.

    >>> default_normalize_score([0, 1, 4]), default_normalize_score([0, 1, 4], reverse=True)
    ([0, 25, 100], [100, 75, 0])

    Mirrors: pkg/scheduler/framework/plugins/helper/normalize_score.go DefaultNormalizeScore @ v1.36
    """
    most = max(raw)
    scores = [MAX_NODE_SCORE * score // most for score in raw] if most > 0 else raw
    return [MAX_NODE_SCORE - score for score in scores] if reverse else scores
