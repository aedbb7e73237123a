"""StorageClasses that claims ask for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from k8slint.cluster.cluster import Cluster, once
from k8slint.cluster.references import may_exist
from k8slint.cluster.similar_names import nearest_name
from k8slint.cluster.volume_matching import OLD_CLASS, claims_of, class_names, volumes_by_class
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, text
from k8slint.objects.object import Object
from k8slint.objects.problem import Absence, Problem
from k8slint.values.placeholder import has_placeholder

# What providers, distributions and well-known operators install under these names.
_COMMON_CLASSES: Final = frozenset(
    {
        "azureblob-fuse-premium", "azureblob-nfs-premium", "azurefile", "azurefile-csi", "azurefile-csi-premium",
        "azurefile-premium", "ceph-block", "ceph-bucket", "ceph-filesystem", "cephfs", "cinder", "csi-cephfs-sc",
        "csi-cinder", "csi-hostpath-sc", "csi-rbd-sc", "default", "do-block-storage", "do-block-storage-retain",
        "ebs-sc", "efs-sc", "enterprise-rwx", "filestore", "gp2", "gp2-csi", "gp3", "gp3-csi", "hcloud-volumes",
        "hostpath", "hyperdisk-balanced", "io1", "io2", "linode-block-storage", "linode-block-storage-retain",
        "local-path", "longhorn", "longhorn-static", "managed", "managed-csi", "managed-csi-premium",
        "managed-nfs-storage", "managed-premium", "managed-standard", "microk8s-hostpath", "nfs", "nfs-client",
        "nfs-csi", "nfs-storage", "oci", "oci-bv", "ocs-storagecluster-ceph-rbd", "ocs-storagecluster-cephfs",
        "openebs-hostpath", "premium-rwo", "premium-rwx", "rook-ceph-block", "rook-ceph-bucket", "rook-cephfs",
        "scw-bssd", "standard", "standard-csi", "standard-rwo", "standard-rwx", "synology-csi", "thin", "thin-csi",
        "topolvm-provisioner", "vsphere-csi", "vultr-block-storage", "vultr-block-storage-hdd",
    }
)  # fmt: skip


def missing_storage_class(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A claim of a class that neither the files define nor clusters commonly have."""
    for path, name in _classes_named(obj):
        defined, of_volumes = class_names(cluster), volumes_by_class(cluster)
        if not name or name in defined or name in of_volumes or has_placeholder(name):
            continue
        if name in _COMMON_CLASSES and not _describes_classes(cluster):
            continue
        near = nearest_name(name, (*defined, *filter(None, of_volumes)))
        if (near or defined) and not may_exist(cluster, obj, "StorageClass.storage.k8s.io", name):
            hint = f'; nearest is "{near}"' if near else ""
            yield Problem(path, f'there is no StorageClass "{name}"{hint}', rests_on=Absence(name))


def _classes_named(obj: Object) -> Iterator[tuple[Path, str]]:
    for claim in claims_of(obj):
        if OLD_CLASS in claim.annotations:
            yield (*claim.path[:-1], "metadata", "annotations", OLD_CLASS), claim.annotations[OLD_CLASS]
        else:
            yield (*claim.path, "storageClassName"), claim.class_name or ""
    if obj.pod is not None:
        for path, volume in obj.pod.volumes:
            name = text(dig(volume, "ephemeral", "volumeClaimTemplate", "spec", "storageClassName"))
            if name:
                at = (*path, "ephemeral", "volumeClaimTemplate", "spec", "storageClassName")
                yield (*obj.pod.path, *at), name


@once
def _describes_classes(cluster: Cluster) -> bool:
    return any(obj.kind == "StorageClass" for obj in cluster.description or ())
