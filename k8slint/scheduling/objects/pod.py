"""A pod as the scheduler sees it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, NamedTuple

from k8slint.scheduling.features import NEWEST
from k8slint.scheduling.objects.in_tree_volumes import Disk
from k8slint.scheduling.objects.node_affinity import NodeChoice, NodeTerm, preferred_terms
from k8slint.scheduling.objects.pod_affinity import PodAffinity
from k8slint.scheduling.objects.resources import Amounts, is_sidecar, pod_amounts
from k8slint.scheduling.objects.taints import Toleration
from k8slint.scheduling.objects.topology_spread import SpreadConstraint
from k8slint.values.reading import (
    ShapeError,
    as_mapping,
    flag_at,
    items_at,
    labels_at,
    mapping_at,
    text_at,
    time_at,
    whole_at,
)
from k8slint.values.version import KubernetesVersion

_FINISHED = ("Succeeded", "Failed")


class HostPort(NamedTuple):
    """A port of its node that a pod takes; the address 0.0.0.0 means every address."""

    address: str
    protocol: str
    port: int


class Owner(NamedTuple):
    """The controller that owns a pod."""

    api_version: str
    kind: str
    name: str


class Volume(NamedTuple):
    """A volume of a pod: a claim, a claim that comes with the pod (`ephemeral`), a disk named directly, or neither."""

    name: str
    claim: str | None = None
    ephemeral: bool = False
    disk: Disk | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Pod:
    """One pod, with everything that the scheduler reads of it, equal to itself alone. `os` only the kubelet reads.

    Pods with equal `signature` get the same verdict for any node, as far as neither claims nor the labels of other pods
    matter; they share that work. `evicted` pods make room for another at the scheduler's request. `group` pods are
    scheduled together with others.
    """

    name: str
    namespace: str
    uid: str
    labels: Mapping[str, str]
    priority: int
    preempts: bool
    node_name: str
    nominated_node: str
    scheduler_name: str
    os: str
    finished: bool
    terminating: bool
    evicted: bool
    created: datetime | None
    started: datetime | None
    gates: tuple[str, ...]
    amounts: Amounts
    node_choice: NodeChoice
    preferred_nodes: tuple[tuple[int, NodeTerm], ...]
    tolerations: tuple[Toleration, ...]
    host_ports: tuple[HostPort, ...]
    images: tuple[str, ...]
    image_volumes: tuple[str, ...]
    spread: tuple[SpreadConstraint, ...]
    affinity: PodAffinity
    anti_affinity: PodAffinity
    volumes: tuple[Volume, ...]
    owner: Owner | None
    features: frozenset[str]
    device_claims: bool
    group: bool
    signature: Hashable

    @classmethod
    def of(cls, data: Mapping[str, Any], version: KubernetesVersion = NEWEST) -> Pod:
        """The pod of a manifest to which defaults and admission have been applied.

        Raises:
            ShapeError: naming the pod and the field that cannot be read.
        """
        metadata = mapping_at(as_mapping(data, "pod"), "metadata", "")
        name, namespace = text_at(metadata, "name", "metadata"), text_at(metadata, "namespace", "metadata", "default")
        try:
            return cls(name=name, namespace=namespace, **_fields(data, metadata, namespace, version))
        except ShapeError as error:
            raise error.of(f"Pod {namespace}/{name}") from None

    def __repr__(self) -> str:
        return f"Pod({self.key})"

    @property
    def key(self) -> str:
        """Namespace and name, in the form of Kubernetes' messages: `default/web`."""
        return f"{self.namespace}/{self.name}"

    def named(self, name: str) -> Pod:
        """Another pod of the same template, with this name."""
        return replace(self, name=name)

    def on(self, node_name: str) -> Pod:
        """The same pod, on this node."""
        return replace(self, node_name=node_name)

    def claim_of(self, volume: Volume) -> str | None:
        """The name of the claim behind a volume, or None; that of an ephemeral volume starts with the pod's name."""
        return f"{self.name}-{volume.name}" if volume.ephemeral else volume.claim


def _fields(
    data: Mapping[str, Any], metadata: Mapping[str, Any], namespace: str, version: KubernetesVersion
) -> dict[str, Any]:
    spec, status = mapping_at(data, "spec", ""), mapping_at(data, "status", "")
    if not spec.get("containers"):
        raise ShapeError("spec.containers", "no container")
    labels = labels_at(metadata, "labels", "metadata")
    fields: dict[str, Any] = {
        "uid": text_at(metadata, "uid", "metadata"),
        "labels": labels,
        "priority": whole_at(spec, "priority", "spec"),
        "preempts": text_at(spec, "preemptionPolicy", "spec") != "Never",
        "scheduler_name": text_at(spec, "schedulerName", "spec", "default-scheduler"),
        "node_name": text_at(spec, "nodeName", "spec"),
        "os": text_at(mapping_at(spec, "os", "spec"), "name", "spec.os"),
        "nominated_node": text_at(status, "nominatedNodeName", "status"),
        "finished": text_at(status, "phase", "status") in _FINISHED,
        "terminating": metadata.get("deletionTimestamp") is not None,
        "evicted": _evicted(status),
        "created": time_at(metadata, "creationTimestamp", "metadata"),
        "started": time_at(status, "startTime", "status"),
        "gates": tuple(text_at(gate, "name", here) for here, gate in items_at(spec, "schedulingGates", "spec")),
        "spread": tuple(
            SpreadConstraint.of(item, here, labels)
            for here, item in items_at(spec, "topologySpreadConstraints", "spec")
        ),
        "affinity": PodAffinity.of(spec, "podAffinity", namespace, labels),
        "anti_affinity": PodAffinity.of(spec, "podAntiAffinity", namespace, labels),
        "owner": _owner(metadata),
        "device_claims": bool(items_at(spec, "resourceClaims", "spec")),
        "group": spec.get("schedulingGroup") is not None or spec.get("workloadRef") is not None,
    }
    return {**fields, **_signed_fields(data, spec, version)}


