"""Admission by the files alone: what the policies among objects that are applied together refuse, without any node."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from k8slint.apiserver.admission.plugins import Policies, admit_claim, admit_pod, class_of_claim, refusal_text
from k8slint.apiserver.admission.refusal import Cause, Reason, Refusal, Refused
from k8slint.apiserver.admission.resource_quota import Ledger, Quota, Usage, ledger_of, usage_of_claim, usage_of_pod
from k8slint.cluster.cluster import Cluster
from k8slint.loading.document import Path
from k8slint.objects.fields import text
from k8slint.objects.object import Object, Pod
from k8slint.simulation.controllers import ENDING, WORKLOADS, Scalers, count_of, first_ordinal, scalers_of
from k8slint.simulation.created_objects import charge_claim, claim_refused, create_objects
from k8slint.simulation.inventory import Inventory, Item
from k8slint.simulation.notes import Notes
from k8slint.simulation.policies import named_classes, policies_of
from k8slint.values.grouped import grouped
from k8slint.values.reading import ShapeError, items_at, mapping_at, text_at
from k8slint.values.resources import add_to

# Stands for the letters that a cluster draws for a name.
_ELLIPSIS: Final = "..."
_STORAGE: Final = ("spec", "resources", "requests", "storage")


@dataclass(frozen=True, slots=True)
class RefusedPods:
    """Pods of a workload that admission refuses, of how many that it is to have: 0 if the nodes decide that.

    `path` leads from the object to the field that the message is about; it is empty if a quota is used up. `is_least`:
    what nobody has listed may leave room for fewer.
    """

    obj: Object
    refused: int
    total: int
    message: str
    path: Path
    cause: Cause
    is_least: bool = False


class Verdicts(NamedTuple):
    """What admission refuses: objects, and pods of workloads."""

    objects: tuple[Refusal, ...]
    pods: tuple[RefusedPods, ...]


def admit(objects: Iterable[Object], cluster: Cluster) -> Verdicts:
    """What the policies among the objects refuse of them. All of them are in one namespace, or in none.

    Classes that no object defines are taken to exist. What else the namespace holds is not known: a quota may refuse
    more. The pods of workloads that stay come first; of each of the others one pod is tried when these have their part.
    """
    alone = Cluster(tuple(objects), None, cluster.externals, cluster.version)
    inventory, notes = Inventory.of(alone), Notes()
    policies = policies_of(inventory, alone, cluster.version, notes)
    policies = replace(policies, elsewhere=named_classes(inventory))
    ledger = ledger_of(grouped((item.namespace, quota) for item, quota in _quotas(inventory, notes)))

    def create_claim(data: Mapping[str, Any], namespace: str, _: str) -> None:
        charge_claim(admit_claim(data, namespace, policies), namespace, ledger)

    refused = create_objects(inventory, create_claim, ledger, notes)
    claims = sorted(item.name for item in inventory.of_kind("PersistentVolumeClaim"))
    desk = _Desk(policies, ledger, scalers_of(inventory, notes), claims)
    workloads = [item for item in inventory.manifests if item.group_kind in WORKLOADS and item not in refused]
    found = (desk.try_pods_of(item) for item in sorted(workloads, key=_comes_and_goes))
    return Verdicts(tuple(notes.refusals), tuple(each for each in found if each is not None))


def _quotas(inventory: Inventory, notes: Notes) -> Iterator[tuple[Item, Quota]]:
    """The quotas, as a new one: what a status says was used by the objects that are applied now."""
    for item, quota in notes.read(inventory.of_kind("ResourceQuota"), lambda item: Quota.of(item.data)):
        yield item, replace(quota, used=None)


def _comes_and_goes(item: Item) -> bool:
    """Whether the pods of a workload end, or are as many as there are nodes: how many there are is not known."""
    if item.obj.kind == "Pod":
        return text(item.obj.spec.get("restartPolicy")) in ENDING
    return item.obj.kind in ENDING or item.obj.kind == "DaemonSet"


class _Desk(NamedTuple):
    """Where pods are created: the policies, the quotas as they are used so far, the names of claims, sorted."""

    policies: Policies
    ledger: Ledger
    scalers: Scalers
    claims: Sequence[str]

    def try_pods_of(self, item: Item) -> RefusedPods | None:
        """The pods of a workload that are refused, or None. Those of a workload that stays are charged."""
        pod = item.obj.pod
        # A pod without an image is a patch.
        if pod is None or not any(container.data.get("image") for container in pod.containers):
            return None
        try:
            count = count_of(item, self.scalers)
            return self._try(item, pod, count) if count else None
        except ShapeError:
            return None  # decoding and validation say so

    def _try(self, item: Item, pod: Pod, count: int) -> RefusedPods | None:
        namespace, named = item.namespace, _Named(item, pod, count)
        try:
            spec = admit_pod(_without_priority(pod), namespace, self.policies)
        except Refused as refused:
            return named.refusal(0, refused)
        usage = usage_of_pod(spec, self.policies.version)
        claims: dict[int, Usage] = {}
        for index, template in self._claim_templates(item):
            try:
                admitted = admit_claim(template, namespace, self.policies)
            except Refused as refused:
                return named.refusal(0, refused, index)
            claims[index] = usage_of_claim(mapping_at(admitted, "spec", ""), class_of_claim(admitted) or "")
        several = [_sum(claims.values()), usage] if claims else [usage]
        room = min(self.ledger.room(namespace, each, count) for each in several)
        stays = not _comes_and_goes(item)
        if room and not stays:
            return None
        for each in several:
            self.ledger.add(namespace, each, room)
        return self._refusal_of_next(named, claims, usage, room) if room < count else None

    def _refusal_of_next(
        self, named: _Named, claims: Mapping[int, Usage], usage: Usage, room: int
    ) -> RefusedPods | None:
        namespace = named.item.namespace
        for index, claim in claims.items():
            try:
                self.ledger.charge(namespace, claim)
            except Refused as refused:
                return named.refusal(room, refused, index)
        try:
            self.ledger.charge(namespace, usage)
        except Refused as refused:
            return named.refusal(room, refused)
        return None

    def _claim_templates(self, item: Item) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """The templates of a StatefulSet's claims, by their places, without those that have a claim already."""
        if item.group_kind != "StatefulSet.apps":
            return
        own = mapping_at(item.data, "spec", "")
        for index, (where, template) in enumerate(items_at(own, "volumeClaimTemplates", "spec")):
            start = f"{text_at(mapping_at(template, 'metadata', where), 'name', where)}-{item.name}-"
            near = bisect_left(self.claims, start)
            if not any(name.startswith(start) for name in self.claims[near : near + 1]):
                yield index, template


