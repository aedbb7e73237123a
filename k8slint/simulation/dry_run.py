"""The dry run: applies manifests to a described cluster, up to the node of each pod."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from k8slint.apiserver.admission.refusal import Refusal
from k8slint.cluster.cluster import Cluster
from k8slint.scheduling import (
    Assigned,
    Errored,
    Gated,
    Listers,
    Node,
    NotModelled,
    Outcome,
    Pod,
    Profile,
    ShapeError,
    Snapshot,
    Unschedulable,
)
from k8slint.simulation.assumptions import Assumptions, Weight
from k8slint.simulation.controllers import WORKLOADS, batch_of, is_unknown_workload, is_workload, scalers_of
from k8slint.simulation.creation import Created, Creation, Template, creation_order
from k8slint.simulation.described_pods import is_finished, is_leaving
from k8slint.simulation.inventory import Inventory, Item
from k8slint.simulation.listers import listers_of
from k8slint.simulation.node_lifecycle import complete_nodes, unknown_amounts
from k8slint.simulation.notes import Notes, assume_the_usual
from k8slint.simulation.persistent_volume_controller import Known, Storage, bind
from k8slint.simulation.policies import policies_of
from k8slint.simulation.quotas import ledger_of_quotas
from k8slint.simulation.results import DryRun, NodeResult, PodResult, Scene, Verdict, WorkloadResult
from k8slint.simulation.scheduler_run import SchedulerInput, SchedulerRun, place
from k8slint.simulation.stored_claims import claims_of
from k8slint.values.record import replaced
from k8slint.values.version import KubernetesVersion

_DEFAULT_PROFILES = (Profile(),)


def dry_run(
    cluster: Cluster,
    version: KubernetesVersion,
    profiles: Sequence[Profile] = _DEFAULT_PROFILES,
    *,
    refused: Sequence[Refusal] = (),
    explain: bool = False,
) -> DryRun:
    """What becomes of every pod once the manifests are applied to the described cluster.

    The running pods of the description hold their nodes first. Its workloads create no pods; those of the manifests do,
    and if such a workload runs already, its old pods make way. With several profiles, the pods of one are scheduled
    after those of another. The objects `refused` are those that the API server does not take as they are written: they
    are left out. With `explain`, an assigned pod has the scores behind the choice of its node.

    Raises:
        ShapeError: if an object of the cluster description cannot be read, naming object and field. For an object of
            the manifests the result has a Refusal instead.
    """
    notes = Notes(refusals=[*refused])
    if refused:
        # By their places: a drill asks about changed copies of objects.
        gone = {(id(refusal.obj.document), refusal.obj.path) for refusal in refused}
        kept = (obj for obj in cluster.objects if (id(obj.document), obj.path) not in gone)
        cluster = replaced(cluster, objects=tuple(kept))
    inventory = Inventory.of(cluster)
    assume_the_usual(inventory, notes)
    nodes = _nodes(inventory, notes.assumptions)
    crew = _crew(inventory, version, notes.assumptions)
    policies = policies_of(inventory, cluster, version, notes)
    ledger = ledger_of_quotas(inventory, crew.leaving, policies, notes)
    taken = {pod.key for pod in (*crew.running, *crew.pending)}
    creation = Creation(policies, ledger, notes, claims_of(inventory, policies), taken)
    templates = _templates(inventory, creation, nodes or ())
    created = [creation.create(template, index) for template, index in creation_order(templates)]
    _assume_of(templates, profiles, notes.assumptions)
    storage, listers = _storage(inventory, creation, templates, notes)

    pods = [*crew.pending, *(one.pod for one in created if one.pod is not None)]
    stage = SchedulerInput(nodes or (), listers, profiles, version, explain)
    nothing = SchedulerRun({}, {}, {}, Snapshot.of(()), Snapshot.of(()), {}, ())
    placing = nothing if nodes is None else place(stage, crew.running, pods, _chains(created))
    for text in placing.assumptions:
        notes.assumptions.take(text)
    if placing.rejected:
        notes.assumptions.take("what a kubelet rejects is taken to hold its node while the other pods are tried")
    judge = _Judge(placing, None if nodes is None else frozenset(node.name for node in nodes))
    places = {template.batch.item: number for number, template in enumerate(templates)}
    results = (
        *(judge.created(one) for one in sorted(created, key=lambda one: places[one.batch.item])),
        *(judge.pending(pod, item) for pod, item in crew.pending.items()),
    )
    scene = Scene(stage, placing.outcomes, placing.tried, placing.snapshot, inventory, creation, tuple(templates))
    return DryRun(
        results,
        None if nodes is None else tuple(_node_results(inventory, placing, crew.running, results)),
        tuple(_workloads(inventory, templates)),
        tuple(notes.refusals),
        storage.unbound,
        notes.assumptions.texts(),
        None if nodes is None else scene,
    )


@dataclass(frozen=True, slots=True)
class _Crew:
    """The described pods: those on a node, those that wait for one, and those that make way."""

    running: tuple[Pod, ...]
    pending: Mapping[Pod, Item]
    leaving: tuple[Item, ...]


def _nodes(inventory: Inventory, assumptions: Assumptions) -> list[Node] | None:
    """The nodes, or None if no node is known."""
    items = inventory.of_kind("Node")
    if not items:
        return None
    return [Node.of(data) for data in complete_nodes((item.data for item in items), assumptions)]


def _crew(inventory: Inventory, version: KubernetesVersion, assumptions: Assumptions) -> _Crew:
    running: list[Pod] = []
    pending: dict[Pod, Item] = {}
    leaving: list[Item] = []
    for item in inventory.of_kind("Pod"):
        if not item.is_described:
            continue
        try:
            if is_finished(item):
                continue
            if is_leaving(item, inventory):
                leaving.append(item)
                continue
            pod = Pod.of(item.data, version)
        except ShapeError as error:
            raise error.of(item.label) from None
        if pod.node_name:
            running.append(pod)
        elif not pod.terminating:
            pending[pod] = item
    if leaving:
        sentence = (
            "running pods of workloads in the manifests make way for the new ones; the rollout between is not judged"
        )
        assumptions.take(sentence)
    return _Crew(tuple(running), pending, tuple(leaving))


def _templates(inventory: Inventory, creation: Creation, nodes: Sequence[Node]) -> list[Template]:
    """The templates of the manifests' workloads, without those that cannot be read."""
    notes = creation.notes
    refused = creation.create_objects(inventory)
    scalers = scalers_of(inventory, notes)
    workloads = [item for item in inventory.manifests if is_workload(item.obj) and item not in refused]
    for item in inventory.manifests:
        if is_unknown_workload(item.obj):
            notes.assumptions.take("pods that custom resources may make are not simulated", _label(item))
    batches = [batch for _, batch in notes.read(workloads, lambda item: batch_of(item, scalers))]
    found = (creation.template_of(batch, nodes) for batch in batches)
    return [template for template in found if template is not None]


