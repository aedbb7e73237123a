"""A cluster's objects cut down to what a dry run reads, for a file to keep or, anonymized, to hand on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from k8slint.scheduling.objects.pod import DECLARED_FEATURES
from k8slint.simulation.export.anonymize import (
    Aliases,
    Shape,
    address,
    driver,
    expression,
    field_expression,
    flag,
    image,
    key_form,
    keyed,
    kind_name,
    labels,
    name,
    number,
    number_or_percent,
    owner,
    plugins,
    quantities,
    quantity,
    scope_expression,
    scope_name,
    time,
    told,
    word,
)
from k8slint.values.well_known import (
    BIND_COMPLETED,
    IS_DEFAULT_CLASS,
    MIGRATED_PLUGINS,
    OLD_CLASS,
    OLD_IS_DEFAULT_CLASS,
    SELECTED_NODE,
)

# The conditions of nodes and pods that a dry run looks at.
_CONDITIONS: Final = (
    "Ready",
    "MemoryPressure",
    "DiskPressure",
    "PIDPressure",
    "NetworkUnavailable",
    "DisruptionTarget",
    "PodResizePending",
)


def _metadata(kind: str, **more: Shape) -> dict[str, Shape]:
    return {
        "name": name(kind_name(kind)),
        "namespace": name("namespace"),
        "uid": name("uid"),
        "creationTimestamp": time,
        "deletionTimestamp": time,
        **more,
    }


_OWNED: Final[dict[str, Shape]] = {"labels": labels, "ownerReferences": [owner]}
_NOTED: Final[dict[str, Shape]] = {
    **_OWNED,
    "annotations": {
        IS_DEFAULT_CLASS: word("true", "false"),
        OLD_IS_DEFAULT_CLASS: word("true", "false"),
        OLD_CLASS: name("class"),
        SELECTED_NODE: name("node"),
        BIND_COMPLETED: word("yes"),
        MIGRATED_PLUGINS: plugins,
    },
}
_SELECTOR: Final[Shape] = {"matchLabels": labels, "matchExpressions": [expression]}
_TERM: Final[Shape] = {"matchExpressions": [expression], "matchFields": [field_expression]}
_TERMS: Final[Shape] = {"nodeSelectorTerms": [_TERM]}
_RESOURCES: Final[Shape] = {"requests": quantities, "limits": quantities}
_CONTAINERS: Final[Shape] = [
    {
        "name": name("container"),
        "image": image,
        "resources": _RESOURCES,
        "restartPolicy": word("Always", "Never", "OnFailure"),
        "restartPolicyRules": [{"action": word("Restart", "RestartAllContainers")}],
        "ports": [
            {
                "hostPort": number,
                "hostIP": address,
                "protocol": word("TCP", "UDP", "SCTP"),
                "containerPort": number,
            }
        ],
    }
]
_STATUSES: Final[Shape] = [
    {"name": name("container"), "resources": {"requests": quantities}, "allocatedResources": quantities}
]
_ACCESS_MODES: Final[Shape] = [word("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")]
_CLAIM_SPEC: Final[Shape] = {
    "accessModes": _ACCESS_MODES,
    "resources": {"requests": quantities},
    "selector": _SELECTOR,
    "storageClassName": name("class"),
    "volumeAttributesClassName": name("attributes"),
    "volumeMode": word("Filesystem", "Block"),
    "volumeName": name("volume"),
}
_DISKS: Final[dict[str, Shape]] = {
    "awsElasticBlockStore": {"volumeID": name("disk"), "readOnly": flag},
    "azureDisk": {"diskURI": name("disk")},
    "cinder": {"volumeID": name("disk")},
    "csi": {"driver": driver, "volumeHandle": name("disk")},
    "gcePersistentDisk": {"pdName": name("disk"), "readOnly": flag},
    "iscsi": {"iqn": name("disk"), "readOnly": flag},
    "portworxVolume": {"volumeID": name("disk")},
    "rbd": {"monitors": [name("disk")], "pool": name("disk"), "image": name("disk"), "readOnly": flag},
}
_VOLUMES: Final[Shape] = [
    {
        "name": name("mount"),
        "persistentVolumeClaim": {"claimName": name("claim")},
        "ephemeral": {"volumeClaimTemplate": {"metadata": {"labels": labels}, "spec": _CLAIM_SPEC}},
        "image": {"reference": image},
        **_DISKS,
    }
]
_REQUIRED: Final = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED: Final = "preferredDuringSchedulingIgnoredDuringExecution"
_POD_TERM: Final[Shape] = {
    "labelSelector": _SELECTOR,
    "matchLabelKeys": [key_form],
    "mismatchLabelKeys": [key_form],
    "namespaceSelector": _SELECTOR,
    "namespaces": [name("namespace")],
    "topologyKey": key_form,
}
_POD_TERMS: Final[Shape] = {_REQUIRED: [_POD_TERM], _PREFERRED: [{"weight": number, "podAffinityTerm": _POD_TERM}]}
_SPREAD: Final[Shape] = [
    {
        "maxSkew": number,
        "minDomains": number,
        "topologyKey": key_form,
        "whenUnsatisfiable": word("DoNotSchedule", "ScheduleAnyway"),
        "labelSelector": _SELECTOR,
        "matchLabelKeys": [key_form],
        "nodeAffinityPolicy": word("Honor", "Ignore"),
        "nodeTaintsPolicy": word("Honor", "Ignore"),
    }
]
_PREEMPTION: Final[Shape] = word("PreemptLowerPriority", "Never")
_POD: Final[Shape] = {
    "metadata": _metadata("Pod", **_OWNED),
    "spec": {
        "activeDeadlineSeconds": number,
        "affinity": {
            "nodeAffinity": {_REQUIRED: _TERMS, _PREFERRED: [{"weight": number, "preference": _TERM}]},
            "podAffinity": _POD_TERMS,
            "podAntiAffinity": _POD_TERMS,
        },
        "hostNetwork": flag,
        "hostUsers": flag,
        "nodeName": name("node"),
        "nodeSelector": labels,
        "os": {"name": word("linux", "windows")},
        "overhead": quantities,
        "preemptionPolicy": _PREEMPTION,
        "priority": number,
        "priorityClassName": name("priority"),
        "resourceClaims": [
            {
                "name": name("device"),
                "resourceClaimName": name("device-claim"),
                "resourceClaimTemplateName": name("device-template"),
            }
        ],
        "resources": _RESOURCES,
        "runtimeClassName": name("runtime"),
        "schedulerName": name("scheduler"),
        "schedulingGates": [{"name": name("gate")}],
        "schedulingGroup": {"podGroupName": name("group")},
        "tolerations": [keyed],
        "topologySpreadConstraints": _SPREAD,
        "workloadRef": {"name": name("workload"), "podGroup": name("group"), "podGroupReplicaKey": name("replica")},
        "containers": _CONTAINERS,
        "initContainers": _CONTAINERS,
        "volumes": _VOLUMES,
    },
    "status": {
        "phase": word("Pending", "Running", "Succeeded", "Failed", "Unknown"),
        "nominatedNodeName": name("node"),
        "startTime": time,
        "conditions": [
            {
                "type": word(*_CONDITIONS),
                "status": word("True", "False", "Unknown"),
                "reason": word("PreemptionByScheduler", "Infeasible", "Deferred"),
            }
        ],
        "containerStatuses": _STATUSES,
        "initContainerStatuses": _STATUSES,
    },
}


def _controller(kind: str, selector: Shape) -> Shape:
    return {"metadata": _metadata(kind, **_OWNED), "spec": {"replicas": number, "selector": selector}}


# The fields that are kept of each kind, each with the form of what it may show if the file is handed on.
_KEPT: Final[Mapping[str, Shape]] = {
    "Node": {
        "metadata": _metadata("Node", labels=labels),
        "spec": {"taints": [keyed], "unschedulable": flag},
        "status": {
            "allocatable": quantities,
            "capacity": quantities,
            "conditions": [{"type": word(*_CONDITIONS), "status": word("True", "False", "Unknown")}],
            "declaredFeatures": [word(*DECLARED_FEATURES)],
            "images": [{"names": [image], "sizeBytes": number}],
        },
    },
    "Pod": _POD,
    "PersistentVolume": {
        "metadata": _metadata("PersistentVolume", **_NOTED),
        "spec": {
            "accessModes": _ACCESS_MODES,
            "capacity": quantities,
            "claimRef": {"namespace": name("namespace"), "name": name("claim"), "uid": name("uid")},
            "nodeAffinity": {"required": _TERMS},
            "storageClassName": name("class"),
            "volumeAttributesClassName": name("attributes"),
            "volumeMode": word("Filesystem", "Block"),
            **_DISKS,
        },
        "status": {"phase": word("Pending", "Available", "Bound", "Released", "Failed")},
    },
    "PersistentVolumeClaim": {
        "metadata": _metadata("PersistentVolumeClaim", **_NOTED),
        "spec": _CLAIM_SPEC,
        "status": {"phase": word("Pending", "Bound", "Lost")},
    },
    "StorageClass": {
        "metadata": _metadata("StorageClass", **_NOTED),
        "provisioner": driver,
        "reclaimPolicy": word("Delete", "Retain"),
        "volumeBindingMode": word("Immediate", "WaitForFirstConsumer"),
        "allowedTopologies": [{"matchLabelExpressions": [expression]}],
    },
    "Namespace": {
        "metadata": _metadata("Namespace", labels=labels),
        "status": {"phase": word("Active", "Terminating")},
    },
    "ResourceQuota": {
        "metadata": _metadata("ResourceQuota"),
        "spec": {
            "hard": quantities,
            "scopes": [scope_name],
            "scopeSelector": {"matchExpressions": [scope_expression]},
        },
        "status": {"hard": quantities, "used": quantities},
    },
    "LimitRange": {
        "metadata": _metadata("LimitRange"),
        "spec": {
            "limits": [
                {
                    "type": word("Container", "Pod", "PersistentVolumeClaim"),
                    **dict.fromkeys(("max", "min", "default", "defaultRequest", "maxLimitRequestRatio"), quantities),
                }
            ]
        },
    },
    "PriorityClass": {
        "metadata": _metadata("PriorityClass"),
        "value": number,
        "globalDefault": flag,
        "preemptionPolicy": _PREEMPTION,
    },
    "RuntimeClass": {
        "metadata": _metadata("RuntimeClass"),
        "handler": name("runtime"),
        "overhead": {"podFixed": quantities},
        "scheduling": {"nodeSelector": labels, "tolerations": [keyed]},
    },
    "CSINode": {
        "metadata": _metadata("CSINode", **_NOTED),
        "spec": {"drivers": [{"name": driver, "allocatable": {"count": number}}]},
    },
    # A CSIDriver goes by the driver's public name.
    "CSIDriver": {"metadata": _metadata("CSIDriver") | {"name": driver}, "spec": {"storageCapacity": flag}},
    "CSIStorageCapacity": {
        "metadata": _metadata("CSIStorageCapacity"),
        "storageClassName": name("class"),
        "nodeTopology": _SELECTOR,
        "capacity": quantity,
        "maximumVolumeSize": quantity,
    },
    "VolumeAttachment": {
        "metadata": _metadata("VolumeAttachment"),
        "spec": {
            "attacher": driver,
            "nodeName": name("node"),
            "source": {"persistentVolumeName": name("volume")},
        },
    },
    "PodDisruptionBudget": {
        "metadata": _metadata("PodDisruptionBudget"),
        "spec": {"selector": _SELECTOR, "minAvailable": number_or_percent, "maxUnavailable": number_or_percent},
        "status": {"disruptionsAllowed": number},
    },
    "Service": {
        "metadata": _metadata("Service"),
        "spec": {"selector": labels, "type": word("ClusterIP", "NodePort", "LoadBalancer", "ExternalName")},
    },
    "ReplicaSet": _controller("ReplicaSet", _SELECTOR),
    "ReplicationController": _controller("ReplicationController", labels),
    "StatefulSet": _controller("StatefulSet", _SELECTOR),
}


def lean(items: Iterable[Any]) -> list[dict[str, Any]]:
    """The objects with only the fields that a dry run reads; kinds that it does not read are left out, such as Secrets.

    All labels of pods and nodes are kept, because any manifest may select by them.
    """
    return [
        {"apiVersion": item.get("apiVersion"), "kind": kind, **_cut(item, _KEPT[kind])}
        for item in items
        if isinstance(item, Mapping) and isinstance(kind := item.get("kind"), str) and kind in _KEPT
        if _is_built_in(item)
    ]


def anonymized(items: Iterable[Any]) -> list[dict[str, Any]]:
    """The objects cut down, with every name replaced, the same name always by the same alias.

    These stay: keys of labels and taints; names of resources, of volume drivers, of Kubernetes' own features, and those
    that every cluster has; the values of labels about system, architecture, instance type and the index of a pod, and
    of those that begin with `node-role.kubernetes.io/`, `node.kubernetes.io/` or `pod-security.kubernetes.io/`; whole
    numbers in labels that an affinity compares as numbers; amounts, times, and the words that Kubernetes knows in a
    place. Everything else is replaced, and what does not have Kubernetes' shape is left out.
    """
    kept = lean(items)
    aliases = Aliases()
    for item in kept:
        _anonymous(aliases, item)
    aliases.settle()
    for item in kept:
        _pair_ephemeral_claims(aliases, item)
    return [_anonymous(aliases, item) for item in kept]


def _anonymous(aliases: Aliases, item: Mapping[str, Any]) -> dict[str, Any]:
    group, _, version = str(item["apiVersion"]).rpartition("/")
    known = group if group in _GROUPS else ""
    shown = version if _VERSION.fullmatch(version) else "v1"
    typed = {"apiVersion": f"{known}/{shown}".removeprefix("/"), "kind": item["kind"]}
    return {**typed, **told(aliases, item, _KEPT[item["kind"]])}


def _pair_ephemeral_claims(aliases: Aliases, item: Mapping[str, Any]) -> None:
    """Give the claims of a pod's ephemeral volumes the aliases that follow from those of the pod and the volumes."""
    if item["kind"] != "Pod":
        return
    pod = told(aliases, item, {"metadata": {"name": lambda _, value: value}, "spec": {"volumes": [_EPHEMERAL]}})
    named, spec = pod.get("metadata", {}).get("name"), pod.get("spec", {})
    for volume in spec.get("volumes", ()):
        if isinstance(named, str) and "ephemeral" in volume and isinstance(volume.get("name"), str):
            alias = f"{aliases.alias('pod', named)}-{aliases.alias('mount', volume['name'])}"
            aliases.pair("claim", f"{named}-{volume['name']}", alias)


