"""Disks that a pod or a PersistentVolume names directly, and the CSI drivers that serve them today."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from k8slint.values.reading import flag_at, mapping_at, strings_at, text_at


class _Kind(NamedTuple):
    id_fields: tuple[str, ...]
    plugin: str = ""
    driver: str = ""
    zone_key: str = ""


# The sources that the scheduler compares, or that CSI drivers have taken over, by their field in a volume.
_KINDS = {
    "gcePersistentDisk": _Kind(("pdName",), "kubernetes.io/gce-pd", "pd.csi.storage.gke.io", "topology.gke.io/zone"),
    "awsElasticBlockStore": _Kind(
        ("volumeID",), "kubernetes.io/aws-ebs", "ebs.csi.aws.com", "topology.ebs.csi.aws.com/zone"
    ),
    "azureDisk": _Kind(
        ("diskURI",), "kubernetes.io/azure-disk", "disk.csi.azure.com", "topology.disk.csi.azure.com/zone"
    ),
    "cinder": _Kind(
        ("volumeID",), "kubernetes.io/cinder", "cinder.csi.openstack.org", "topology.cinder.csi.openstack.org/zone"
    ),
    "portworxVolume": _Kind(("volumeID",), "kubernetes.io/portworx-volume", "pxd.portworx.com"),
    "iscsi": _Kind(("iqn",)),
    "rbd": _Kind(("pool", "image")),
}
_SOURCES_COMPARED = ("gcePersistentDisk", "awsElasticBlockStore", "iscsi", "rbd")
_DRIVER_OF_PLUGIN = {kind.plugin: kind.driver for kind in _KINDS.values() if kind.driver}
_DEFAULT_POOL = "rbd"


class Disk(NamedTuple):
    """A disk by its kind and identity."""

    kind: str
    identity: tuple[str, ...]
    read_only: bool
    monitors: frozenset[str] = frozenset()

    @classmethod
    def of(cls, volume: Mapping[str, Any], where: str) -> Disk | None:
        """The disk of a pod's volume or of a PersistentVolume's spec; None for every other source."""
        for name, kind in _KINDS.items():
            if volume.get(name) is None:
                continue
            source, here = mapping_at(volume, name, where), f"{where}.{name}"
            identity = tuple(text_at(source, field, here, _default(field)) for field in kind.id_fields)
            return cls(
                name, identity, flag_at(source, "readOnly", here), frozenset(strings_at(source, "monitors", here))
            )
        return None

    @property
    def is_compared(self) -> bool:
        """Whether two pods on one node can conflict over such a disk."""
        return self.kind in _SOURCES_COMPARED

    def conflicts(self, other: Disk) -> bool:
        """Whether the two disks cannot be mounted on one node.

        Mirrors: pkg/scheduler/framework/plugins/volumerestrictions isVolumeConflict @ v1.36
        """
        if self.kind != other.kind or self.identity != other.identity or not self.is_compared:
            return False
        if self.kind == "rbd" and not self.monitors & other.monitors:
            return False
        return self.kind == "awsElasticBlockStore" or not (self.read_only and other.read_only)

    @property
    def plugin(self) -> str:
        """The in-tree plugin that once served the disk; empty if no driver has taken it over."""
        return _KINDS[self.kind].plugin

    @property
    def driver(self) -> str:
        """The CSI driver that serves the disk today; empty if none has taken it over."""
        return _KINDS[self.kind].driver

    @property
    def zone_key(self) -> str:
        """The label of nodes that the driver uses for zones; empty if it uses none."""
        return _KINDS[self.kind].zone_key


def driver_of_provisioner(provisioner: str) -> str:
    """The CSI driver behind a StorageClass's provisioner: the successor of an in-tree plugin, else the provisioner."""
    return _DRIVER_OF_PLUGIN.get(provisioner, provisioner)


def _default(field: str) -> str:
    return _DEFAULT_POOL if field == "pool" else ""
