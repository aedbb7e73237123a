"""A cluster's objects cut down to what a dry run reads, to be kept as a file or, renamed, to be handed on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from k8slint.simulation.aliases import renamed

Keep = Any
"""What is kept of a value: all of it (True), or the keys of a mapping, each with what is kept of it."""

_METADATA: Final[Keep] = {
    "name": True,
    "namespace": True,
    "uid": True,
    "creationTimestamp": True,
    "deletionTimestamp": True,
}
_LABELED: Final[Keep] = {**_METADATA, "labels": True}
_OWNED: Final[Keep] = {
    **_LABELED,
    "ownerReferences": {"apiVersion": True, "kind": True, "name": True, "uid": True, "controller": True},
}
_ANNOTATIONS: Final = (
    "storageclass.kubernetes.io/is-default-class",
    "storageclass.beta.kubernetes.io/is-default-class",
    "volume.beta.kubernetes.io/storage-class",
    "volume.kubernetes.io/selected-node",
    "pv.kubernetes.io/bind-completed",
    "storage.alpha.kubernetes.io/migrated-plugins",
)
_NOTED: Final[Keep] = {**_OWNED, "annotations": dict.fromkeys(_ANNOTATIONS, True)}
_CONTAINERS: Final[Keep] = {
    "name": True,
    "image": True,
    "resources": {"requests": True, "limits": True},
    "restartPolicy": True,
    "restartPolicyRules": {"action": True},
    "ports": {"hostPort": True, "hostIP": True, "protocol": True, "containerPort": True},
}
_STATUSES: Final[Keep] = {"name": True, "resources": {"requests": True}, "allocatedResources": True}
_CLAIM_SPEC: Final[Keep] = {
    "accessModes": True,
    "resources": {"requests": True},
    "selector": True,
    "storageClassName": True,
    "volumeAttributesClassName": True,
    "volumeMode": True,
    "volumeName": True,
}
_DISKS: Final[Keep] = {
    "awsElasticBlockStore": {"volumeID": True, "readOnly": True},
    "azureDisk": {"diskURI": True},
    "cinder": {"volumeID": True},
    "csi": {"driver": True, "volumeHandle": True},
    "gcePersistentDisk": {"pdName": True, "readOnly": True},
    "iscsi": {"iqn": True, "readOnly": True},
    "portworxVolume": {"volumeID": True},
    "rbd": {"monitors": True, "pool": True, "image": True, "readOnly": True},
}
_VOLUMES: Final[Keep] = {
    "name": True,
    "persistentVolumeClaim": {"claimName": True},
    "ephemeral": {"volumeClaimTemplate": {"metadata": {"labels": True}, "spec": _CLAIM_SPEC}},
    "image": {"reference": True},
    **_DISKS,
}
_POD: Final[Keep] = {
    "metadata": _OWNED,
    "spec": {
        **dict.fromkeys(
            (
                "activeDeadlineSeconds",
                "affinity",
                "hostNetwork",
                "hostUsers",
                "nodeName",
                "nodeSelector",
                "overhead",
                "preemptionPolicy",
                "priority",
                "priorityClassName",
                "resourceClaims",
                "resources",
                "runtimeClassName",
                "schedulerName",
                "schedulingGates",
                "schedulingGroup",
                "tolerations",
                "topologySpreadConstraints",
                "workloadRef",
            ),
            True,
        ),
        "containers": _CONTAINERS,
        "initContainers": _CONTAINERS,
        "volumes": _VOLUMES,
    },
    "status": {
        "phase": True,
        "nominatedNodeName": True,
        "startTime": True,
        "conditions": {"type": True, "status": True, "reason": True},
        "containerStatuses": _STATUSES,
        "initContainerStatuses": _STATUSES,
    },
}
_KEPT: Final[Mapping[str, Keep]] = {
    "Node": {
        "metadata": _LABELED,
        "spec": {"taints": {"key": True, "value": True, "effect": True}, "unschedulable": True},
        "status": {
            "allocatable": True,
            "capacity": True,
            "conditions": {"type": True, "status": True},
            "declaredFeatures": True,
            "images": {"names": True, "sizeBytes": True},
        },
    },
    "Pod": _POD,
    "PersistentVolume": {
        "metadata": _NOTED,
        "spec": {
            "accessModes": True,
            "capacity": True,
            "claimRef": {"namespace": True, "name": True, "uid": True},
            "nodeAffinity": True,
            "storageClassName": True,
            "volumeAttributesClassName": True,
            "volumeMode": True,
            **_DISKS,
        },
        "status": {"phase": True},
    },
    "PersistentVolumeClaim": {"metadata": _NOTED, "spec": _CLAIM_SPEC, "status": {"phase": True}},
    "StorageClass": {
        "metadata": _NOTED,
        **dict.fromkeys(("provisioner", "reclaimPolicy", "volumeBindingMode", "allowedTopologies"), True),
    },
    "Namespace": {"metadata": _LABELED, "status": {"phase": True}},
    "ResourceQuota": {
        "metadata": _METADATA,
        "spec": {"hard": True, "scopes": True, "scopeSelector": True},
        "status": {"hard": True, "used": True},
    },
    "LimitRange": {"metadata": _METADATA, "spec": {"limits": True}},
    "PriorityClass": {"metadata": _METADATA, "value": True, "globalDefault": True, "preemptionPolicy": True},
    "RuntimeClass": {"metadata": _METADATA, "handler": True, "overhead": True, "scheduling": True},
    "CSINode": {"metadata": _NOTED, "spec": {"drivers": {"name": True, "allocatable": True}}},
    "CSIDriver": {"metadata": _METADATA, "spec": {"storageCapacity": True}},
    "CSIStorageCapacity": {
        "metadata": _METADATA,
        **dict.fromkeys(("storageClassName", "nodeTopology", "capacity", "maximumVolumeSize"), True),
    },
    "VolumeAttachment": {
        "metadata": _METADATA,
        "spec": {"attacher": True, "nodeName": True, "source": {"persistentVolumeName": True}},
    },
    "PodDisruptionBudget": {
        "metadata": _METADATA,
        "spec": {"selector": True, "minAvailable": True, "maxUnavailable": True},
        "status": {"disruptionsAllowed": True},
    },
    "Service": {"metadata": _METADATA, "spec": {"selector": True, "type": True}},
    "ReplicaSet": {"metadata": _OWNED, "spec": {"replicas": True, "selector": True}},
    "ReplicationController": {"metadata": _OWNED, "spec": {"replicas": True, "selector": True}},
    "StatefulSet": {"metadata": _OWNED, "spec": {"replicas": True, "selector": True}},
}
# Conditions that a dry run looks at; the others of a node or pod say nothing to it.
_CONDITIONS: Final = (
    "Ready",
    "MemoryPressure",
    "DiskPressure",
    "PIDPressure",
    "NetworkUnavailable",
    "DisruptionTarget",
    "PodResizePending",
)


def lean(items: Iterable[Any]) -> list[dict[str, Any]]:
    """The objects with the fields a dry run reads, and no others; kinds it does not read are left out, Secrets first.

    Labels of pods and nodes are all kept: any manifest may select by them.
    """
    return [
        {"apiVersion": item.get("apiVersion"), "kind": kind, **_cut(item, _KEPT[kind])}
        for item in items
        if isinstance(item, Mapping) and isinstance(kind := item.get("kind"), str) and kind in _KEPT
        if _is_built_in(item)
    ]


def anonymized(items: Iterable[Any]) -> list[dict[str, Any]]:
    """The objects cut down, with the names of everything replaced, the same name always by the same alias.

    Replaced are names, namespaces, label and taint values, images, disks and uids. Label keys, resource names, drivers
    and the values of Kubernetes' own labels stay; zones and regions get aliases.
    """
    return renamed(lean(items))


def _is_built_in(item: Mapping[str, Any]) -> bool:
    """Whether the object is of Kubernetes itself: others have kinds of the same name, as Knative has a Service."""
    group = str(item.get("apiVersion")).rpartition("/")[0]
    return "." not in group or group.endswith(".k8s.io")


def _cut(value: Any, keep: Keep) -> Any:
    if keep is True:
        return value
    if isinstance(value, list):
        cut = [_cut(entry, keep) for entry in value]
        return [entry for entry in cut if not _says_nothing(entry, keep)]
    if not isinstance(value, Mapping):
        return value
    found = {key: _cut(value[key], inner) for key, inner in keep.items() if value.get(key) is not None}
    return {key: entry for key, entry in found.items() if entry not in ({}, []) or value.get(key) == entry}


def _says_nothing(entry: Any, keep: Keep) -> bool:
    """Whether an entry of a list can go: a volume that is only a name, a condition that nobody reads."""
    if not isinstance(entry, Mapping):
        return False
    if keep is _VOLUMES:
        return not entry.keys() - {"name"}
    return "status" in keep and "type" in keep and entry.get("type") not in _CONDITIONS
