"""Volumes, claims and storage classes, and what CSI drivers report about nodes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from k8slint.scheduling.objects.in_tree_volumes import Disk
from k8slint.scheduling.objects.node_affinity import NodeTerm
from k8slint.values.labels import LabelSelector, Requirement
from k8slint.values.reading import (
    amounts_at,
    flag_at,
    items_at,
    labels_at,
    mapping_at,
    quantity,
    selector_at,
    strings_at,
    text_at,
    whole_at,
)
from k8slint.values.well_known import (
    BIND_COMPLETED,
    MIGRATED_PLUGINS,
    OLD_CLASS,
    OLD_REGION,
    OLD_ZONE,
    REGION,
    SELECTED_NODE,
    ZONE,
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A PersistentVolumeClaim.

    `request` is in nano units, or None if the claim has none. `selected_node` is the node for which the provisioner was
    asked for a volume. `owner` is the name and the uid of the owning controller.
    """

    namespace: str
    name: str
    uid: str
    volume: str
    bound: bool
    lost: bool
    deleting: bool
    class_name: str
    access_modes: frozenset[str]
    mode: str
    attributes_class: str
    request: int | None
    selector: LabelSelector | None
    selected_node: str | None
    owner: tuple[str, str] | None

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Claim:
        """The claim of a manifest."""
        metadata, spec = mapping_at(data, "metadata", ""), mapping_at(data, "spec", "")
        notes = labels_at(metadata, "annotations", "metadata")
        volume = text_at(spec, "volumeName", "spec")
        requests = amounts_at(mapping_at(spec, "resources", "spec"), "requests", "spec.resources")
        return cls(
            namespace=text_at(metadata, "namespace", "metadata", "default"),
            name=text_at(metadata, "name", "metadata"),
            uid=text_at(metadata, "uid", "metadata"),
            volume=volume,
            bound=bool(volume) and BIND_COMPLETED in notes,
            lost=text_at(mapping_at(data, "status", ""), "phase", "status") == "Lost",
            deleting=metadata.get("deletionTimestamp") is not None,
            class_name=notes.get(OLD_CLASS, text_at(spec, "storageClassName", "spec")),
            access_modes=frozenset(strings_at(spec, "accessModes", "spec")),
            mode=text_at(spec, "volumeMode", "spec", "Filesystem"),
            attributes_class=text_at(spec, "volumeAttributesClassName", "spec"),
            request=requests.get("storage"),
            selector=selector_at(spec, "selector", "spec"),
            selected_node=notes.get(SELECTED_NODE),
            owner=_controller(metadata),
        )

    @property
    def key(self) -> str:
        """Namespace and name."""
        return f"{self.namespace}/{self.name}"

    def belongs_to(self, pod_name: str, pod_uid: str) -> bool:
        """Whether the claim was made for the pod, by uid, or by name if either uid is empty.

        Mirrors: component-helpers storage/ephemeral VolumeIsForPod @ v1.36
        """
        if self.owner is None:
            return False
        name, uid = self.owner
        return uid == pod_uid if uid and pod_uid else name == pod_name


