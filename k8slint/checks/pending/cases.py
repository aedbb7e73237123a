"""Workloads whose pods never run on the described cluster, and which one rule speaks of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from k8slint.checks.pending.claims import described_kinds, is_storage_defect, written_claims
from k8slint.checks.storage.local_volumes import local_volume_matches_no_node
from k8slint.cluster.cluster import Cluster
from k8slint.objects.fields import dig, sequence, strings, text
from k8slint.objects.object import Object
from k8slint.objects.object import Pod as Template
from k8slint.scheduling import NotModelled, Pod
from k8slint.scheduling.objects.pod_affinity import PodTerm
from k8slint.scheduling.objects.volumes import Claim, PersistentVolume
from k8slint.scheduling.plugins.volume_binding import BIND_CONFLICT, NODE_CONFLICT
from k8slint.simulation.dry_run import dry_run
from k8slint.simulation.explain import Explainer, Explanation
from k8slint.simulation.feasible_nodes import FeasibleNodes, amount_of, domains, means_itself, requests_of
from k8slint.simulation.results import DryRun, PodResult, Scene, Verdict
from k8slint.values.placeholder import has_placeholder

# A rule's place below: the more exact goes first.
Applies = Callable[["Case"], bool]

# Pods of these end by themselves, and give their room back; so do Pods with these restart policies.
_ENDING: Final = frozenset({"Job", "CronJob", "Never", "OnFailure"})
# What a pod asks of nodes, volumes and policies: where a part of it is still to be filled in, nothing is known of it.
_ASKING: Final = (
    "affinity", "nodeName", "nodeSelector", "priorityClassName", "runtimeClassName", "schedulerName",
    "serviceAccountName", "tolerations", "topologySpreadConstraints", "volumes",
)  # fmt: skip
_UNBOUND: Final = "pod has unbound immediate PersistentVolumeClaims"
_OF_QUOTA: Final = ("exceeded quota: ", "failed quota: ", " usage per ", " max limit to request ratio per ")
_OVER_LIMIT: Final = ": must be less than or equal to "
FORBIDDEN: Final = " is forbidden: "
# Filters of which more pods can make a node pass that failed before.
_MENDED_BY_PODS: Final = frozenset({"InterPodAffinity", "PodTopologySpread"})


def outcome(cluster: Cluster) -> DryRun:
    """The dry run of the manifests on the described cluster; to be had through `cluster.once`.

    Raises:
        ShapeError: for an unreadable object of the cluster description.
    """
    return dry_run(cluster, cluster.version)


@dataclass(frozen=True, eq=False)
class Case:
    """A workload of the manifests with pods that never run: `failing`, in the order they were tried.

    Either all of them are refused by admission, or none is. The workload comes to `total` pods, of which `running` get
    a node, and `waiting` are never created because they come after one of the failing.
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
        """How many of the pods it is that fail, where it is not all: the start of a message."""
        failing = len(self.failing)
        return f"{failing} of {self.total} pods: " if failing + self.waiting < self.total else ""

    @property
    def first(self) -> PodResult:
        """The first pod that fails: it stands for the others."""
        return self.failing[0]

    @cached_property
    def pod(self) -> Pod | None:
        """That pod as the scheduler got it; none where it never came into being."""
        found = self.scene.outcomes.get(self.first.key)
        return found.pod if found is not None else None

    @cached_property
    def sieve(self) -> FeasibleNodes:
        """The nodes that are left for the failing pods."""
        pods = _pods(self.failing, self.scene) if self.obj.kind == "DaemonSet" else [self.pod] if self.pod else []
        return FeasibleNodes.of(pods, self.scene.stage.nodes) if pods else FeasibleNodes((), (), ())

    @cached_property
    def explanation(self) -> Explanation | None:
        """What stands in the way of that pod once all others have their places."""
        return self.cluster.once(_explainer).explain(self.first)

    @cached_property
    def crowded(self) -> tuple[int, PodTerm, int] | None:
        """The first anti-affinity term with fewer places than there are pods, its index, and how many places it has."""
        is_refused = any(status.plugin == "InterPodAffinity" for status in self.first.statuses.values())
        if self.pod is None or not is_refused:
            return None
        for index, term in enumerate(self.pod.anti_affinity.required):
            places = domains(self.sieve.roomy, term.topology_key)
            if places is not None and self.total > places and means_itself(self.pod, term):
                return index, term, places
        return None

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """The claims behind the pod's volumes, as they were before any pod was placed."""
        pod, known = self.pod, self.scene.stage.facts.claims
        names = [pod.claim_of(volume) for volume in pod.volumes] if pod is not None else []
        found = (known.get((self.first.namespace, name)) for name in names if name is not None)
        return tuple(claim for claim in found if claim is not None)

    @cached_property
    def volumes(self) -> tuple[PersistentVolume, ...]:
        """The volumes that those claims are bound to."""
        known = self.scene.stage.facts.volumes
        return tuple(known[claim.volume] for claim in self.claims if claim.bound and claim.volume in known)

    def refusal_of(self, node: str) -> str:
        """The filter that refused that pod on a node; empty where the node was not looked at."""
        status = self.first.statuses.get(node)
        return status.plugin if status is not None else ""


