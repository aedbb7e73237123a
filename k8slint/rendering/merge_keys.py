"""Which lists a strategic merge merges item by item, and by which keys: a table, or a schema that people write.

kustomize 5.8.1 has the definitions of Kubernetes 1.21 built in, whatever the cluster: kinds and fields that are newer
have no merge keys, so their lists are replaced whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple


class Shape(NamedTuple):
    """What is known of a value: the shapes of its fields, or of its items and by which keys these merge.

    `keys` is None if a list is replaced whole; empty for a list of scalars that merges. `values` is the shape of all
    fields that `fields` does not name. Shapes are names of a table.
    """

    fields: Mapping[str, str] = {}
    keys: tuple[str, ...] | None = None
    items: str = ""
    values: str = ""


_META: Final = "metadata:Meta"
_TABLE: Final = {
    "Meta": "finalizers= ownerReferences=uid",
    "Any": _META,
    "WithConditions": f"{_META} status:Conditions",
    "Conditions": "conditions=type",
    "Component": f"{_META} conditions=type",
    "Workload": f"{_META} spec:Templated status:Conditions",
    "Templated": "template:PodTemplate",
    "PodTemplate": f"{_META} spec:PodSpec",
    "PodTemplateObject": f"{_META} template:PodTemplate",
    "CronJob": f"{_META} spec:CronJobSpec",
    "CronJobSpec": "jobTemplate:JobTemplate",
    "JobTemplate": f"{_META} spec:Templated",
    "Pod": f"{_META} spec:PodSpec status:PodStatus",
    "PodStatus": "conditions=type podIPs=ip",
    "PodSpec": "containers=name>Container ephemeralContainers=name>Ephemeral hostAliases=ip imagePullSecrets=name "
    "initContainers=name>Container topologySpreadConstraints=topologyKey,whenUnsatisfiable volumes=name>Volume",
    "Container": "env=name ports=containerPort,protocol volumeDevices=devicePath volumeMounts=mountPath",
    "Ephemeral": "env=name volumeDevices=devicePath volumeMounts=mountPath",
    "Volume": "ephemeral:EphemeralVolume",
    "EphemeralVolume": "volumeClaimTemplate:Any",
    "Service": f"{_META} spec:ServiceSpec status:Conditions",
    "ServiceSpec": "ports=port,protocol",
    "ServiceAccount": f"{_META} secrets=name",
    "Node": f"{_META} spec:NodeSpec status:NodeStatus",
    "NodeSpec": "podCIDRs=",
    "NodeStatus": "addresses=type conditions=type",
    "Webhooks": f"{_META} webhooks=name",
    "CSINode": f"{_META} spec:CSINodeSpec",
    "CSINodeSpec": "drivers=name",
}
_KINDS: Final = {
    "admissionregistration.k8s.io/v1": "MutatingWebhookConfiguration:Webhooks ValidatingWebhookConfiguration:Webhooks",
    "admissionregistration.k8s.io/v1beta1": "MutatingWebhookConfiguration:Webhooks "
    "ValidatingWebhookConfiguration:Webhooks",
    "apiextensions.k8s.io/v1": "CustomResourceDefinition",
    "apiextensions.k8s.io/v1beta1": "CustomResourceDefinition",
    "apiregistration.k8s.io/v1": "APIService:WithConditions",
    "apiregistration.k8s.io/v1beta1": "APIService:WithConditions",
    "apps/v1": "ControllerRevision DaemonSet:Workload Deployment:Workload ReplicaSet:Workload StatefulSet:Workload",
    "autoscaling/v1": "HorizontalPodAutoscaler Scale",
    "autoscaling/v2beta1": "HorizontalPodAutoscaler",
    "autoscaling/v2beta2": "HorizontalPodAutoscaler",
    "batch/v1": "CronJob:CronJob Job:Workload",
    "batch/v1beta1": "CronJob:CronJob",
    "certificates.k8s.io/v1": "CertificateSigningRequest",
    "certificates.k8s.io/v1beta1": "CertificateSigningRequest",
    "coordination.k8s.io/v1": "Lease",
    "coordination.k8s.io/v1beta1": "Lease",
    "discovery.k8s.io/v1": "EndpointSlice",
    "discovery.k8s.io/v1beta1": "EndpointSlice",
    "events.k8s.io/v1": "Event",
    "events.k8s.io/v1beta1": "Event",
    "extensions/v1beta1": "Ingress",
    "flowcontrol.apiserver.k8s.io/v1beta1": "FlowSchema PriorityLevelConfiguration",
    "networking.k8s.io/v1": "Ingress IngressClass NetworkPolicy",
    "networking.k8s.io/v1beta1": "Ingress IngressClass",
    "node.k8s.io/v1": "RuntimeClass",
    "node.k8s.io/v1beta1": "RuntimeClass",
    "policy/v1": "PodDisruptionBudget:WithConditions",
    "policy/v1beta1": "Eviction PodDisruptionBudget:WithConditions PodSecurityPolicy",
    "rbac.authorization.k8s.io/v1": "ClusterRole ClusterRoleBinding Role RoleBinding",
    "rbac.authorization.k8s.io/v1beta1": "ClusterRole ClusterRoleBinding Role RoleBinding",
    "scheduling.k8s.io/v1": "PriorityClass",
    "scheduling.k8s.io/v1beta1": "PriorityClass",
    "storage.k8s.io/v1": "CSIDriver CSINode:CSINode StorageClass VolumeAttachment",
    "storage.k8s.io/v1beta1": "CSIDriver CSINode:CSINode CSIStorageCapacity StorageClass VolumeAttachment",
    "v1": "Binding ComponentStatus:Component ConfigMap Endpoints Event LimitRange Namespace:WithConditions Node:Node "
    "PersistentVolume PersistentVolumeClaim:WithConditions Pod:Pod PodTemplate:PodTemplateObject "
    "ReplicationController:Workload ResourceQuota Secret Service:Service ServiceAccount:ServiceAccount",
}


class MergeKeys:
    """The shapes by name, and the names of those of the kinds, by apiVersion and kind."""

    def __init__(self, shapes: Mapping[str, Shape], kinds: Mapping[tuple[str, str], str]) -> None:
        self._shapes = shapes
        self._kinds = kinds

    def of_kind(self, api_version: str, kind: str) -> Shape | None:
        """The shape of an object, or None for a kind that is not known: none of its lists merge."""
        return self._shapes.get(self._kinds.get((api_version, kind), ""))

    def field(self, shape: Shape | None, name: str) -> Shape | None:
        """The shape of a field."""
        return None if shape is None else self._shapes.get(shape.fields.get(name, shape.values))

    def item(self, shape: Shape | None) -> Shape | None:
        """The shape of the items of a list."""
        return None if shape is None else self._shapes.get(shape.items)


def _built_in() -> MergeKeys:
    shapes: dict[str, Shape] = {}
    for name, text in _TABLE.items():
        fields = {}
        for part in text.split():
            field, equals, keys = part.partition("=")
            if not equals:
                field, _, fields[part.partition(":")[0]] = part.partition(":")
                continue
            merged, _, items = keys.partition(">")
            fields[field] = f"{name}.{field}"
            shapes[fields[field]] = Shape(keys=tuple(filter(None, merged.split(","))), items=items)
        shapes[name] = Shape(fields)
    kinds = {
        (api_version, kind): shape or "Any"
        for api_version, names in _KINDS.items()
        for kind, _, shape in (name.partition(":") for name in names.split())
    }
    return MergeKeys(shapes, kinds)


BUILT_IN: Final = _built_in()
"""The merge keys of Kubernetes 1.21.

