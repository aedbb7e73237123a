"""The pods of the cluster description: which have ended, and which make way for new ones."""

from __future__ import annotations

from typing import Final

from k8slint.simulation.controllers import WORKLOADS
from k8slint.simulation.inventory import Inventory, Item
from k8slint.values.reading import flag_at, items_at, labels_at, mapping_at, text_at

_FINISHED: Final = ("Succeeded", "Failed")


def is_leaving(item: Item, inventory: Inventory) -> bool:
    """Whether a described pod makes way, because it belongs to a workload of the manifests."""
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
    """The name of the Deployment that owns a ReplicaSet, or empty if none does.

    A ReplicaSet that is not described is taken to be named after its Deployment and the hash in the pod's labels.
    """
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
