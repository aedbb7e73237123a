"""The pods of the cluster description: which have ended, and which make way for new ones."""

from __future__ import annotations

from typing import Final

from k8slint.simulation.controllers import WORKLOADS
from k8slint.simulation.inventory import Inventory, Item
from k8slint.values.gvk import GroupVersionKind
from k8slint.values.reading import flag_at, items_at, labels_at, mapping_at, text_at

_FINISHED: Final = ("Succeeded", "Failed")


def is_leaving(item: Item, inventory: Inventory) -> bool:
    """Whether a described pod makes way, because it belongs to a workload of the manifests."""
    metadata = mapping_at(item.data, "metadata", "")
    for where, reference in items_at(metadata, "ownerReferences", "metadata"):
        if not flag_at(reference, "controller", where):
            continue
        kind, name = text_at(reference, "kind", where), text_at(reference, "name", where)
        api_version = text_at(reference, "apiVersion", where)
        is_custom = "." in api_version
        group_kind = GroupVersionKind.parse(api_version, kind).group_kind if is_custom else _GROUP_KINDS.get(kind, kind)
        found = inventory.find(group_kind, item.namespace, name)
        if found is not None and not found.is_described:
            return True
        if kind == "ReplicaSet":
            owner = _owner_of(name, item, inventory)
            workload = inventory.find(owner[0], item.namespace, owner[1]) if owner else None
            return workload is not None and not workload.is_described
    return False


_GROUP_KINDS: Final = {group_kind.partition(".")[0]: group_kind for group_kind in WORKLOADS}


# What makes ReplicaSets, by kind, with the label by which it tells their pods apart.
_OWNERS: Final = {
    "Deployment": ("Deployment.apps", "pod-template-hash"),
    "Rollout": ("Rollout.argoproj.io", "rollouts-pod-template-hash"),
}


def _owner_of(replica_set: str, pod: Item, inventory: Inventory) -> tuple[str, str] | None:
    """The kind and the name of the Deployment or Rollout that owns a ReplicaSet, or None if none does.

    A ReplicaSet that is not described is taken to be named after its owner and the hash in the pod's labels.
    """
    described = inventory.described.get(("ReplicaSet.apps", pod.namespace, replica_set))
    if described is not None:
        metadata = mapping_at(described.data, "metadata", "")
        for where, reference in items_at(metadata, "ownerReferences", "metadata"):
            owner = _OWNERS.get(text_at(reference, "kind", where))
            if owner is not None:
                return owner[0], text_at(reference, "name", where)
        return None
    labels = labels_at(mapping_at(pod.data, "metadata", ""), "labels", "metadata")
    for group_kind, label in _OWNERS.values():
        digest = labels.get(label)
        if digest and replica_set.endswith(f"-{digest}"):
            return group_kind, replica_set.removesuffix(f"-{digest}")
    return None


def is_finished(item: Item) -> bool:
    """Whether a described pod has ended."""
    return text_at(mapping_at(item.data, "status", ""), "phase", "status") in _FINISHED
