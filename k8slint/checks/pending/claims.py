"""What is known of claims and their volumes beside the dry run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from k8slint.apiserver.defaults.core import DEFAULT_NAMESPACE
from k8slint.checks.storage.claims import unbindable_claim
from k8slint.checks.storage.classes import missing_storage_class
from k8slint.cluster.cluster import Cluster
from k8slint.objects.object import Object


def written_claims(cluster: Cluster) -> Mapping[tuple[str, str], Sequence[Object]]:
    """The PersistentVolumeClaims of the manifests by namespace and name; to be had through `cluster.once`."""
    described = frozenset(map(id, cluster.description or ()))
    found: dict[tuple[str, str], list[Object]] = {}
    for obj in cluster.of_kind("PersistentVolumeClaim"):
        if id(obj) not in described:
            found.setdefault((obj.namespace or DEFAULT_NAMESPACE, obj.name), []).append(obj)
    return found


def described_kinds(cluster: Cluster) -> frozenset[str]:
    """The kinds that the cluster description lists, as if all of them; to be had through `cluster.once`."""
    return frozenset(obj.kind for obj in cluster.description or ())


def is_storage_defect(obj: Object, cluster: Cluster) -> bool:
    """Whether a rule of the storage category says what is wrong with a claim."""
    checks = (unbindable_claim, missing_storage_class)
    return any(True for check in checks for _ in check(obj, cluster))
