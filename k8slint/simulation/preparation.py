"""What a dry run goes by, read from the objects at hand: policies, quotas, facts, and the pods that run already."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from k8slint.apiserver.admission.limit_ranger import LimitRange
from k8slint.apiserver.admission.plugins import (
    BUILT_IN_PRIORITIES,
    Policies,
    PriorityClass,
    RuntimeClass,
    class_of_claim,
    default_storage_class,
    with_default_class,
)
from k8slint.apiserver.admission.refusal import Missing, Refusal, refusal_of
from k8slint.apiserver.admission.resource_quota import (
    Ledger,
    Quota,
    Usage,
    ledger_of,
    usage_of_claim,
    usage_of_object,
    usage_of_pod,
)
from k8slint.cluster.cluster import Cluster
from k8slint.scheduling import Listers, ShapeError
from k8slint.scheduling.objects.volumes import Claim
from k8slint.simulation.assumptions import Assumptions
from k8slint.simulation.controllers import WORKLOADS, Scaler, scaler_of
from k8slint.simulation.inventory import Inventory, Item
from k8slint.values.reading import flag_at, items_at, labels_at, mapping_at, text_at
from k8slint.values.version import KubernetesVersion

T = TypeVar("T")

_FACT_KINDS: Final = (
    "Namespace",
    "PersistentVolume",
    "StorageClass.storage.k8s.io",
    "CSINode.storage.k8s.io",
    "CSIDriver.storage.k8s.io",
    "CSIStorageCapacity.storage.k8s.io",
    "VolumeAttachment.storage.k8s.io",
    "PodDisruptionBudget.policy",
    "Service",
    "ReplicationController",
    "ReplicaSet.apps",
    "StatefulSet.apps",
    "DeviceClass.resource.k8s.io",
)
_FINISHED: Final = ("Succeeded", "Failed")
_ENFORCE: Final = "pod-security.kubernetes.io/enforce"
_BUILT_IN_NAMESPACES: Final = ("default", "kube-system", "kube-public", "kube-node-lease")


@dataclass(slots=True)
class Notes:
    """What has been taken for granted so far, and what came to nothing."""

    assumptions: Assumptions = field(default_factory=Assumptions)
    refusals: list[Refusal] = field(default_factory=list)

    def read(self, items: Iterable[Item], reader: Callable[[Item], T]) -> Iterator[tuple[Item, T]]:
        """What the reader makes of each item; a manifest that it cannot read is noted and left out.

        Raises:
            ShapeError: for an unreadable object of the cluster description, naming it.
        """
        for item in items:
            try:
                found = reader(item)
            except ShapeError as error:
                if item.is_described:
                    raise error.of(item.label) from None
                self.refusals.append(refusal_of(item.obj, error))
            else:
                yield item, found


def policies_of(inventory: Inventory, cluster: Cluster, version: KubernetesVersion, notes: Notes) -> Policies:
    """What admission goes by."""
    priorities = {
        found.name: found
        for _, found in notes.read(
            inventory.of_kind("PriorityClass.scheduling.k8s.io"), lambda item: PriorityClass.of(item.data)
        )
    }
    runtimes = {
        found.name: found
        for _, found in notes.read(
            inventory.of_kind("RuntimeClass.node.k8s.io"), lambda item: RuntimeClass.of(item.data)
        )
    }
    ranges: dict[str, list[LimitRange]] = {}
    for item, found in notes.read(inventory.of_kind("LimitRange"), lambda item: LimitRange.of(item.data)):
        ranges.setdefault(item.namespace, []).append(found)
    classes = [item.data for item, _ in notes.read(inventory.of_kind("StorageClass.storage.k8s.io"), _notes_of)]
    return Policies(
        version,
        {namespace: tuple(found) for namespace, found in ranges.items()},
        {**BUILT_IN_PRIORITIES, **priorities},
        runtimes,
        default_storage_class(classes),
        frozenset(item.name for item, ending in notes.read(inventory.of_kind("Namespace"), _is_ending) if ending),
        _elsewhere(inventory, cluster),
        _accounts(inventory),
    )


def _notes_of(item: Item) -> tuple[str, Mapping[str, str]]:
    metadata = mapping_at(item.data, "metadata", "")
    return text_at(metadata, "name", "metadata"), labels_at(metadata, "annotations", "metadata")


def _is_ending(item: Item) -> bool:
    status = mapping_at(item.data, "status", "")
    return (
        mapping_at(item.data, "metadata", "").get("deletionTimestamp") is not None
        or status.get("phase") == "Terminating"
    )


def _elsewhere(inventory: Inventory, cluster: Cluster) -> frozenset[Missing]:
    """The classes that the manifests' pods name and that the settings say exist."""
    named = {
        Missing(kind, name)
        for item in inventory.manifests
        if (pod := item.obj.pod) is not None
        for kind, key in (("PriorityClass", "priorityClassName"), ("RuntimeClass", "runtimeClassName"))
        if isinstance(name := pod.spec.get(key), str) and name
    }
    return frozenset(each for each in named if cluster.is_external(each.kind, "", each.name))