Mirrors: sigs.k8s.io/kustomize/kyaml openapi/kubernetesapi/v1_21_2/swagger.go @ v0.21.1
"""
_STRATEGY: Final = "x-kubernetes-patch-strategy"
_KEY: Final = "x-kubernetes-patch-merge-key"
_KEYS: Final = "x-kubernetes-list-map-keys"
_TYPES: Final = "x-kubernetes-group-version-kind"
_PREFIX: Final = "#/definitions/"


def merge_keys_of(schema: Any) -> MergeKeys:
    """The merge keys of an OpenAPI document with `definitions`, which replace those that are built in.

    Mirrors: sigs.k8s.io/kustomize/kyaml openapi/openapi.go AddDefinitions, ResourceSchema.PatchStrategyAndKeyList
        @ v0.21.1
    """
    definitions = schema.get("definitions") if isinstance(schema, dict) else None
    definitions = definitions if isinstance(definitions, dict) else {}
    shapes: dict[str, Shape] = {}
    kinds: dict[tuple[str, str], str] = {}
    for name, definition in definitions.items():
        _add(name, definition, shapes)
        for each in _list(definition, _TYPES):
            if isinstance(each, dict):
                group, version = each.get("group") or "", each.get("version") or ""
                kinds[f"{group}/{version}" if group else str(version), str(each.get("kind"))] = name
    return MergeKeys(shapes, kinds)


def _add(name: str, definition: Any, shapes: dict[str, Shape]) -> None:
    """Add the shape of a definition and those of all that is written inside of it; those have longer names."""
    pending = [(name, definition)]
    while pending:
        name, definition = pending.pop()
        if not isinstance(definition, dict):
            continue
        fields = {}
        properties = definition.get("properties")
        for field, of in properties.items() if isinstance(properties, dict) else ():
            fields[field] = _name_of(of, f"{name}.{field}", pending)
        values = _name_of(definition.get("additionalProperties"), f"{name}.*", pending)
        items = _name_of(definition.get("items"), f"{name}[]", pending)
        shapes[name] = Shape(fields, _merged_by(definition), items, values)


def _name_of(schema: Any, inside: str, pending: list[tuple[str, Any]]) -> str:
    if not isinstance(schema, dict):
        return ""
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference.startswith(_PREFIX):
        return reference[len(_PREFIX) :]
    pending.append((inside, schema))
    return inside


def _merged_by(schema: dict[str, Any]) -> tuple[str, ...] | None:
    if "merge" not in str(schema.get(_STRATEGY, "")).split(","):
        return None
    keys = tuple(str(key) for key in _list(schema, _KEYS))
    return keys or ((str(schema[_KEY]),) if _KEY in schema else ())


def _list(schema: Any, key: str) -> list[Any]:
    found = schema.get(key) if isinstance(schema, dict) else None
    return found if isinstance(found, list) else []
