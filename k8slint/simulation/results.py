"""The results of a dry run: for every pod, every node, and everything that would not be created."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from k8slint.apiserver.admission.refusal import Cause, Refusal
from k8slint.loading.document import Path
from k8slint.objects.object import Object
from k8slint.scheduling import Pod, Profile, Snapshot
from k8slint.scheduling.framework import Status
from k8slint.scheduling.result import Outcome, Preemption
from k8slint.simulation.creation import Creation, Template
from k8slint.simulation.inventory import Inventory
from k8slint.simulation.persistent_volume_controller import Unbound
from k8slint.simulation.scheduler_run import SchedulerInput

_NONE: Mapping[str, Status] = {}
_NO_SCORES: Mapping[str, Mapping[str, int]] = {}


class Verdict(StrEnum):
    """What becomes of a pod: the API server does not take those that are refused, a kubelet those that are rejected."""

    ASSIGNED = "assigned"
    UNSCHEDULABLE = "unschedulable"
    GATED = "gated"
    WAITING = "waiting"
    REFUSED = "refused"
    REJECTED = "rejected"
    NOT_MODELLED = "not-modelled"


@dataclass(frozen=True, slots=True)
class PodResult:
    """What becomes of one pod, and why, in the scheduler's or the API server's own words.

    `owner` is the object in the files from which the pod comes, maybe the pod itself; `path` leads from the owner's pod
    or pod template to the field that the message is about, if that is known. `cause` is why admission refuses the pod.
    `statuses` has the refusals by node. `scores` has the weighted scores of each node by plugin, if the run was to
    explain. `ties` are other nodes with the same score. With a `preemption`, less important pods must leave first.
    `is_described` pods come from the cluster description, not from the manifests.
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
    """A node after the run; amounts are in millicores, bytes or pieces.

    `allocatable` leaves out resources for which the node gives no amount. `pods` are namespace and name: first those
    that ran before, then the others in the order of the results.
    """

    name: str
    allocatable: Mapping[str, int]
    requested: Mapping[str, int]
    pods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WorkloadResult:
    """How many pods a workload of the manifests has, and a note why if that is not obvious."""

    obj: Object
    namespace: str
    pods: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """The scheduler's input and output, and what the pods were made from, for later questions.

    `outcomes`, by namespace and name, are in the order they came about; `tried` is the cluster as the scheduler leaves
    it, and `snapshot` is the same without what kubelets reject. `creation` is what has been created: whoever creates
    more takes a fork of it.
    """

    stage: SchedulerInput
    outcomes: Mapping[str, Outcome]
    tried: Snapshot
    snapshot: Snapshot
    inventory: Inventory
    creation: Creation
    templates: tuple[Template, ...]

    def profile_for(self, pod: Pod) -> Profile:
        """The profile of the scheduler that the pod names, or the first one if none has its name."""
        profiles = self.stage.profiles
        return next((one for one in profiles if one.scheduler_name == pod.scheduler_name), profiles[0])


@dataclass(frozen=True)
class DryRun:
    """The result of a dry run.

    `pods` are in the order of the manifests, those of the description last. `nodes` and `scene` are None if no node is
    known; then the scheduler does not run. `unbound` has, by namespace and name, why a claim never gets a volume.
    """

    pods: tuple[PodResult, ...]
    nodes: tuple[NodeResult, ...] | None
    workloads: tuple[WorkloadResult, ...]
    refusals: tuple[Refusal, ...]
    unbound: Mapping[tuple[str, str], Unbound]
    assumptions: tuple[str, ...]
    scene: Scene | None = None

    def of(self, obj: Object) -> tuple[PodResult, ...]:
        """The pods of an owner."""
        return self._by_owner.get(obj, ())

    def find(self, name: str, namespace: str = "") -> tuple[PodResult, ...]:
        """The pods with this name, or of a workload with this name, in this namespace or, if it is empty, in any."""
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