def _accounts(inventory: Inventory) -> dict[str, frozenset[str]]:
    """The ServiceAccounts of the namespaces whose accounts the description lists."""
    listed = {namespace for kind, namespace, _ in inventory.described if kind == "ServiceAccount"}
    found: dict[str, set[str]] = {namespace: set() for namespace in listed}
    for item in inventory.of_kind("ServiceAccount"):
        if item.namespace in listed:
            found[item.namespace].add(item.name)
    return {namespace: frozenset(names) for namespace, names in found.items()}


def scalers_of(inventory: Inventory, notes: Notes) -> dict[tuple[str, str, str], Scaler]:
    """The autoscalers by kind, namespace and name of what they scale."""
    return dict(found for _, found in notes.read(inventory.of_kind("HorizontalPodAutoscaler.autoscaling"), scaler_of))


def is_leaving(item: Item, inventory: Inventory) -> bool:
    """Whether a described pod belongs to a workload of the manifests, whose new pods take its place."""
    metadata = mapping_at(item.data, "metadata", "")
    for where, reference in items_at(metadata, "ownerReferences", "metadata"):
        if not flag_at(reference, "controller", where):
            continue
        kind, name = text_at(reference, "kind", where), text_at(reference, "name", where)
        found = inventory.find(_GROUP_KINDS.get(kind, kind), item.namespace, name)
        if found is not None and not found.is_described:
            return True
        if kind == "ReplicaSet":
            owner = _deployment_of(name, item, inventory)
            deployment = inventory.find("Deployment.apps", item.namespace, owner) if owner else None
            return deployment is not None and not deployment.is_described
    return False


_GROUP_KINDS: Final = {group_kind.partition(".")[0]: group_kind for group_kind in WORKLOADS}


def _deployment_of(replica_set: str, pod: Item, inventory: Inventory) -> str:
    """The name of the Deployment a ReplicaSet belongs to: as its own reference says, else as its name is made up."""
    described = inventory.described.get(("ReplicaSet.apps", pod.namespace, replica_set))
    if described is not None:
        metadata = mapping_at(described.data, "metadata", "")
        for where, reference in items_at(metadata, "ownerReferences", "metadata"):
            if text_at(reference, "kind", where) == "Deployment":
                return text_at(reference, "name", where)
        return ""
    digest = labels_at(mapping_at(pod.data, "metadata", ""), "labels", "metadata").get("pod-template-hash")
    return replica_set.removesuffix(f"-{digest}") if digest and replica_set.endswith(f"-{digest}") else ""


def is_finished(item: Item) -> bool:
    """Whether a described pod has ended."""
    return text_at(mapping_at(item.data, "status", ""), "phase", "status") in _FINISHED


def quota_ledger(inventory: Inventory, leaving: Iterable[Item], policies: Policies, notes: Notes) -> Ledger:
    """The quotas with what the described cluster uses of them, less the pods that make way.

    A quota's own status says what is used; without one, what the description lists is counted.
    """
    quotas: dict[str, list[Quota]] = {}
    for item, quota in notes.read(inventory.of_kind("ResourceQuota"), lambda item: _quota(item, inventory)):
        quotas.setdefault(item.namespace, []).append(quota)
    ledger = ledger_of(quotas)
    if not quotas:
        return ledger
    uncounted = {
        namespace: tuple(quota for quota in found if quota.used is None) for namespace, found in ledger.quotas.items()
    }
    counted = {
        namespace: tuple(quota for quota in found if quota.used is not None)
        for namespace, found in ledger.quotas.items()
    }
    gone = {item.key for item in leaving}
    to_count = Ledger(uncounted, ledger.used)
    for item in inventory.described.values():
        if uncounted.get(item.namespace) and item.key not in gone:
            _count(item, to_count, policies, notes)
    struck = Ledger(counted, ledger.used)
    for item in inventory.described.values():
        if item.key in gone and counted.get(item.namespace):
            struck.add(item.namespace, _usage(item, policies), sign=-1)
    return ledger


def _quota(item: Item, inventory: Inventory) -> Quota:
    quota = Quota.of(item.data)
    before = inventory.described.get(item.key)
    if quota.used is None and before is not None:
        return Quota(quota.name, quota.hard, quota.scopes, Quota.of(before.data).used)
    return quota


