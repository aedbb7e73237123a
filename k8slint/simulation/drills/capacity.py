"""How many more pods of a workload fit once all others have their places, and the largest one that still does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Final

from k8slint.objects.object import Object
from k8slint.scheduling import Assigned, Pod, Result, Snapshot, schedule
from k8slint.scheduling.diagnosis import Diagnoser
from k8slint.simulation.assumptions import Assumptions
from k8slint.simulation.controllers import Batch, Planned, batch_of, numbered
from k8slint.simulation.creation import Created, Creation, Template
from k8slint.simulation.drills.premises import assuming
from k8slint.simulation.drills.scale import with_replicas
from k8slint.simulation.dry_run import bound_by, of_outcome
from k8slint.simulation.feasible_nodes import requests_of
from k8slint.simulation.results import DryRun, NodeResult, PodResult, Scene, Verdict
from k8slint.values.well_known import COMPLETION_INDEX

MOST_COPIES: Final = 10_000
"""No more copies than this are tried."""


@dataclass(frozen=True, slots=True)
class Largest:
    """The largest pod of a shape that still fits, and its node; `amounts` has millicores of cpu, bytes of memory."""

    node: str
    amounts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many copies of a workload's pod fit after the dry run.

    `requests` is what one asks for, by resource. `nodes` has the number of copies by node, for nodes that take any.
    `next` is the first copy that finds no place; it is None if all that were tried fit. `after` is the run with the
    copies in their places, by which `next` can be explained. `note` says why there is nothing to count, if so.
    """

    owner: Object
    namespace: str
    after: DryRun
    requests: Mapping[str, int]
    nodes: Mapping[str, int]
    next: PodResult | None = None
    largest: Largest | None = None
    note: str = ""

    @property
    def total(self) -> int:
        """How many copies fit."""
        return sum(self.nodes.values())

    @property
    def is_known(self) -> bool:
        """Whether the scheduler could be asked at all."""
        return not self.note and (self.next is None or self.next.verdict is not Verdict.NOT_MODELLED)


def capacity(run: DryRun, owner: Object) -> Capacity:
    """How many more pods of a workload fit, one after the other, made as its controller would make them.

    A copy is admitted and charged to quotas like any pod, and brings the claims that its StatefulSet makes for it.
    """
    scene = run.scene
    template = next((each for each in scene.templates if each.batch.item.obj is owner), None) if scene else None
    if scene is None or template is None:
        return Capacity(owner, owner.namespace, run, {}, {}, note=_why_no_template(run, owner))
    requests = requests_of(template.pod) if template.pod is not None else {}
    none = Capacity(owner, template.batch.item.namespace, run, requests, {}, note=_why_no_copies(template))
    if none.note:
        return none
    stuck = _stuck(run, template)
    if stuck is not None:
        return replace(none, next=stuck)
    most = min(_upper_bound(requests, run.nodes or ()) + 1, MOST_COPIES)
    counted = _counted(run, scene, template, most, none)
    if counted.next is None and most < MOST_COPIES:
        # The profile does not look at resources.
        return _counted(run, scene, template, MOST_COPIES, none)
    return counted


def _why_no_template(run: DryRun, owner: Object) -> str:
    messages = [refusal.message for refusal in run.refusals if refusal.obj is owner]
    messages += [workload.note for workload in run.workloads if workload.obj is owner and workload.note]
    return messages[0] if messages else "it exists already, and no manifest makes more of it"


def _why_no_copies(template: Template) -> str:
    if template.batch.is_per_node:
        return f"it has one pod on each node that it wants, {len(template.batch.pods)} here, so it has no copies"
    if template.pod is not None and template.pod.node_name:
        return f'its pods name their node, "{template.pod.node_name}", so the scheduler is not asked'
    return ""


def _stuck(run: DryRun, template: Template) -> PodResult | None:
    """The first copy of a StatefulSet that waits for a pod without a node, and so is never made."""
    batch = template.batch
    if not batch.in_order:
        return None
    waits_for = next((pod for pod in run.of(batch.item.obj) if pod.verdict is not Verdict.ASSIGNED), None)
    if waits_for is None:
        return None
    message = f'not created: its StatefulSet creates pods in order, and "{waits_for.name}" is not running'
    name = _planned(batch, 1)[0].name
    return PodResult(batch.item.namespace, name, batch.item.obj, Verdict.WAITING, message=message)