def _without_priority(pod: Pod) -> dict[str, Any]:
    """The spec of a pod, without the priority of one that names no class: a default class elsewhere may give it."""
    spec = mapping_at(pod.data, "spec", "")
    left_out = () if spec.get("priorityClassName") else ("priority", "preemptionPolicy")
    return {key: value for key, value in spec.items() if key not in left_out}


class _Named(NamedTuple):
    """The pods of a workload, and what they and their claims are called."""

    item: Item
    pod: Pod
    total: int

    def refusal(self, room: int, refused: Refused, template: int | None = None) -> RefusedPods:
        """The pods after the first `room`, refused: for themselves or, given its place, for the claim of a template."""
        item, name = self.item, self._name(room)
        if template is None:
            message = refusal_text("pods", "Pod", name, refused)
            path: Path = (*self.pod.path, *refused.field) if refused.field else ()
        else:
            own = item.data["spec"]["volumeClaimTemplates"][template]
            claim = f"{text_at(mapping_at(own, 'metadata', ''), 'name', 'metadata')}-{name}"
            message = claim_refused(claim, name, item.name, refused)
            path = ("spec", "volumeClaimTemplates", template, *(refused.field or _STORAGE))
        total = 0 if item.obj.kind == "DaemonSet" else self.total
        is_least = refused.cause.reason is Reason.QUOTA_EXCEEDED
        return RefusedPods(item.obj, self.total - room, total, message, path, refused.cause, is_least)

    def _name(self, room: int) -> str:
        """The name of the first pod that is refused; random letters at its end are left out."""
        item = self.item
        if item.group_kind == "Pod":
            return item.name
        if item.group_kind == "StatefulSet.apps":
            return f"{item.name}-{first_ordinal(item) + room}"
        return f"{item.name}-{_ELLIPSIS}"


def _sum(usages: Iterable[Usage]) -> Usage:
    """What several objects of one kind use together."""
    first, *others = usages
    amounts = dict(first.amounts)
    for other in others:
        add_to(amounts, other.amounts)
    return replace(first, amounts=amounts)
