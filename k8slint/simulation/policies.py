"""The policies of admission, read from the inventory."""

from __future__ import annotations

from collections.abc import Mapping

from k8slint.apiserver.admission.limit_ranger import LimitRange
from k8slint.apiserver.admission.plugins import (
    BUILT_IN_PRIORITIES,
    Policies,
    PriorityClass,
    RuntimeClass,
    default_storage_class,
)
from k8slint.apiserver.admission.pod_security.policy import policy_of
from k8slint.apiserver.admission.refusal import Missing
from k8slint.cluster.cluster import Cluster
from k8slint.simulation.inventory import Inventory, Item
from k8slint.simulation.notes import Notes
from k8slint.values.grouped import grouped
from k8slint.values.reading import labels_at, mapping_at, text_at
from k8slint.values.version import KubernetesVersion


def policies_of(inventory: Inventory, cluster: Cluster, version: KubernetesVersion, notes: Notes) -> Policies:
    """The policies by which admission changes and refuses objects."""
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
    read_ranges = notes.read(inventory.of_kind("LimitRange"), lambda item: LimitRange.of(item.data))
    ranges = grouped((item.namespace, found) for item, found in read_ranges)
    classes = [item.data for item, _ in notes.read(inventory.of_kind("StorageClass.storage.k8s.io"), _notes_of)]
    return Policies(
        version,
        ranges,
        {**BUILT_IN_PRIORITIES, **priorities},
        runtimes,
        default_storage_class(classes),
        frozenset(item.name for item, ending in notes.read(inventory.of_kind("Namespace"), _is_ending) if ending),
        frozenset(each for each in named_classes(inventory) if cluster.is_external(each.kind, "", each.name)),
        _accounts(inventory),
        {item.name: policy for item in inventory.of_kind("Namespace") if (policy := policy_of(item.obj.labels))},
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


def named_classes(inventory: Inventory) -> frozenset[Missing]:
    """The classes that the manifests' pods name."""
    return frozenset(
        Missing(kind, name)
        for item in inventory.manifests
        if (pod := item.obj.pod) is not None
        for kind, key in (("PriorityClass", "priorityClassName"), ("RuntimeClass", "runtimeClassName"))
        if isinstance(name := pod.spec.get(key), str) and name
    )


def _accounts(inventory: Inventory) -> dict[str, frozenset[str]]:
    """The names of all ServiceAccounts, for each namespace whose accounts the description lists."""
    listed = {namespace for kind, namespace, _ in inventory.described if kind == "ServiceAccount"}
    found: dict[str, set[str]] = {namespace: set() for namespace in listed}
    for item in inventory.of_kind("ServiceAccount"):
        if item.namespace in listed:
            found[item.namespace].add(item.name)
    return {namespace: frozenset(names) for namespace, names in found.items()}
