"""What a dry run says: of every pod, of every node, and of what would not come into being."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from k8slint.apiserver.admission.refusal import Cause, Refusal
from k8slint.loading.document import Path
from k8slint.objects.object import Object
from k8slint.scheduling import Snapshot
from k8slint.scheduling.framework import Status
from k8slint.scheduling.result import Outcome, Preemption
from k8slint.simulation.persistent_volume_controller import Unbound
from k8slint.simulation.scheduler_run import SchedulerInput

_NONE: Mapping[str, Status] = {}
_NO_SCORES: Mapping[str, Mapping[str, int]] = {}


class Verdict(StrEnum):
    """What becomes of a pod."""

    ASSIGNED = "assigned"
    UNSCHEDULABLE = "unschedulable"
    GATED = "gated"
    WAITING = "waiting"
    REFUSED = "refused"
    NOT_MODELLED = "not-modelled"


@dataclass(frozen=True, slots=True)
class PodResult:
    """What becomes of one pod, and why in the scheduler's or the API server's own words.

    `owner` is the object in the files that it comes from, which may be the pod itself; `path` leads from its pod
    (template) to what the message is about, where that is known. `cause` is why admission refuses it. `statuses` has
    the refusals by node; `scores`, if asked for, the weighted score of each plugin by node. `ties` are nodes that would
    have done as well. With a `preemption` less important pods go first. `is_described` pods are of the cluster
    description, not of the manifests.
    """

    namespace: str
    name: str
    owner: Object
    verdict: Verdict
    node: str = ""
    message: str = ""
    path: Path = ()
    cause: Cause | None = None
    statuses: Mapping[str, Status] = field(default_factory=lambda: _NONE)
    scores: Mapping[str, Mapping[str, int]] = field(default_factory=lambda: _NO_SCORES)
    ties: tuple[str, ...] = ()
    preemption: Preemption | None = None
    priority: int = 0
    is_described: bool = False

    @property
    def key(self) -> str:
        """Namespace and name."""
        return f"{self.namespace}/{self.name}"


@dataclass(frozen=True, slots=True)
class NodeResult:
    """A node once all pods have found their place; amounts as the scheduler counts them: millicores, bytes, pieces.

    `allocatable` leaves out what the node does not give. `pods` are namespace and name, in the order they came.
    """

    name: str
    allocatable: Mapping[str, int]
    requested: Mapping[str, int]
    pods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WorkloadResult:
    """How many pods a workload of the manifests comes to, and why it is that number where that needs saying."""

    obj: Object
    namespace: str
    pods: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """What the scheduler was given and what it answered, for questions that come later.

    `outcomes`, by namespace and name, are in the order in which the pods were tried; `snapshot` is the cluster then.
    """

    stage: SchedulerInput
    outcomes: Mapping[str, Outcome]
    snapshot: Snapshot


@dataclass(frozen=True)
class DryRun:
    """The whole outcome. `nodes` is none where no node is known: then no pod is judged by nodes.

    `unbound` says of claims, by namespace and name, why they never get a volume. `pods` are in the order of the
    manifests, those of the description last. `scene` is none where no node is known.
    """

    pods: tuple[PodResult, ...]
    nodes: tuple[NodeResult, ...] | None
    workloads: tuple[WorkloadResult, ...]
    refusals: tuple[Refusal, ...]
    unbound: Mapping[tuple[str, str], Unbound]
    assumptions: tuple[str, ...]
    scene: Scene | None = None

    def of(self, obj: Object) -> tuple[PodResult, ...]:
        """The pods that come from an object."""
        return self._by_owner.get(obj, ())

    def find(self, name: str, namespace: str = "") -> tuple[PodResult, ...]:
        """The pods of that name, or of the workload of that name, in that namespace or in any."""
        return tuple(
            pod
            for pod in self.pods
            if name in (pod.name, pod.owner.name) and (not namespace or pod.namespace == namespace)
        )

    @cached_property
    def _by_owner(self) -> Mapping[Object, tuple[PodResult, ...]]:
        found: dict[Object, list[PodResult]] = {}
        for pod in self.pods:
            found.setdefault(pod.owner, []).append(pod)
        return {owner: tuple(pods) for owner, pods in found.items()}
