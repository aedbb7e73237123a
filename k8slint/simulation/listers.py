"""The scheduler's listers, read from the inventory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from k8slint.scheduling import Listers, ShapeError
from k8slint.simulation.assumptions import Weight
from k8slint.simulation.inventory import Inventory, placed
from k8slint.simulation.notes import Notes

_LISTED_KINDS: Final = (
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
_TAKEN_TO_EXIST: Final = "namespaces that are not listed are taken to exist, without labels"
_NOT_LISTED: Final = (
    "the cluster description lists other namespaces: these are taken to be made first, else nothing in them is created"
)
_BUILT_IN_NAMESPACES: Final = ("default", "kube-system", "kube-public", "kube-node-lease")


def listers_of(inventory: Inventory, made: Iterable[Mapping[str, Any]], spaces: Iterable[str], notes: Notes) -> Listers:
    """The listers, without the claims; `made` are objects that controllers make, `spaces` the namespaces in use."""
    items = [item for kind in _LISTED_KINDS for item in inventory.of_kind(kind) if item.name]
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
    taken, weight = (_NOT_LISTED, Weight.HIGH) if inventory.describes("Namespace") else (_TAKEN_TO_EXIST, Weight.LOW)
    for namespace in missing:
        if namespace not in _BUILT_IN_NAMESPACES:
            notes.assumptions.take(taken, namespace, weight)
    return [{"kind": "Namespace", "metadata": {"name": namespace}} for namespace in missing]