@dataclass(frozen=True, slots=True)
class PersistentVolume:
    """A PersistentVolume.

    `capacity` is in nano units. `claim` is the namespace, name and uid of the claim for which the volume is reserved.
    `terms` are the required node affinity, or None if there is none.
    """

    name: str
    labels: Mapping[str, str]
    class_name: str
    capacity: int
    access_modes: frozenset[str]
    mode: str
    attributes_class: str
    phase: str
    deleting: bool
    claim: tuple[str, str, str] | None
    terms: tuple[NodeTerm, ...] | None
    driver: str
    handle: str
    disk: Disk | None

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> PersistentVolume:
        """The volume of a manifest; without a status it is available, as it will be once created."""
        metadata, spec = mapping_at(data, "metadata", ""), mapping_at(data, "spec", "")
        notes = labels_at(metadata, "annotations", "metadata")
        csi = mapping_at(spec, "csi", "spec")
        reference = mapping_at(spec, "claimRef", "spec")
        return cls(
            name=text_at(metadata, "name", "metadata"),
            labels=labels_at(metadata, "labels", "metadata"),
            class_name=notes.get(OLD_CLASS, text_at(spec, "storageClassName", "spec")),
            capacity=amounts_at(spec, "capacity", "spec").get("storage", 0),
            access_modes=frozenset(strings_at(spec, "accessModes", "spec")),
            mode=text_at(spec, "volumeMode", "spec", "Filesystem"),
            attributes_class=text_at(spec, "volumeAttributesClassName", "spec"),
            phase=text_at(mapping_at(data, "status", ""), "phase", "status", "Available"),
            deleting=metadata.get("deletionTimestamp") is not None,
            claim=_claim_reference(reference) if reference else None,
            terms=_required_terms(spec),
            driver=text_at(csi, "driver", "spec.csi"),
            handle=text_at(csi, "volumeHandle", "spec.csi"),
            disk=Disk.of(spec, "spec"),
        )

    @classmethod
    def made_for(cls, claim: Claim, name: str, terms: tuple[NodeTerm, ...] | None) -> PersistentVolume:
        """A volume as the claim asks for it, not reserved for it yet."""
        return cls(
            name=name,
            labels={},
            class_name=claim.class_name,
            capacity=claim.request or 0,
            access_modes=claim.access_modes,
            mode=claim.mode,
            attributes_class=claim.attributes_class,
            phase="Available",
            deleting=False,
            claim=None,
            terms=terms,
            driver="",
            handle="",
            disk=None,
        )

    def is_for(self, claim: Claim) -> bool:
        """Whether the volume is reserved for this claim.

        Mirrors: component-helpers storage/volume IsVolumeBoundToClaim @ v1.36
        """
        if self.claim is None or self.claim[:2] != (claim.namespace, claim.name):
            return False
        return not self.claim[2] or self.claim[2] == claim.uid

    def kept_for(self, claim: Claim) -> PersistentVolume:
        """The same volume, reserved for a claim."""
        return replace(self, claim=(claim.namespace, claim.name, claim.uid))

    def reachable_from(self, labels: Mapping[str, str], csi_node: CsiNode | None) -> bool:
        """Whether the volume's node affinity admits a node with these labels.

        If a CSI driver has taken over the in-tree disk on this node, the driver's own label for zones counts.

        Mirrors: component-helpers storage/volume CheckNodeAffinity @ v1.36
        """
        terms = self.terms
        if self.disk is not None and csi_node is not None and self.disk.plugin in csi_node.migrated:
            terms = _translated(self, self.disk.zone_key)
        if terms is None:
            return True
        return any(term.matches("", labels) for term in terms if not term.is_empty)


@dataclass(frozen=True, slots=True)
class StorageClass:
    """A StorageClass.

    If it `waits`, a claim is bound only once a pod needs it. `topologies` are alternatives: each is a tuple of
    (label, values), all of which a node must meet.
    """

    name: str
    provisioner: str
    waits: bool
    topologies: tuple[tuple[tuple[str, tuple[str, ...]], ...], ...]

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> StorageClass:
        """The class of a manifest; without a binding mode it binds immediately, which is the API server's default."""
        return cls(
            name=text_at(mapping_at(data, "metadata", ""), "name", "metadata"),
            provisioner=text_at(data, "provisioner", ""),
            waits=text_at(data, "volumeBindingMode", "") == "WaitForFirstConsumer",
            topologies=tuple(
                tuple(
                    (text_at(item, "key", where), strings_at(item, "values", where))
                    for where, item in items_at(term, "matchLabelExpressions", here)
                )
                for here, term in items_at(data, "allowedTopologies", "")
            ),
        )

    def allows(self, labels: Mapping[str, str]) -> bool:
        """Whether volumes may be made for a node with these labels; an empty topology admits no node."""
        if not self.topologies:
            return True
        return any(term and all(labels.get(key) in values for key, values in term) for term in self.topologies)


@dataclass(frozen=True, slots=True)
class CsiNode:
    """The CSI drivers of a node, how many volumes of each it takes, and which in-tree plugins they have taken over.

    `drivers` has, for each, the labels of the node that say from where its volumes are reached.
    """

    name: str
    drivers: Mapping[str, tuple[str, ...]]
    limits: Mapping[str, int]
    migrated: frozenset[str]

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> CsiNode:
        """The CSINode of a manifest."""
        metadata = mapping_at(data, "metadata", "")
        limits, drivers = {}, {}
        for here, driver in items_at(mapping_at(data, "spec", ""), "drivers", "spec"):
            drivers[text_at(driver, "name", here)] = tuple(strings_at(driver, "topologyKeys", here))
            allocatable = mapping_at(driver, "allocatable", here)
            if allocatable.get("count") is not None:
                limits[text_at(driver, "name", here)] = whole_at(allocatable, "count", f"{here}.allocatable")
        migrated = labels_at(metadata, "annotations", "metadata").get(MIGRATED_PLUGINS, "")
        return cls(
            text_at(metadata, "name", "metadata"),
            drivers,
            limits,
            frozenset(migrated.split(",")) - {""},
        )