def cases(cluster: Cluster, run: DryRun) -> Iterator[Case]:
    """The workloads of the manifests with pods that never run, as far as anything is known of them."""
    scene = run.scene
    if scene is None:
        return
    for obj in dict.fromkeys(workload.obj for workload in run.workloads):
        pods = run.of(obj)
        failing = tuple(_failing(obj, pods, scene))
        if not failing or obj.pod is None or _is_unrendered(obj.pod):
            continue
        running = sum(1 for pod in pods if _runs(pod))
        if running and obj.kind in _ENDING:
            continue  # the pods of a Job that do not fit wait for its others to end
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
    # Which pods a full node got first is an accident: one that is too small for it is none.
    for pod in failing:
        (one,) = _pods((pod,), scene) or (None,)
        if one is None or not FeasibleNodes.of((one,), scene.stage.nodes).roomy:
            yield pod


def _fails(pod: PodResult, scene: Scene) -> bool:
    match pod.verdict:
        case Verdict.REFUSED:
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


def _pods(results: Iterable[PodResult], scene: Scene) -> list[Pod]:
    return [found.pod for result in results if (found := scene.outcomes.get(result.key)) is not None]


def _is_unrendered(template: Template) -> bool:
    pending: list[Any] = [template.spec.get(key) for key in _ASKING]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            pending += [*value, *value.values()]
        elif isinstance(value, list):
            pending += value
        elif has_placeholder(value):
            return True
    return False


# --- which rule speaks --------------------------------------------------------------------------------------------


def cause_of(case: Case) -> str:
    """The id of the one rule that speaks of a workload; empty where nobody knows enough, or a rule of a claim does.

    `unschedulable-pod` has the last word, so that a defect is said once, by the rule that says it best.
    """
    if case.first.verdict is Verdict.REFUSED:
        return _cause_of_refusal(case)
    if case.first.verdict is Verdict.NOT_MODELLED:
        name = text(case.template.spec.get("schedulerName"))
        return "" if _knows_scheduler(name, case.cluster) else "unknown-scheduler"
    if case.pod is None or case.pod.node_name:
        return "unschedulable-pod"
    return next((rule for rule, applies in _BY_RANK if applies(case)), "unschedulable-pod")


def _asks_for_no_node(case: Case) -> bool:
    return not case.sieve.chosen


def _is_kept_off(case: Case) -> bool:
    return bool(case.sieve.chosen) and not case.sieve.open


def _is_too_large(case: Case) -> bool:
    # A DaemonSet that runs on other nodes is not too large for any.
    return not case.running and bool(case.sieve.open) and not case.sieve.roomy


def _is_crowded(case: Case) -> bool:
    return case.crowded is not None


def _is_parted_from_its_volume(case: Case) -> bool:
    """Whether its volumes are what keeps it from every node that is left."""
    statuses = [case.first.statuses.get(node.name) for node in case.sieve.open]
    return bool(statuses) and all(
        status is not None and (NODE_CONFLICT in status.reasons or status.plugin == "VolumeZone") for status in statuses
    )


def _is_said_of_storage(case: Case) -> bool:
    """Whether a rule of claims or of volumes says it."""
    message, cluster = case.first.message, case.cluster
    if "persistentvolumeclaim" in message and "not found" in message:
        return True
    if _UNBOUND in message:
        return any(
            (claim.namespace, claim.name) in case.run.unbound and _writers_of(claim, case) for claim in case.claims
        )
    reasons = {reason for status in case.first.statuses.values() for reason in status.reasons}
    if not reasons & {BIND_CONFLICT, NODE_CONFLICT}:
        return False
    if any(is_storage_defect(writer, cluster) for claim in case.claims for writer in _writers_of(claim, case)):
        return True
    volumes = (*case.volumes, *_volumes_of_class(case))
    return any(
        True
        for volume in volumes
        for obj in cluster.find("PersistentVolume", "", volume.name)
        for _ in local_volume_matches_no_node(obj, cluster)
    )


def _writers_of(claim: Claim, case: Case) -> list[Object]:
    """The objects of the manifests that write a claim: itself, or the StatefulSet whose template makes it."""
    found = case.cluster.once(written_claims).get((claim.namespace, claim.name), ())
    return [*found, *([case.obj] if case.obj.kind == "StatefulSet" and not found else [])]


