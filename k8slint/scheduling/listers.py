"""What the scheduler knows about a cluster besides its nodes and pods."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from k8slint.scheduling.objects.volumes import (
    Attachment,
    Claim,
    CsiNode,
    PersistentVolume,
    StorageCapacity,
    StorageClass,
    keeps_pods_away,
    tracks_capacity,
)
from k8slint.values.labels import LabelSelector
from k8slint.values.reading import (
    ShapeError,
    as_mapping,
    labels_at,
    mapping_at,
    selector_at,
    text_at,
    whole_at,
)
from k8slint.values.well_known import NAMESPACE_NAME

_DEVICE_CLASS_PREFIX = "deviceclass.resource.kubernetes.io/"


@dataclass(frozen=True, slots=True)
class Budget:
    """A PodDisruptionBudget: how many more of its pods may be evicted, and the names of those being evicted now."""

    namespace: str
    selector: LabelSelector
    allowed: int
    disrupted: frozenset[str]

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Budget:
        """The budget of a manifest; without a status it allows no eviction."""
        metadata, status = mapping_at(data, "metadata", ""), mapping_at(data, "status", "")
        return cls(
            text_at(metadata, "namespace", "metadata", "default"),
            selector_at(mapping_at(data, "spec", ""), "selector", "spec") or LabelSelector(()),
            whole_at(status, "disruptionsAllowed", "status"),
            frozenset(mapping_at(status, "disruptedPods", "status")),
        )


@dataclass(frozen=True, slots=True)
class Listers:
    """The objects besides nodes and pods that affect scheduling, by name, or by namespace and name.

    `owners` has the selectors of ReplicationControllers, ReplicaSets and StatefulSets by (kind, namespace, name);
    `services` has those of Services by namespace. `tracking_drivers` are the CSI drivers that publish their capacity,
    `needed_drivers` those that keep pods off the nodes on which they do not run. `devices` are the names of resources
    that a DeviceClass provides.
    """

    namespaces: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    claims: Mapping[tuple[str, str], Claim] = field(default_factory=dict)
    volumes: Mapping[str, PersistentVolume] = field(default_factory=dict)
    classes: Mapping[str, StorageClass] = field(default_factory=dict)
    csi_nodes: Mapping[str, CsiNode] = field(default_factory=dict)
    tracking_drivers: frozenset[str] = frozenset()
    needed_drivers: frozenset[str] = frozenset()
    capacities: tuple[StorageCapacity, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    budgets: tuple[Budget, ...] = ()
    services: Mapping[str, tuple[Mapping[str, str], ...]] = field(default_factory=dict)
    owners: Mapping[tuple[str, str, str], LabelSelector] = field(default_factory=dict)
    devices: frozenset[str] = frozenset()

    @classmethod
    def of(cls, objects: Iterable[Mapping[str, Any]]) -> Listers:
        """The listers of a set of manifests; kinds that do not affect scheduling are skipped.

        Raises:
            ShapeError: naming the object and the field that cannot be read.
        """
        found = _Found()
        for data in objects:
            kind = text_at(as_mapping(data, "object"), "kind", "")
            reader = _READERS.get(kind)
            if reader is None:
                continue
            try:
                reader(found, data)
            except ShapeError as error:
                metadata = data.get("metadata")
                name = metadata.get("name") if isinstance(metadata, Mapping) else None
                raise error.of(f"{kind} {name}") from None
        return cls(
            namespaces=found.namespaces,
            claims=found.claims,
            volumes=found.volumes,
            classes=found.classes,
            csi_nodes=found.csi_nodes,
            tracking_drivers=frozenset(found.tracking_drivers),
            needed_drivers=frozenset(found.needed_drivers),
            capacities=tuple(found.capacities),
            attachments=tuple(found.attachments),
            budgets=tuple(found.budgets),
            services={namespace: tuple(selectors) for namespace, selectors in found.services.items()},
            owners=found.owners,
            devices=frozenset(found.devices),
        )


@dataclass(slots=True)
class _Found:
    """The listers while they are being read."""

    namespaces: dict[str, Mapping[str, str]] = field(default_factory=dict)
    claims: dict[tuple[str, str], Claim] = field(default_factory=dict)
    volumes: dict[str, PersistentVolume] = field(default_factory=dict)
    classes: dict[str, StorageClass] = field(default_factory=dict)
    csi_nodes: dict[str, CsiNode] = field(default_factory=dict)
    tracking_drivers: set[str] = field(default_factory=set)
    needed_drivers: set[str] = field(default_factory=set)
    capacities: list[StorageCapacity] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    budgets: list[Budget] = field(default_factory=list)
    services: dict[str, list[Mapping[str, str]]] = field(default_factory=dict)
    owners: dict[tuple[str, str, str], LabelSelector] = field(default_factory=dict)
    devices: set[str] = field(default_factory=set)


def _namespace(found: _Found, data: Mapping[str, Any]) -> None:
    metadata = mapping_at(data, "metadata", "")
    name = text_at(metadata, "name", "metadata")
    found.namespaces[name] = {NAMESPACE_NAME: name, **labels_at(metadata, "labels", "metadata")}


def _claim(found: _Found, data: Mapping[str, Any]) -> None:
    claim = Claim.of(data)
    found.claims[claim.namespace, claim.name] = claim


def _volume(found: _Found, data: Mapping[str, Any]) -> None:
    volume = PersistentVolume.of(data)
    found.volumes[volume.name] = volume


def _class(found: _Found, data: Mapping[str, Any]) -> None:
    storage_class = StorageClass.of(data)
    found.classes[storage_class.name] = storage_class


def _csi_node(found: _Found, data: Mapping[str, Any]) -> None:
    node = CsiNode.of(data)
    found.csi_nodes[node.name] = node


def _csi_driver(found: _Found, data: Mapping[str, Any]) -> None:
    name = text_at(mapping_at(data, "metadata", ""), "name", "metadata")
    if tracks_capacity(data):
        found.tracking_drivers.add(name)
    if keeps_pods_away(data):
        found.needed_drivers.add(name)


def _service(found: _Found, data: Mapping[str, Any]) -> None:
    spec = mapping_at(data, "spec", "")
    if spec.get("selector") is not None:
        namespace = text_at(mapping_at(data, "metadata", ""), "namespace", "metadata", "default")
        found.services.setdefault(namespace, []).append(labels_at(spec, "selector", "spec"))


def _owner(found: _Found, data: Mapping[str, Any]) -> None:
    kind, metadata, spec = data["kind"], mapping_at(data, "metadata", ""), mapping_at(data, "spec", "")
    if kind == "ReplicationController":
        selector: LabelSelector | None = LabelSelector.of_labels(labels_at(spec, "selector", "spec"))
    else:
        selector = selector_at(spec, "selector", "spec")
    key = (kind, text_at(metadata, "namespace", "metadata", "default"), text_at(metadata, "name", "metadata"))
    found.owners[key] = selector or LabelSelector(())


def _device_class(found: _Found, data: Mapping[str, Any]) -> None:
    found.devices.add(_DEVICE_CLASS_PREFIX + text_at(mapping_at(data, "metadata", ""), "name", "metadata"))
    resource = text_at(mapping_at(data, "spec", ""), "extendedResourceName", "spec")
    if resource:
        found.devices.add(resource)


_READERS: dict[str, Callable[[_Found, Mapping[str, Any]], None]] = {
    "Namespace": _namespace,
    "PersistentVolumeClaim": _claim,
    "PersistentVolume": _volume,
    "StorageClass": _class,
    "CSINode": _csi_node,
    "CSIDriver": _csi_driver,
    "CSIStorageCapacity": lambda found, data: found.capacities.append(StorageCapacity.of(data)),
    "VolumeAttachment": lambda found, data: found.attachments.append(Attachment.of(data)),
    "PodDisruptionBudget": lambda found, data: found.budgets.append(Budget.of(data)),
    "Service": _service,
    "ReplicationController": _owner,
    "ReplicaSet": _owner,
    "StatefulSet": _owner,
    "DeviceClass": _device_class,
}