def _upper_bound(requests: Mapping[str, int], nodes: tuple[NodeResult, ...]) -> int:
    """How many copies the nodes have room for, by resources alone."""
    wanted = {**requests, "pods": 1}
    total = 0
    for node in nodes:
        given = {
            name: node.allocatable[name] - node.requested.get(name, 0) for name in wanted.keys() & node.allocatable
        }
        total += max(min((left // wanted[name] for name, left in given.items()), default=MOST_COPIES), 0)
    return total


def _counted(run: DryRun, scene: Scene, template: Template, most: int, none: Capacity) -> Capacity:
    """The count of at most so many copies; `none` is the answer as it would be without any."""
    creation, assumptions = scene.creation.fork(), Assumptions()
    copies = list(_created(creation, template, most))
    pods = [copy.pod for copy in copies if copy.pod is not None]
    new = {key: wanted.claim for key, wanted in creation.claims.items() if key not in scene.creation.claims}
    facts = scene.snapshot.listers
    unbound = run.unbound
    if new:
        facts = replace(facts, claims={**facts.claims, **new})
        storage, facts = bound_by(facts, scene.inventory, creation, assumptions)
        unbound = {**unbound, **storage.unbound}
    before = replace(scene.snapshot, listers=facts)
    profile = scene.profile_for(pods[0]) if pods else scene.stage.profiles[0]
    result = schedule(pods, before, profile, scene.stage.version, stops=True)
    placed = Counter(each.node for each in result.outcomes if isinstance(each, Assigned))
    last = next((each for each in result.outcomes if not isinstance(each, Assigned)), None)
    after = replace(
        run,
        unbound=unbound,
        scene=replace(
            scene,
            outcomes=scene.outcomes if last is None else {**scene.outcomes, last.pod.key: last},
            tried=result.snapshot,
            snapshot=result.snapshot,
        ),
    )
    return replace(
        none,
        after=assuming(after, (*run.assumptions, *assumptions.texts(), *result.assumptions)),
        nodes={node.name: placed[node.name] for node in before.nodes if node.name in placed},
        next=_next(template.batch, copies, result),
        largest=_largest(pods[0], before, scene, run.nodes or ()) if pods else None,
    )


def _next(batch: Batch, copies: list[Created], result: Result) -> PodResult | None:
    space, owner = batch.item.namespace, batch.item.obj
    for outcome in result.outcomes:
        if not isinstance(outcome, Assigned):
            pod = outcome.pod
            return of_outcome(outcome, partial(PodResult, space, pod.name, owner, priority=pod.priority))
    for copy in copies:
        if copy.pod is None:
            make = partial(PodResult, space, copy.name, owner, Verdict.REFUSED)
            return make(message=copy.message, path=copy.path, cause=copy.cause)
    return None


def _created(creation: Creation, template: Template, most: int) -> Iterator[Created]:
    """The copies, up to the first that is refused."""
    planned = _planned(template.batch, most)
    template = replace(template, batch=replace(template.batch, pods=planned))
    for index in range(len(planned)):
        created = creation.create(template, index)
        yield created
        if created.pod is None:
            return


def _planned(batch: Batch, count: int) -> tuple[Planned, ...]:
    """The next pods of a workload, after those that it has."""
    has = len(batch.pods)
    if batch.item.group_kind == "StatefulSet.apps":
        item = replace(batch.item, obj=with_replicas(batch.item.obj, has + count))
        return batch_of(item, {}).pods[has:]
    prefix = f"{batch.prefix}-" if batch.prefix == batch.item.name else batch.prefix
    planned = numbered(prefix, has + count)[has:]
    if any(COMPLETION_INDEX in pod.labels for pod in batch.pods):
        return tuple(replace(pod, labels={COMPLETION_INDEX: str(has + place)}) for place, pod in enumerate(planned))
    return planned


def _largest(pod: Pod, snapshot: Snapshot, scene: Scene, nodes: Iterable[NodeResult]) -> Largest | None:
    """The largest pod with the same ratio of cpu to memory that fits; None if no node takes it or limits its size.

    The candidates come from what the nodes have left; each is tried by the scheduler, the largest first.
    """
    asked = {name: amount for name, amount in requests_of(pod).items() if name in ("cpu", "memory")}
    diagnoser, profile = Diagnoser(snapshot, scene.stage.version), scene.profile_for(pod)
    diagnosis = diagnoser.diagnose(_asking(pod, dict.fromkeys(asked, 0)), profile)
    if not asked or diagnosis.whole:
        return None
    shares: set[Fraction] = set()
    for node in nodes:
        known = asked.keys() & node.allocatable
        if diagnosis.nodes[node.name]:
            continue
        if not known:
            return None
        usage = diagnoser.node_info(node.name)
        left = {name: usage.node.allocatable.of(name) - usage.used(name) for name in known}
        shares.add(min(Fraction(left[name], asked[name]) for name in known))
    for share in sorted(shares, reverse=True):
        amounts = {name: int(amount * share) for name, amount in asked.items()}
        if share <= 0:
            break
        tried = schedule([_asking(pod, amounts)], snapshot, profile, scene.stage.version).outcomes[0]
        if isinstance(tried, Assigned):
            return Largest(tried.node, amounts)
    return None


def _asking(pod: Pod, amounts: Mapping[str, int]) -> Pod:
    """The pod with other requests for cpu and memory, where it has any."""
    request = pod.amounts.request
    millicores, size = (amounts.get(name, request.of(name)) for name in ("cpu", "memory"))
    request = request._replace(cpu_millicores=millicores, memory_bytes=size)
    return replace(pod, amounts=replace(pod.amounts, request=request), signature=(pod.signature, millicores, size))