@dataclass(frozen=True, slots=True)
class StorageCapacity:
    """How large a volume of a class can be on some nodes.

    `nodes` selects the nodes by label; None selects no node. `largest` and `free`, the room for all volumes together,
    are in nano units; `largest` is None if it is unknown.
    """

    class_name: str
    nodes: LabelSelector | None
    largest: int | None
    free: int

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> StorageCapacity:
        """The CSIStorageCapacity of a manifest."""
        key = "maximumVolumeSize" if data.get("maximumVolumeSize") is not None else "capacity"
        return cls(
            class_name=text_at(data, "storageClassName", ""),
            nodes=selector_at(data, "nodeTopology", ""),
            largest=quantity(data[key], key).nanos if data.get(key) is not None else None,
            free=quantity(data["capacity"], "capacity").nanos if data.get("capacity") is not None else 0,
        )


@dataclass(frozen=True, slots=True)
class Attachment:
    """A volume that is attached to a node, whether or not a pod there uses it."""

    node: str
    driver: str
    volume: str

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Attachment:
        """The VolumeAttachment of a manifest."""
        spec = mapping_at(data, "spec", "")
        source = mapping_at(spec, "source", "spec")
        return cls(
            text_at(spec, "nodeName", "spec"),
            text_at(spec, "attacher", "spec"),
            text_at(source, "persistentVolumeName", "spec.source"),
        )


def tracks_capacity(csi_driver: Mapping[str, Any]) -> bool:
    """Whether a CSIDriver publishes how much free space it has."""
    return flag_at(mapping_at(csi_driver, "spec", ""), "storageCapacity", "spec")


def keeps_pods_away(csi_driver: Mapping[str, Any]) -> bool:
    """Whether a CSIDriver keeps pods with its volumes off the nodes on which it does not run; from 1.37 on."""
    return flag_at(mapping_at(csi_driver, "spec", ""), "preventPodSchedulingIfMissing", "spec")


def _required_terms(spec: Mapping[str, Any]) -> tuple[NodeTerm, ...] | None:
    affinity = mapping_at(spec, "nodeAffinity", "spec")
    if affinity.get("required") is None:
        return None
    required = mapping_at(affinity, "required", "spec.nodeAffinity")
    where = "spec.nodeAffinity.required"
    return tuple(NodeTerm.of(term, here) for here, term in items_at(required, "nodeSelectorTerms", where))


def _claim_reference(reference: Mapping[str, Any]) -> tuple[str, str, str]:
    where = "spec.claimRef"
    return (text_at(reference, "namespace", where), text_at(reference, "name", where), text_at(reference, "uid", where))


def _controller(metadata: Mapping[str, Any]) -> tuple[str, str] | None:
    for here, item in items_at(metadata, "ownerReferences", "metadata"):
        if flag_at(item, "controller", here):
            return text_at(item, "name", here), text_at(item, "uid", here)
    return None


def _translated(volume: PersistentVolume, zone_key: str) -> tuple[NodeTerm, ...] | None:
    """The node terms of an in-tree volume, with the labels of its CSI driver.

    Mirrors: csi-translation-lib plugins/in_tree_volume.go translateTopologyFromInTreeToCSI @ v1.36
    """
    if not zone_key:
        return volume.terms
    terms = volume.terms or ()
    keys = {item.key for term in terms for item in term.expressions}
    zone, region = (OLD_ZONE, OLD_REGION) if ZONE not in keys and OLD_ZONE in keys else (ZONE, REGION)
    if not keys & {ZONE, OLD_ZONE} and ZONE not in volume.labels and OLD_ZONE in volume.labels:
        zone, region = OLD_ZONE, OLD_REGION
    if zone in keys:
        renamed = {zone: zone_key, region: REGION}
        return tuple(
            replace(
                term,
                expressions=tuple(item._replace(key=renamed.get(item.key, item.key)) for item in term.expressions),
            )
            for term in terms
        )
    zones = tuple(sorted({part.strip() for part in volume.labels.get(zone, "").split("__")} - {""}))
    if not zones:
        return volume.terms
    wanted = Requirement(zone_key, "In", zones)
    return tuple(replace(term, expressions=(*term.expressions, wanted)) for term in terms or (NodeTerm((), ()),))
