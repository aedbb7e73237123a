"""The volume that a provisioner makes for a claim, once the scheduler has told it a node."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from k8slint.scheduling.objects.in_tree_volumes import driver_of_provisioner
from k8slint.scheduling.objects.node import Node
from k8slint.scheduling.objects.node_affinity import NodeTerm
from k8slint.scheduling.objects.volumes import Claim, CsiNode, PersistentVolume, StorageClass
from k8slint.values.labels import Requirement
from k8slint.values.well_known import HOSTNAME, ZONE

_SHARED: Final = frozenset({"ReadWriteMany", "ReadOnlyMany"})
# Their volumes are folders or disks of the node.
_OF_ONE_NODE: Final = frozenset(
    {
        "docker.io/hostpath",
        "k8s.io/minikube-hostpath",
        "kubevirt.io.hostpath-provisioner",
        "local.csi.openebs.io",
        "microk8s.io/hostpath",
        "openebs.io/local",
        "rancher.io/local-path",
        "topolvm.cybozu.com",
        "topolvm.io",
        "zfs.csi.openebs.io",
    }
)


def provisioned(claim: Claim, storage_class: StorageClass, node: Node, csi_node: CsiNode | None) -> PersistentVolume:
    """The volume made for a claim whose first pod goes to the node, bound to the claim.

    Claims that several nodes may mount get a volume that all nodes reach. Others are reached from where the driver says
    its volumes are: the topology of its CSINode or of the class, else the node's zone if it has one.
    """
    driver = driver_of_provisioner(storage_class.provisioner)
    keys = () if claim.access_modes & _SHARED else _topology(driver, storage_class, node, csi_node)
    terms = (NodeTerm(tuple(Requirement(key, "In", (node.labels[key],)) for key in keys), ()),) if keys else None
    made = PersistentVolume.made_for(claim, f"pvc-{claim.key}", terms).kept_for(claim)
    return replace(made, phase="Bound", driver=driver, handle=f"new/{claim.key}")


def _topology(driver: str, storage_class: StorageClass, node: Node, csi_node: CsiNode | None) -> tuple[str, ...]:
    """The labels of the node whose values a volume of the driver is bound to."""
    if driver in _OF_ONE_NODE:
        return (HOSTNAME,) if HOSTNAME in node.labels else ()
    told = csi_node.drivers.get(driver, ()) if csi_node is not None else ()
    asked = tuple(dict.fromkeys(key for term in storage_class.topologies for key, _ in term))
    return tuple(key for key in (told or asked or (ZONE,)) if key in node.labels)
