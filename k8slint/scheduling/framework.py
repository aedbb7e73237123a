"""What a plugin of the scheduler is, under the names that kube-scheduler's framework has for it.

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
    """Why a node was refused: whether taking pods away from it could help."""

    UNSCHEDULABLE = "Unschedulable"
    UNRESOLVABLE = "UnschedulableAndUnresolvable"
    ERROR = "Error"


class Status(NamedTuple):
    """A plugin's refusal of a node, or of the pod as a whole."""

    plugin: str
    code: Code
    reasons: tuple[str, ...]


class PreFilterResult(NamedTuple):
    """The names of the only nodes worth a look."""

    node_names: frozenset[str]


class FilterState(ABC):
    """A filter made ready for one pod, with what it has counted of the cluster."""

    __slots__ = ()

    @abstractmethod
    def filter(self, index: int) -> Status | None:
        """Why the node at this index is refused; None when it will do."""

    def add_pod(self, pod: Pod, index: int) -> None:  # noqa: B027 - most filters do not care which pods are there
        """Take note that another pod came to a node."""

    def remove_pod(self, pod: Pod, index: int) -> None:  # noqa: B027
        """Take note that another pod left a node."""

    def reserve(self, index: int) -> None:  # noqa: B027 - most plugins promise nothing
        """Let the pod have what it was promised on the node."""


class Handle(NamedTuple, Generic[Args]):
    """What a plugin is made with: its arguments in the profile, and the behaviour of the minor."""

    args: Args
    features: Features


@dataclass(frozen=True, slots=True)
class Plugin(Generic[Args]):
    """One plugin; the stages it takes no part in are None.

    `looks_at` says what its verdict or score of a node depends on, and so how long it is kept: the node alone, the node
    and its pods, or the whole cluster. What is kept is shared by all pods of one signature: a plugin that reads more of
    a pod than `Pod.signature` covers looks at the cluster.

    A plugin judges nodes by `filter`; or `pre_filter` looks at the pod first: it refuses it as such, names the only
    nodes worth a look, or hands back its filter for this pod. It scores nodes by `score`; or `pre_score` looks at the
    nodes to compare and hands back the score of each, None where it has nothing to say. `normalize_score` makes of the
    raw scores numbers from 0 to 100; without it they are that already.

    A plugin that `is_woken_by_pods` may let a pod pass, once another pod has come, that it refused before. `read_args`
    reads the plugin's arguments in a KubeSchedulerConfiguration, given their path; `args` are those by default.
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
        """Whether it may refuse a node, or a pod as such."""
        return self.filter is not None or self.pre_filter is not None

    @property
    def points(self) -> frozenset[str]:
        """The extension points at which it has an effect here, as a KubeSchedulerConfiguration names them."""
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
    """The scores in proportion to the highest, which is 100; reversed, 100 for 0.

    >>> default_normalize_score([0, 1, 4]), default_normalize_score([0, 1, 4], reverse=True)
    ([0, 25, 100], [100, 75, 0])

    Mirrors: pkg/scheduler/framework/plugins/helper/normalize_score.go DefaultNormalizeScore @ v1.36
    """
    most = max(raw)
    scores = [MAX_NODE_SCORE * score // most for score in raw] if most > 0 else raw
    return [MAX_NODE_SCORE - score for score in scores] if reverse else scores
