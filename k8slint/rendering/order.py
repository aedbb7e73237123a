"""The order of the objects of a build."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from k8slint.rendering.gvk import Gvk
from k8slint.rendering.resource import Resource

FIRST: Final = (
    *("Namespace", "ResourceQuota", "StorageClass", "CustomResourceDefinition", "ServiceAccount", "PodSecurityPolicy"),
    *("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding", "ConfigMap", "Secret", "Endpoints", "Service"),
    *("LimitRange", "PriorityClass", "PersistentVolume", "PersistentVolumeClaim", "Deployment", "StatefulSet"),
    *("CronJob", "PodDisruptionBudget"),
)
LAST: Final = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")


def in_order(resources: Sequence[Resource], first: Sequence[str] = FIRST, last: Sequence[str] = LAST) -> list[Resource]:
    """The objects by kind, those of the lists first and last, then by type, namespace and name.

    Mirrors: sigs.k8s.io/kustomize/api internal/builtins/SortOrderTransformer.go legacyIDSorter @ v0.21.1
    """
    ranks = {kind: number - len(first) for number, kind in enumerate(first)}
    ranks |= {kind: number + 1 for number, kind in enumerate(last)}
    return sorted(resources, key=lambda resource: _key(resource, ranks))


def _key(resource: Resource, ranks: dict[str, int]) -> tuple[int, str, bytes]:
    gvk = resource.gvk
    own = f"{gvk}|{resource.namespace or '~X'}|{resource.name or '~N'}"
    return ranks.get(gvk.kind, 0), sort_text(gvk), own.encode("utf-8", "surrogatepass")


def sort_text(gvk: Gvk) -> str:
    """A type as it is sorted."""
    return f"{gvk.group or '~G'}_{gvk.version or '~V'}_{gvk.kind or '~K'}"