_EPHEMERAL: Final[Shape] = {"name": lambda _, value: value, "ephemeral": lambda _, value: value}
_GROUPS: Final = frozenset({"", "apps", "extensions", "node.k8s.io", "policy", "scheduling.k8s.io", "storage.k8s.io"})
_VERSION: Final = re.compile(r"v[1-9][0-9]?(?:(?:alpha|beta)[1-9][0-9]?)?")


def _is_built_in(item: Mapping[str, Any]) -> bool:
    """Whether the object is of Kubernetes itself; others have kinds of the same name, such as Knative's Service."""
    group = str(item.get("apiVersion")).rpartition("/")[0]
    return "." not in group or group.endswith(".k8s.io")


def _cut(value: Any, shape: Shape) -> Any:
    if isinstance(shape, list):
        if not isinstance(value, list):
            return value
        cut = (_cut(entry, shape[0]) for entry in value)
        return [entry for entry in cut if not _says_nothing(entry, shape)]
    if not isinstance(shape, dict) or not isinstance(value, Mapping):
        return value
    found = {key: _cut(value[key], inner) for key, inner in shape.items() if value.get(key) is not None}
    return {key: entry for key, entry in found.items() if entry not in ({}, []) or value.get(key) == entry}


def _says_nothing(entry: Any, shape: Shape) -> bool:
    """Whether an entry of a list can be dropped: a volume with only a name, or a condition that a dry run ignores."""
    if not isinstance(entry, Mapping):
        return False
    if shape is _VOLUMES:
        return not entry.keys() - {"name"}
    return entry.keys() >= {"status", "type"} and entry["type"] not in _CONDITIONS
