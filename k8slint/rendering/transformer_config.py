"""Which fields each transformer changes: kustomize's own tables, and what `configurations` and `crds` add."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final, NamedTuple

from k8slint.rendering.field_specs import ConflictError, FieldSpec, merged_specs, rank, sorted_specs
from k8slint.rendering.gvk import Gvk
from k8slint.rendering.origin import Origin
from k8slint.rendering.problems import Refused

NameReference = tuple[Gvk, tuple[FieldSpec, ...]]
"""A type, and the fields that name objects of it."""


class TransformerConfig(NamedTuple):
    """The fields of each transformer."""

    name_prefix: tuple[FieldSpec, ...] = ()
    name_suffix: tuple[FieldSpec, ...] = ()
    namespace: tuple[FieldSpec, ...] = ()
    common_labels: tuple[FieldSpec, ...] = ()
    labels: tuple[FieldSpec, ...] = ()
    template_labels: tuple[FieldSpec, ...] = ()
    common_annotations: tuple[FieldSpec, ...] = ()
    name_reference: tuple[NameReference, ...] = ()
    var_reference: tuple[FieldSpec, ...] = ()
    images: tuple[FieldSpec, ...] = ()
    replicas: tuple[FieldSpec, ...] = ()

    def merged(self, other: TransformerConfig) -> TransformerConfig:
        """This and another.

        Raises:
            ConflictError: if both have a field spec for a path and differ.

        Mirrors: sigs.k8s.io/kustomize/api internal/plugins/builtinconfig/transformerconfig.go TransformerConfig.Merge
            @ v0.21.1
        """
        return self if not any(other) or other == self else _merged(self, other)


@lru_cache(maxsize=256)  # each kustomization merges the tables of all that it takes in, which mostly are the same
def _merged(one: TransformerConfig, other: TransformerConfig) -> TransformerConfig:
    parts = {
        field: sorted_specs(merged_specs(getattr(one, field), getattr(other, field)))
        for field in TransformerConfig._fields
        if field != "name_reference"
    }
    references = dict(one.name_reference)
    for gvk, specs in other.name_reference:
        references[gvk] = merged_specs(references.get(gvk, ()), specs)
    ordered = tuple(sorted(references.items(), key=lambda entry: rank(entry[0])))
    return TransformerConfig(**parts, name_reference=ordered)


FIELDS: Final = {
    "namePrefix": "name_prefix",
    "nameSuffix": "name_suffix",
    "namespace": "namespace",
    "commonLabels": "common_labels",
    "labels": "labels",
    "templateLabels": "template_labels",
    "commonAnnotations": "common_annotations",
    "nameReference": "name_reference",
    "varReference": "var_reference",
    "images": "images",
    "replicas": "replicas",
}
_SPEC_KEYS: Final = ("group", "version", "kind", "path", "create")


def config_of(data: Any, origin: Origin) -> TransformerConfig:
    """The fields that a file of `configurations` names.

    Raises:
        Refused: for what kustomize cannot read.
    """
    if data is None:
        return TransformerConfig()
    if not isinstance(data, dict):
        raise Refused("a transformer configuration is a mapping", origin)
    parts: dict[str, Any] = {}
    for key, value in data.items():
        name = _known(key, FIELDS, origin)
        here = origin.below(key)
        if name == "nameReference":
            parts[FIELDS[name]] = tuple(_references(value, here))
        else:
            parts[FIELDS[name]] = tuple(specs_of(value, here))
    try:
        return TransformerConfig().merged(TransformerConfig(**parts))
    except ConflictError as error:
        raise Refused(str(error), origin) from None


def _known(key: str, names: Any, origin: Origin) -> str:
    found = next((name for name in names if name.casefold() == key.casefold()), None)
    if found is None:
        raise Refused(f'unknown field "{key}" in a transformer configuration', origin.below(key))
    return str(found)


def _references(value: Any, origin: Origin) -> Iterator[NameReference]:
    for index, entry in enumerate(_entries(value, origin)):
        here = origin.below(index)
        parts = {_known(key, ("group", "version", "kind", "fieldSpecs"), here): item for key, item in entry.items()}
        gvk = Gvk(*(_text(parts.get(part), here.below(part)) for part in _SPEC_KEYS[:3]))
        yield gvk, tuple(specs_of(parts.get("fieldSpecs"), here.below("fieldSpecs")))


def specs_of(value: Any, origin: Origin) -> Iterator[FieldSpec]:
    """The field specs of a list.

    Raises:
        Refused: for what is no list of field specs.
    """
    for index, entry in enumerate(_entries(value, origin)):
        here = origin.below(index)
        parts = {_known(key, _SPEC_KEYS, here): item for key, item in entry.items()}
        create = parts.get("create")
        if not isinstance(create, (bool, type(None))):
            raise Refused("create is true or false", here.below("create"))
        group, version, kind, path = (_text(parts.get(part), here.below(part)) for part in _SPEC_KEYS[:4])
        yield FieldSpec(Gvk(group, version, kind), path, bool(create))


def _entries(value: Any, origin: Origin) -> list[dict[str, Any]]:
    entries = [] if value is None else value
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise Refused("a list of mappings is expected", origin)
    return entries


def _text(value: Any, origin: Origin) -> str:
    if not isinstance(value, (str, type(None))):
        raise Refused("a text is expected", origin)
    return value or ""


_WORKLOADS: Final = ("Deployment", "ReplicaSet", "DaemonSet", "StatefulSet")
_AFFINITY: Final = tuple(
    f"spec/template/spec/affinity/{kind}/{when}DuringSchedulingIgnoredDuringExecution/{term}labelSelector/matchLabels"
    for kind in ("podAffinity", "podAntiAffinity")
    for when, term in (("preferred", "podAffinityTerm/"), ("required", ""))
)
_SPREAD: Final = "spec/template/spec/topologySpreadConstraints/labelSelector/matchLabels"


def _specs(create: bool, *rows: str) -> Iterator[FieldSpec]:
    """Field specs from rows of kind, group or version if any after a dot, and paths: `Job.batch a/b c/d`."""
    for row in rows:
        head, *paths = row.split()
        kind, _, group = head.partition(".")
        version = "v1" if group == "v1" else ""
        for path in paths:
            yield FieldSpec(Gvk("" if version else group, version, kind.replace("*", "")), path, create)


_METADATA_LABELS: Final = tuple(
    _specs(
        True,
        "* metadata/labels",
        "ReplicationController.v1 spec/template/metadata/labels",
        "Deployment spec/template/metadata/labels",
        "ReplicaSet spec/template/metadata/labels",
        "DaemonSet spec/template/metadata/labels",
        "StatefulSet.apps spec/template/metadata/labels spec/volumeClaimTemplates[]/metadata/labels",
        "Job.batch spec/template/metadata/labels",
        "CronJob.batch spec/jobTemplate/metadata/labels spec/jobTemplate/spec/template/metadata/labels",
    )
)
_COMMON_LABELS: Final = (
    *_specs(True, "Service.v1 spec/selector", "ReplicationController.v1 spec/selector"),
    *_specs(
        True,
        *(
            f"{kind} spec/selector/matchLabels"
            for kind in ("Deployment", "ReplicaSet", "DaemonSet", "StatefulSet.apps")
        ),
    ),
    *_specs(
        False, *(f"{kind}.apps {path}" for kind in ("Deployment", "StatefulSet") for path in (*_AFFINITY, _SPREAD))
    ),
    *_specs(
        False,
        "Job.batch spec/selector/matchLabels",
        "CronJob.batch spec/jobTemplate/spec/selector/matchLabels",
        "PodDisruptionBudget.policy spec/selector/matchLabels",
        "NetworkPolicy.networking.k8s.io spec/podSelector/matchLabels spec/ingress/from/podSelector/matchLabels "
        "spec/egress/to/podSelector/matchLabels",
    ),
    *_METADATA_LABELS,
)
_ANNOTATIONS: Final = tuple(
    _specs(
        True,
        "* metadata/annotations",
        "ReplicationController.v1 spec/template/metadata/annotations",
        *(f"{kind} spec/template/metadata/annotations" for kind in _WORKLOADS),
        "Job.batch spec/template/metadata/annotations",
        "CronJob.batch spec/jobTemplate/metadata/annotations spec/jobTemplate/spec/template/metadata/annotations",
    )
)
_NAMESPACE: Final = (
    *_specs(True, "Namespace metadata/name", "APIService.apiregistration.k8s.io spec/service/namespace"),
    *_specs(
        False,
        "CustomResourceDefinition.apiextensions.k8s.io spec/conversion/webhook/clientConfig/service/namespace",
    ),
)
_IMAGES: Final = tuple(
    _specs(
        True,
        *(
            f"* {pod}/containers[]/image {pod}/initContainers[]/image {pod}/volumes[]/image/reference"
            for pod in ("spec", "spec/template/spec")
        ),
    )
)
_REPLICAS: Final = tuple(
    _specs(
        True,
        *(f"{kind} spec/replicas" for kind in ("Deployment", "ReplicationController", "ReplicaSet", "StatefulSet")),
    )
)
_PODS: Final = {
    "Pod": "spec",
    "Deployment": "spec/template/spec",
    "ReplicaSet": "spec/template/spec",
    "DaemonSet": "spec/template/spec",
    "StatefulSet": "spec/template/spec",
    "Job": "spec/template/spec",
    "CronJob": "spec/jobTemplate/spec/template/spec",
}
_IN_CONTAINERS: Final = tuple(
    f"{containers}/{field}"
    for containers in ("containers", "initContainers")
    for field in ("args", "command", "env/value", "volumeMounts/mountPath")
)
_VARIABLES: Final = tuple(
    _specs(
        False,
        *(f"{kind} {pod}/{field}" for kind, pod in _PODS.items() for field in _IN_CONTAINERS),
        *(f"{kind} {pod}/volumes/nfs/server" for kind, pod in _PODS.items() if kind not in ("CronJob", "StatefulSet")),
        "CronJob spec/jobTemplate/spec/template/volumes/nfs/server",
        "Deployment spec/template/metadata/annotations",
        "Ingress spec/rules/host spec/tls/hosts spec/tls/secretName",
        "Service spec/ports/port spec/ports/targetPort",
        "StatefulSet spec/volumeClaimTemplates/spec/nfs/server",
        "PersistentVolume spec/nfs/server",
        "* metadata/labels metadata/annotations",
    )
)


def _in_pods(*paths: str, kinds: tuple[str, ...]) -> Iterator[FieldSpec]:
    pods = {**_PODS, "PodTemplate": "template/spec", "ReplicationController": "spec/template/spec"}
    for kind in kinds:
        for path in paths:
            yield FieldSpec(Gvk(kind=kind), f"{pods[kind]}/{path}")


_WITH_POD_TEMPLATES: Final = (*_PODS, "PodTemplate")
_WITH_CONTROLLERS: Final = ("Pod", "StatefulSet", "Deployment", "ReplicationController", "CronJob", "Job", "DaemonSet")


def _of_containers(source: str, reference: str) -> tuple[str, ...]:
    return tuple(
        f"{containers}/{path}"
        for path in (f"env/valueFrom/{source}/name", f"envFrom/{reference}/name")
        for containers in ("containers", "initContainers")
    )


_RBAC: Final = "rbac.authorization.k8s.io"
_WEBHOOKS: Final = "admissionregistration.k8s.io"
_REFERENCES: Final[tuple[NameReference, ...]] = (
    *(
        (Gvk("", "", kind), tuple(_specs(False, "HorizontalPodAutoscaler spec/scaleTargetRef/name")))
        for kind in ("Deployment", "ReplicationController", "ReplicaSet", "StatefulSet")
    ),
    (
        Gvk("", "v1", "ConfigMap"),
        (
            *_in_pods(
                "volumes/configMap/name",
                *_of_containers("configMapKeyRef", "configMapRef"),
                "volumes/projected/sources/configMap/name",
                kinds=_WITH_POD_TEMPLATES,
            ),
            *_specs(
                False,
                "Node spec/configSource/configMap",
                "Role rules/resourceNames",
                "ClusterRole rules/resourceNames",
                r"Ingress metadata/annotations/nginx.ingress.kubernetes.io\/fastcgi-params-configmap",
            ),
        ),
    ),
    (
        Gvk("", "v1", "Secret"),
        (
            *_in_pods(
                "volumes/secret/secretName",
                *_of_containers("secretKeyRef", "secretRef"),
                "imagePullSecrets/name",
                "volumes/projected/sources/secret/name",
                kinds=_WITH_POD_TEMPLATES,
            ),
            *_specs(
                False,
                "Ingress spec/tls/secretName",
                r"Ingress metadata/annotations/ingress.kubernetes.io\/auth-secret",
                r"Ingress metadata/annotations/nginx.ingress.kubernetes.io\/auth-secret",
                r"Ingress metadata/annotations/nginx.ingress.kubernetes.io\/auth-tls-secret",
                "ServiceAccount imagePullSecrets/name",
                "StorageClass parameters/secretName parameters/adminSecretName parameters/userSecretName "
                "parameters/secretRef",
                "Role rules/resourceNames",
                "ClusterRole rules/resourceNames",
                "PersistentVolume spec/azureFile/secretName",
            ),
            FieldSpec(
                Gvk("serving.knative.dev", "v1", "Service"),
                "spec/template/spec/containers/env/valueFrom/secretKeyRef/name",
            ),
        ),
    ),
    (
        Gvk("", "v1", "Service"),
        tuple(
            _specs(
                False,
                "StatefulSet.apps spec/serviceName",
                "Ingress spec/rules/http/paths/backend/serviceName spec/backend/serviceName "
                "spec/rules/http/paths/backend/service/name spec/defaultBackend/service/name",
                "APIService.apiregistration.k8s.io spec/service/name",
                f"ValidatingWebhookConfiguration.{_WEBHOOKS} webhooks/clientConfig/service",
                f"MutatingWebhookConfiguration.{_WEBHOOKS} webhooks/clientConfig/service",
            )
        ),
    ),
    (Gvk(_RBAC, "", "Role"), tuple(_specs(False, f"RoleBinding.{_RBAC} roleRef/name"))),
    (
        Gvk(_RBAC, "", "ClusterRole"),
        tuple(_specs(False, f"RoleBinding.{_RBAC} roleRef/name", f"ClusterRoleBinding.{_RBAC} roleRef/name")),
    ),
    (
        Gvk("", "v1", "ServiceAccount"),
        (
            *_specs(False, f"RoleBinding.{_RBAC} subjects", f"ClusterRoleBinding.{_RBAC} subjects"),
            *_in_pods("serviceAccountName", kinds=_WITH_CONTROLLERS),
        ),
    ),
    (
        Gvk("", "v1", "PersistentVolumeClaim"),
        tuple(_in_pods("volumes/persistentVolumeClaim/claimName", kinds=_WITH_CONTROLLERS)),
    ),
    (
        Gvk("", "v1", "PersistentVolume"),
        tuple(_specs(False, "PersistentVolumeClaim spec/volumeName", "ClusterRole rules/resourceNames")),
    ),
    (
        Gvk("storage.k8s.io", "v1", "StorageClass"),
        tuple(
            _specs(
                False,
                "PersistentVolume spec/storageClassName",
                "PersistentVolumeClaim spec/storageClassName",
                "StatefulSet spec/volumeClaimTemplates/spec/storageClassName",
            )
        ),
    ),
    (
        Gvk("scheduling.k8s.io", "v1", "PriorityClass"),
        tuple(_in_pods("priorityClassName", kinds=_WITH_CONTROLLERS)),
    ),
    # The group has a version in it, so no object is of this type; kustomize has it so.
    (Gvk("networking.k8s.io/v1", "v1", "IngressClass"), tuple(_specs(False, "Ingress spec/ingressClassName"))),
    (
        Gvk(_WEBHOOKS, "", "ValidatingAdmissionPolicy"),
        tuple(_specs(False, f"ValidatingAdmissionPolicyBinding.{_WEBHOOKS} spec/policyName")),
    ),
)

BUILT_IN: Final = TransformerConfig(
    name_prefix=tuple(_specs(False, "* metadata/name")),
    name_suffix=tuple(_specs(False, "* metadata/name")),
    namespace=sorted_specs(_NAMESPACE),
    common_labels=sorted_specs(_COMMON_LABELS),
    template_labels=sorted_specs(_METADATA_LABELS),
    common_annotations=sorted_specs(_ANNOTATIONS),
    name_reference=tuple(sorted(_REFERENCES, key=lambda entry: rank(entry[0]))),
    var_reference=sorted_specs(_VARIABLES),
    images=_IMAGES,
    replicas=sorted_specs(_REPLICAS),
)
"""kustomize's own tables.

Mirrors: sigs.k8s.io/kustomize/api internal/konfig/builtinpluginconsts @ v0.21.1
"""
