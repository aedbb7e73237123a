"""Fields that only the API server writes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from k8slint.cluster.cluster import Cluster
from k8slint.loading.document import Path
from k8slint.objects.fields import mapping, text
from k8slint.objects.object import Object
from k8slint.objects.problem import Place, Problem

_CONFLICT: Final = (
    "kubectl apply stops with: the object has been modified; please apply your changes to the latest version and try "
    "again. Where no such object exists: resourceVersion should not be set on objects to be created."
)
_OTHER_UID: Final = (
    "Once another object has the name, as after a deletion or in another cluster, kubectl apply stops with: "
    "Precondition failed: UID in precondition."
)
_TAKEN: Final = (
    "In another cluster, or beside the first Service, kubectl apply stops with: failed to allocate IP: provided IP is "
    "already allocated, or is not in the valid range."
)
_NOT_APPLIED: Final = "kubectl apply --server-side stops with: metadata.managedFields must be nil."
_FIXED: Final = "Where the object exists with another value, kubectl apply stops with: field is immutable."
# Fields that only the API server writes, and what they do in a file: the worst effect first.
_SERVERS: Final = {
    "resourceVersion": _CONFLICT,
    "uid": _OTHER_UID,
    "managedFields": _NOT_APPLIED,
    "creationTimestamp": _FIXED,
    "selfLink": "",
}


def exported_object(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """An object with fields that only the API server writes: it was copied out of a cluster.

    Mirrors: apiserver pkg/storage/errors.go ErrResourceVersionSetOnCreate,
    apiserver pkg/registry/rest/update.go BeforeUpdate, apimachinery
    pkg/util/managedfields/internal/structuredmerge.go structuredMergeManager.Apply @ v1.37
    """
    metadata = mapping(obj.data.get("metadata"))
    found = [name for name in _SERVERS if metadata.get(name)]
    if not found:
        return
    paths: list[Path] = [("metadata", name) for name in found]
    if metadata.get("generation"):
        paths.append(("metadata", "generation"))
    effect = _SERVERS[found[0]]
    if obj.group_kind == "Service" and text(obj.spec.get("clusterIP")) not in ("", "None"):
        paths.append(("spec", "clusterIP"))
        effect = f"{effect} {_TAKEN}".strip()
    fields = ", ".join(".".join(map(str, path)) for path in paths)
    yield Problem(paths[0], f"it was copied out of a cluster: {fields}", effect=effect, place=Place.KEY)