def _count(item: Item, ledger: Ledger, policies: Policies, notes: Notes) -> None:
    notes.assumptions.take(
        "what quotas without a status have given away is counted from what is listed", item.namespace
    )
    ledger.add(item.namespace, _usage(item, policies))


def _usage(item: Item, policies: Policies) -> Usage:
    spec = mapping_at(item.data, "spec", "")
    try:
        if item.group_kind == "Pod":
            return usage_of_pod(spec, policies.version, is_finished=is_finished(item))
        if item.group_kind == "PersistentVolumeClaim":
            return usage_of_claim(spec, class_of_claim(item.data) or "")
        return usage_of_object(item.group_kind, item.data)
    except ShapeError as error:
        raise error.of(item.label) from None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A claim as stored: `is_open` leaves its class open, `copies_itself` is to get its data from itself."""

    claim: Claim
    is_open: bool
    copies_itself: bool

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Wanted:
        """The claim of admitted data.

        Raises:
            ShapeError: where a field cannot be read.
        """
        claim, spec = Claim.of(data), mapping_at(data, "spec", "")
        sources = [mapping_at(spec, key, "spec") for key in ("dataSource", "dataSourceRef")]
        copies_itself = any(
            source.get("kind") == "PersistentVolumeClaim"
            and source.get("name") == claim.name
            and source.get("namespace", claim.namespace) == claim.namespace
            for source in sources
        )
        return cls(claim, class_of_claim(data) is None, copies_itself)


def claims_of(inventory: Inventory, policies: Policies) -> dict[tuple[str, str], Wanted]:
    """The claims of the description; one without a volume gets the default class, even if it came later.

    Raises:
        ShapeError: naming the claim that cannot be read.
    """
    found: dict[tuple[str, str], Wanted] = {}
    for item in inventory.of_kind("PersistentVolumeClaim"):
        if not item.is_described:
            continue
        try:
            is_unbound = not mapping_at(item.data, "spec", "").get("volumeName")
            data = with_default_class(item.data, policies.default_class) if is_unbound else item.data
            found[item.namespace, item.name] = Wanted.of(placed(data, item.namespace, item.name))
        except ShapeError as error:
            raise error.of(item.label) from None
    return found


def placed(data: Mapping[str, Any], namespace: str, name: str) -> dict[str, Any]:
    """The object with its namespace and name written out."""
    return {**data, "metadata": {**mapping_at(data, "metadata", ""), "namespace": namespace, "name": name}}


def facts_of(inventory: Inventory, made: Iterable[Mapping[str, Any]], spaces: Iterable[str], notes: Notes) -> Listers:
    """What the scheduler knows besides nodes and pods, but for the claims; `spaces` are the namespaces in use."""
    items = [item for kind in _FACT_KINDS for item in inventory.of_kind(kind) if item.name]
    data = {item: placed(item.data, item.namespace, item.name) for item in items}
    unlisted = _unlisted(inventory, spaces, notes)
    try:
        return Listers.of([*unlisted, *data.values(), *made])
    except ShapeError:
        readable = [data[item] for item, _ in notes.read(data, lambda item: Listers.of([data[item]]))]
        return Listers.of([*unlisted, *readable, *made])


def _unlisted(inventory: Inventory, spaces: Iterable[str], notes: Notes) -> list[dict[str, Any]]:
    listed = {item.name for item in inventory.of_kind("Namespace")}
    missing = [namespace for namespace in dict.fromkeys(spaces) if namespace and namespace not in listed]
    for namespace in missing:
        if namespace not in _BUILT_IN_NAMESPACES:
            notes.assumptions.take("namespaces that are not listed are taken to exist, without labels", namespace)
    return [{"kind": "Namespace", "metadata": {"name": namespace}} for namespace in missing]


def assume_the_usual(inventory: Inventory, notes: Notes) -> None:
    """Note what is taken for granted of the objects as such."""
    take = notes.assumptions.take
    for label in inventory.repeated:
        take("of several manifests of one object the last counts", label)
    for item in inventory.lasting:
        take("nodes, volumes, claims and bare pods that exist already are taken to stay as they are", item.label)
    if any(item.namespace and not item.obj.namespace for item in inventory.manifests):
        take('objects that name no namespace are taken to be in "default"')
    webhooks = inventory.of_kind("MutatingWebhookConfiguration.admissionregistration.k8s.io")
    if webhooks:
        take("mutating webhooks, which can change any pod, are not simulated")
    for item in inventory.of_kind("Namespace"):
        if _ENFORCE in item.obj.labels:
            take("pods are taken to meet the pod security standard that their namespace enforces", item.name)