def _storage(
    inventory: Inventory, creation: Creation, templates: Iterable[Template], notes: Notes
) -> tuple[Storage, Listers]:
    """The storage after the volume controller has seen it, and the listers with that storage."""
    made = [template.batch.made for template in templates if template.batch.made is not None]
    spaces = [template.batch.item.namespace for template in templates]
    listers = listers_of(inventory, made, spaces, notes)
    claims = {key: wanted.claim for key, wanted in creation.claims.items()}
    return bound_by(replace(listers, claims=claims), inventory, creation, notes.assumptions)


def bound_by(
    listers: Listers, inventory: Inventory, creation: Creation, assumptions: Assumptions
) -> tuple[Storage, Listers]:
    """The storage after the volume controller has seen the claims of the listers, and the listers with it."""
    lists_classes = inventory.describes("StorageClass.storage.k8s.io")
    known = Known(
        lists_classes=lists_classes,
        lists_volumes=lists_classes or inventory.describes("PersistentVolume"),
        open_claims=frozenset(key for key, wanted in creation.claims.items() if wanted.is_open),
        self_copies=frozenset(key for key, wanted in creation.claims.items() if wanted.copies_itself),
    )
    storage = bind(Storage(listers.claims, listers.volumes, listers.classes), known, assumptions)
    return storage, replace(listers, claims=storage.claims, volumes=storage.volumes, classes=storage.classes)


def _assume_of(templates: Iterable[Template], profiles: Sequence[Profile], assumptions: Assumptions) -> None:
    """Note what is taken for granted about the workloads."""
    take = assumptions.take
    for template in templates:
        batch, name = template.batch, template.batch.item.name
        if not batch.pods:
            continue
        if batch.prefix and batch.item.group_kind != "Pod":
            take("where a cluster puts random letters into a pod's name, a number counts up", weight=Weight.LOW)
        if batch.item.group_kind not in WORKLOADS:
            kind = batch.item.obj.makes_pods_like.partition(".")[0]
            take(f"pods of custom resources are made as those of a {kind}", _label(batch.item))
        if batch.is_late:
            take("one run of each CronJob is simulated, once everything else has its place", name)
        if batch.in_order and len(batch.pods) > 1:
            take("pods that a StatefulSet creates in order are taken to be ready as soon as they have a node", name)
    take("pods are tried by priority, then in the order of the manifests", weight=Weight.LOW)
    if len(profiles) > 1:
        take("the pods of one scheduler profile are placed before those of the next")


