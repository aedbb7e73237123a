"""Workloads whose pods never run on the described cluster, and what the dry run knows about each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from k8slint.checks.scheduling.run import explainer, pods_of
from k8slint.checks.scheduling.templates import is_unrendered
from k8slint.cluster.cluster import Cluster
from k8slint.objects.object import Object
from k8slint.objects.object import Pod as Template
from k8slint.scheduling import NotModelled, Pod, Status, Unschedulable
from k8slint.scheduling.objects.pod_affinity import PodTerm
from k8slint.scheduling.objects.volumes import Claim, PersistentVolume
from k8slint.scheduling.plugins import inter_pod_affinity
from k8slint.simulation.controllers import ENDING
from k8slint.simulation.explain import Explanation
from k8slint.simulation.feasible_nodes import FeasibleNodes, domains, means_itself
from k8slint.simulation.results import DryRun, PodResult, Scene, Verdict


@dataclass(frozen=True, eq=False)
class Case:
    """A workload of the manifests with pods that never run: `failing`, in the order in which they were tried.

    Admission refuses either all of the failing pods or none. The workload has `total` pods: `running` of them get a
    node, and `waiting` are never created because they come after a failing one.
    """

    obj: Object
    template: Template
    failing: tuple[PodResult, ...]
    total: int
    running: int
    waiting: int
    cluster: Cluster
    run: DryRun
    scene: Scene

    @property
    def share(self) -> str:
        """The start of a message: how many of the pods fail; empty if all do."""
        failing = len(self.failing)
        return f"{failing} of {self.total} pods: " if failing + self.waiting < self.total else ""

    @property
    def first(self) -> PodResult:
        """The first pod that fails; it stands for the others."""
        return self.failing[0]

    @cached_property
    def pod(self) -> Pod | None:
        """The first failing pod as the scheduler got it, or None if it was never created."""
        found = self.scene.outcomes.get(self.first.key)
        return found.pod if found is not None else None

    @cached_property
    def refused_whole(self) -> Status | None:
        """The scheduler's refusal of the first failing pod before any node is tried, or None."""
        found = self.scene.outcomes.get(self.first.key)
        return found.refused_whole if isinstance(found, Unschedulable) else None

    @cached_property
    def reasons(self) -> frozenset[str]:
        """All reasons for which nodes refused the first failing pod."""
        return frozenset(reason for status in self.first.statuses.values() for reason in status.reasons)

    @cached_property
    def feasible(self) -> FeasibleNodes:
        """The nodes that are left for the first failing pod, or for every failing pod of a DaemonSet."""
        pods = pods_of(self.failing, self.scene) if self.obj.kind == "DaemonSet" else [self.pod] if self.pod else []
        return FeasibleNodes.of(pods, self.scene.stage.nodes) if pods else FeasibleNodes((), (), ())

    @cached_property
    def explanation(self) -> Explanation | None:
        """What keeps the first failing pod from running once all others have their places, or None."""
        return self.cluster.once(explainer).explain(self.first)

    @cached_property
    def crowded(self) -> tuple[int, PodTerm, int] | None:
        """Index, term and number of places of the first anti-affinity term with fewer places than pods, or None."""
        is_refused = any(status.plugin == inter_pod_affinity.NAME for status in self.first.statuses.values())
        if self.pod is None or not is_refused:
            return None
        for index, term in enumerate(self.pod.anti_affinity.required):
            places = domains(self.feasible.roomy, term.topology_key)
            if places is not None and self.total > places and means_itself(self.pod, term):
                return index, term, places
        return None

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """The claims of the pod's volumes, as they were before any pod was placed."""
        pod, known = self.pod, self.scene.stage.facts.claims
        names = [pod.claim_of(volume) for volume in pod.volumes] if pod is not None else []
        found = (known.get((self.first.namespace, name)) for name in names if name is not None)
        return tuple(claim for claim in found if claim is not None)

    @cached_property
    def volumes(self) -> tuple[PersistentVolume, ...]:
        """The PersistentVolumes to which these claims are bound."""
        known = self.scene.stage.facts.volumes
        return tuple(known[claim.volume] for claim in self.claims if claim.bound and claim.volume in known)

    def refusal_of(self, node: str) -> str:
        """The filter that refused the first failing pod on a node; empty if the scheduler did not try the node."""
        status = self.first.statuses.get(node)
        return status.plugin if status is not None else ""


def cases(cluster: Cluster, run: DryRun) -> Iterator[Case]:
    """The workloads of the manifests with pods that never run, without those that are not yet rendered."""
    scene = run.scene
    if scene is None:
        return
    for obj in dict.fromkeys(workload.obj for workload in run.workloads):
        pods = run.of(obj)
        failing = tuple(_failing(obj, pods, scene))
        if not failing or obj.pod is None or is_unrendered(obj.pod):
            continue
        running = sum(1 for pod in pods if _runs(pod))
        if running and obj.kind in ENDING:
            continue  # pods of a Job that do not fit start when its other pods end
        waiting = sum(1 for pod in pods if pod.verdict is Verdict.WAITING)
        refused = tuple(pod for pod in failing if pod.verdict is Verdict.REFUSED)
        for group in (tuple(pod for pod in failing if pod.verdict is not Verdict.REFUSED), refused):
            if group:
                yield Case(obj, obj.pod, group, len(pods), running, waiting, cluster, run, scene)


def _failing(obj: Object, pods: Sequence[PodResult], scene: Scene) -> Iterator[PodResult]:
    failing = [pod for pod in pods if _fails(pod, scene)]
    if obj.kind != "DaemonSet" or len(failing) == len(pods):
        yield from failing
        return
    # Which pods a full node took first is an accident, so only pods that are too large even for an empty one count.
    for pod in failing:
        (one,) = pods_of((pod,), scene) or (None,)
        if one is None or not FeasibleNodes.of((one,), scene.stage.nodes).roomy:
            yield pod


def _fails(pod: PodResult, scene: Scene) -> bool:
    match pod.verdict:
        case Verdict.REFUSED | Verdict.REJECTED:
            return True
        case Verdict.UNSCHEDULABLE:
            return pod.preemption is None
        case Verdict.NOT_MODELLED:
            found = scene.outcomes.get(pod.key)
            names = {profile.scheduler_name for profile in scene.stage.profiles}
            return isinstance(found, NotModelled) and found.pod.scheduler_name not in names
        case _:
            return False


def _runs(pod: PodResult) -> bool:
    return pod.verdict is Verdict.ASSIGNED or pod.preemption is not None