def _volumes_of_class(case: Case) -> Iterator[PersistentVolume]:
    classes = {claim.class_name for claim in case.claims if not claim.bound}
    return (volume for volume in case.scene.stage.facts.volumes.values() if volume.class_name in classes)


def _comes_in_time(case: Case) -> bool:
    """Whether it fits once the others have their places: the scheduler tries again when pods come."""
    if not any(status.plugin in _MENDED_BY_PODS for status in case.first.statuses.values()):
        return False
    return case.explanation is not None and bool(case.explanation.fits_on)


def _waits_for_jobs(case: Case) -> bool:
    """Whether a node has room for it once the pods of Jobs have ended."""
    if case.pod is None:
        return False
    freed, loads = case.cluster.once(_freed_by_jobs), case.cluster.once(node_loads)
    wanted = requests_of(case.pod)
    return any(
        all(
            loads[node.name][name] - freed[node.name][name] + amount <= amount_of(node, name)
            for name, amount in wanted.items()
        )
        and loads[node.name]["pods"] - freed[node.name]["pods"] < node.max_pods
        for node in case.sieve.roomy
        if node.name in freed and case.refusal_of(node.name) == "NodeResourcesFit"
    )


_BY_RANK: Final[Sequence[tuple[str, Applies]]] = (
    ("node-selector-matches-no-node", _asks_for_no_node),
    ("untolerated-taint-everywhere", _is_kept_off),
    ("pod-larger-than-any-node", _is_too_large),
    ("anti-affinity-exceeds-nodes", _is_crowded),
    ("", _is_said_of_storage),
    ("volume-node-conflict", _is_parted_from_its_volume),
    ("", _comes_in_time),
    ("", _waits_for_jobs),
)


def _cause_of_refusal(case: Case) -> str:
    message, cluster = case.first.message, case.cluster
    if any(words in message for words in _OF_QUOTA):
        return "quota-refuses-pods"
    if _OVER_LIMIT in message:
        # A limit that the manifest itself writes is what the API server's own rules speak of.
        *resources, _, resource = case.first.path or ("", "")
        is_own = dig(case.template.data, *resources, "limits", resource) is not None
        return "" if is_own else "quota-refuses-pods"
    if FORBIDDEN not in message:
        return ""
    kind = case.first.absent.partition(" ")[0]
    # What the description does not list at all may be there.
    is_listed = not kind or kind in cluster.once(described_kinds)
    return "admission-refuses-object" if is_listed else ""


def _knows_scheduler(name: str, cluster: Cluster) -> bool:
    """Whether the manifests bring a scheduler of that name, or it has given a described Pod its node."""
    names, texts = cluster.once(_schedulers)
    return name in names or any(name in text for text in texts)


def _schedulers(cluster: Cluster) -> tuple[frozenset[str], tuple[str, ...]]:
    """Names that a scheduler may have, and texts that may name it: settings in a ConfigMap, arguments of programs."""
    names: set[str] = set()
    texts: list[str] = []
    for pod in cluster.pods:
        if pod.spec.get("nodeName"):
            names.add(text(pod.spec.get("schedulerName")))
        if pod.obj.kind != "Pod":
            names |= {pod.obj.name, pod.obj.name.removesuffix("-scheduler")}
        for container in pod.containers:
            words = (*sequence(container.data.get("command")), *sequence(container.data.get("args")))
            texts += [word for word in words if isinstance(word, str) and "scheduler" in word]
    for obj in cluster.of_kind("ConfigMap"):
        texts += [value for value in strings(obj.data.get("data")).values() if "schedulerName" in value]
    return frozenset(names), tuple(texts)


# --- what is known of the run as a whole --------------------------------------------------------------------------


def _explainer(cluster: Cluster) -> Explainer:
    return Explainer(cluster.once(outcome))


def node_loads(cluster: Cluster) -> Mapping[str, Counter[str]]:
    """What each node has given away in the end."""
    return {node.name: Counter(node.requested) for node in cluster.once(outcome).nodes or ()}


def _freed_by_jobs(cluster: Cluster) -> Mapping[str, Counter[str]]:
    """What the pods of Jobs hold, by the node they run on."""
    run = cluster.once(outcome)
    freed: dict[str, Counter[str]] = {}
    for result in run.pods:
        if run.scene is None or result.verdict is not Verdict.ASSIGNED:
            continue
        owner = result.owner
        if owner.kind in _ENDING or (owner.kind == "Pod" and text(owner.spec.get("restartPolicy")) in _ENDING):
            for pod in _pods((result,), run.scene):
                freed.setdefault(result.node, Counter()).update({**requests_of(pod), "pods": 1})
    return freed