def _label(item: Item) -> str:
    """Kind with group, namespace and name: custom kinds may have the name of a built-in one."""
    return f"{item.group_kind} {item.namespace}/{item.name}"


def _chains(created: Iterable[Created]) -> Iterator[list[str]]:
    """For each StatefulSet that creates its pods one after the other, their keys in that order."""
    chains: dict[int, list[str]] = {}
    for one in created:
        if one.batch.in_order:
            chains.setdefault(id(one.batch), []).append(one.key)
    yield from chains.values()


@dataclass(frozen=True, slots=True)
class _Judge:
    """Turns the scheduler's outcomes into results; `nodes` are the names of all nodes, or None if no node is known."""

    placing: SchedulerRun
    nodes: frozenset[str] | None

    def created(self, one: Created) -> PodResult:
        """The result for a pod of the manifests."""
        item = one.batch.item
        make = partial(PodResult, item.namespace, one.name, item.obj)
        if one.key in self.placing.waiting:
            stuck = self.placing.waiting[one.key].partition("/")[2]
            message = f'not created: its StatefulSet creates pods in order, and "{stuck}" is not running'
            return make(Verdict.WAITING, message=message)
        if one.pod is None:
            return make(Verdict.REFUSED, message=one.message, path=one.path, cause=one.cause)
        return self._of(one.pod, partial(make, priority=one.pod.priority))

    def pending(self, pod: Pod, item: Item) -> PodResult:
        """The result for a pod that waits in the described cluster."""
        make = partial(PodResult, item.namespace, pod.name, item.obj)
        return self._of(pod, partial(make, priority=pod.priority, is_described=True))

    def _of(self, pod: Pod, make: Callable[..., PodResult]) -> PodResult:
        if self.nodes is None:
            return make(Verdict.NOT_MODELLED, message="no node is described")
        rejection = self.placing.rejected.get(pod.key)
        if rejection is not None:
            return make(Verdict.REJECTED, node=rejection.node, message=str(rejection), path=rejection.path)
        if pod.node_name in self.nodes:
            return make(Verdict.ASSIGNED, node=pod.node_name, path=("spec", "nodeName"))
        if pod.node_name:
            message = f'the pod asks for node "{pod.node_name}", which does not exist'
            return make(Verdict.UNSCHEDULABLE, message=message, path=("spec", "nodeName"))
        return of_outcome(self.placing.outcomes[pod.key], make)


def of_outcome(outcome: Outcome, make: Callable[..., PodResult]) -> PodResult:
    """The result for what the scheduler said; `make` is given all but whose pod it is."""
    match outcome:
        case Assigned():
            return make(Verdict.ASSIGNED, node=outcome.node, scores=outcome.scores, ties=outcome.ties)
        case Unschedulable():
            return make(
                Verdict.UNSCHEDULABLE,
                message=outcome.message,
                statuses=outcome.statuses,
                preemption=outcome.preemption,
            )
        case Gated():
            return make(Verdict.GATED, message=outcome.message, path=("spec", "schedulingGates"))
        case Errored():
            return make(Verdict.UNSCHEDULABLE, message=outcome.message)
        case NotModelled():
            return make(Verdict.NOT_MODELLED, message=outcome.reason)


def _node_results(
    inventory: Inventory, placing: SchedulerRun, running: Iterable[Pod], results: Iterable[PodResult]
) -> Iterator[NodeResult]:
    pods: dict[str, list[str]] = {}
    for pod in running:
        pods.setdefault(pod.node_name, []).append(pod.key)
    for result in results:
        if result.verdict is Verdict.ASSIGNED:
            pods.setdefault(result.node, []).append(result.key)
    for item in inventory.of_kind("Node"):
        load, unknown = placing.loads[item.name], unknown_amounts(item.data)
        given = {name: amount for name, amount in load.allocatable.items() if name not in unknown}
        yield NodeResult(item.name, given, load.requested, tuple(pods.get(item.name, ())))


def _workloads(inventory: Inventory, templates: Iterable[Template]) -> Iterator[WorkloadResult]:
    for template in templates:
        batch = template.batch
        note = batch.note
        if batch.is_per_node and not batch.pods:
            note = "no node is one it wants a pod on"
        yield WorkloadResult(batch.item.obj, batch.item.namespace, len(batch.pods), note)
    for item in inventory.lasting:
        if item.group_kind == "Pod":
            yield WorkloadResult(item.obj, item.namespace, 0, "exists already and stays where it is")