def _signed_fields(data: Mapping[str, Any], spec: Mapping[str, Any], version: KubernetesVersion) -> dict[str, Any]:
    """The signature of a pod, the fields that make it up, and the volumes."""
    affinity = mapping_at(mapping_at(spec, "affinity", "spec"), "nodeAffinity", "spec.affinity")
    amounts = pod_amounts(data, version)
    fields: dict[str, Any] = {
        "amounts": amounts,
        "node_choice": NodeChoice.of(spec),
        "preferred_nodes": preferred_terms(affinity, "spec.affinity.nodeAffinity"),
        "tolerations": tuple(Toleration.of(item, here) for here, item in items_at(spec, "tolerations", "spec")),
        "host_ports": _host_ports(spec),
        "images": tuple(
            normal_image(text_at(container, "image", here))
            for key in ("initContainers", "containers")
            for here, container in items_at(spec, key, "spec")
        ),
        "image_volumes": tuple(
            normal_image(text_at(mapping_at(item, "image", here), "reference", f"{here}.image"))
            for here, item in items_at(spec, "volumes", "spec")
            if item.get("image") is not None
        ),
        "features": _features(spec),
    }
    parts = [value for key, value in fields.items() if key != "amounts"]
    signature = (amounts.request, amounts.scored, spec.get("nodeName"), *parts)
    return {**fields, "volumes": _volumes(spec), "signature": signature}


def normal_image(name: str) -> str:
    """The name, with `:latest` if it has neither tag nor digest.

    Mirrors: pkg/scheduler/framework/plugins/imagelocality normalizedImageName @ v1.36
    """
    return name if name.rfind(":") > name.rfind("/") else f"{name}:latest"


def _host_ports(spec: Mapping[str, Any]) -> tuple[HostPort, ...]:
    containers = [
        (here, container)
        for key in ("initContainers", "containers")
        for here, container in items_at(spec, key, "spec")
        if key == "containers" or is_sidecar(container, here)
    ]
    return tuple(
        HostPort(
            text_at(port, "hostIP", where) or "0.0.0.0",  # noqa: S104 - how Kubernetes writes "every address"
            text_at(port, "protocol", where) or "TCP",
            whole_at(port, "hostPort", where),
        )
        for here, container in containers
        for where, port in items_at(container, "ports", here)
        if whole_at(port, "hostPort", where) > 0
    )


def _volumes(spec: Mapping[str, Any]) -> tuple[Volume, ...]:
    found = []
    for here, item in items_at(spec, "volumes", "spec"):
        name = text_at(item, "name", here)
        if item.get("persistentVolumeClaim") is not None:
            source = mapping_at(item, "persistentVolumeClaim", here)
            found.append(Volume(name, text_at(source, "claimName", f"{here}.persistentVolumeClaim")))
        elif item.get("ephemeral") is not None:
            found.append(Volume(name, ephemeral=True))
        else:
            found.append(Volume(name, disk=Disk.of(item, here)))
    return tuple(found)


def _owner(metadata: Mapping[str, Any]) -> Owner | None:
    for here, item in items_at(metadata, "ownerReferences", "metadata"):
        if flag_at(item, "controller", here):
            return Owner(text_at(item, "apiVersion", here), text_at(item, "kind", here), text_at(item, "name", here))
    return None


def _evicted(status: Mapping[str, Any]) -> bool:
    """Whether the scheduler has asked the pod to make room for another."""
    for _, condition in items_at(status, "conditions", "status"):
        if condition.get("type") == "DisruptionTarget":
            return condition.get("status") == "True" and condition.get("reason") == "PreemptionByScheduler"
    return False


_HOST_NETWORK: Final = "UserNamespacesHostNetworkSupport"
_RESTART_ALL: Final = "RestartAllContainersOnContainerExits"
DECLARED_FEATURES: Final = (_HOST_NETWORK, _RESTART_ALL)
"""The features of nodes that a pod may need."""


def _features(spec: Mapping[str, Any]) -> frozenset[str]:
    """The features of a node that the pod needs.

    Mirrors: component-helpers nodedeclaredfeatures/features InferForScheduling @ v1.36
    """
    found = set()
    if flag_at(spec, "hostNetwork", "spec") and spec.get("hostUsers") is False:
        found.add(_HOST_NETWORK)
    for key in ("initContainers", "containers"):
        for here, container in items_at(spec, key, "spec"):
            for _, rule in items_at(container, "restartPolicyRules", here):
                if rule.get("action") == "RestartAllContainers":
                    found.add(_RESTART_ALL)
    return frozenset(found)
