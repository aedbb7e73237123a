"""StorageClasses that claims ask for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from k8slint.cluster.cluster import Cluster, once
from k8slint.cluster.references import may_exist
from k8slint.cluster.similar_names import nearest_name
from k8slint.cluster.volume_matching import claims_of, class_names, volumes_by_class
from k8slint.loading.document import Path
from k8slint.loading.tables import rows
from k8slint.objects.fields import dig, text
from k8slint.objects.object import Object
from k8slint.objects.problem import Absence, Problem
from k8slint.values.placeholder import has_placeholder
from k8slint.values.well_known import OLD_CLASS


def missing_storage_class(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A claim of a class that no file defines and clusters do not commonly have."""
    for path, name in _classes_named(obj):
        defined, of_volumes = class_names(cluster), volumes_by_class(cluster)
        if not name or name in defined or name in of_volumes or has_placeholder(name):
            continue
        if name in _common_classes() and not _describes_classes(cluster):
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
    for pod in obj.pods:
        for path, volume in pod.volumes:
            name = text(dig(volume, "ephemeral", "volumeClaimTemplate", "spec", "storageClassName"))
            if name:
                at = (*path, "ephemeral", "volumeClaimTemplate", "spec", "storageClassName")
                yield (*pod.path, *at), name


@once
def _describes_classes(cluster: Cluster) -> bool:
    return any(obj.kind == "StorageClass" for obj in cluster.description or ())


@cache
def _common_classes() -> frozenset[str]:
    """The names of the classes that providers, distributions and well-known operators install."""
    return frozenset(name for row in rows("storage-classes") for name in row["names"])
