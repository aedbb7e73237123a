"""Objects that are written twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from k8slint.cluster.cluster import Cluster, once
from k8slint.cluster.kustomizations import kustomizations_by_file
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem, Related
from k8slint.values.gvk import GroupVersionKind


def duplicate_object(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """An object with the type, namespace and name of an earlier one of its file or of its kustomization."""
    repeated = _repeated(cluster.whole).get(obj)
    if repeated is None:
        return
    first, kustomization = repeated
    where = f' in namespace "{obj.namespace}"' if obj.namespace else ""
    if not kustomization:
        related = (Related(first, ("metadata", "name"), "the first one"),)
        yield Problem(("metadata", "name"), f"{obj}{where} is in this file twice, with different content", related)
        return
    related = (Related(first, ("metadata", "name"), f"{kustomization} takes in both"),)
    message = f"{obj}{where} is also in {first.document.source.name}, of the same kustomization"
    effect = "kustomize build fails: may not add resource with an already registered id."
    yield Problem(("metadata", "name"), message, related, effect)


@once
def _repeated(cluster: Cluster) -> Mapping[Object, tuple[Object, str]]:
    """The objects that repeat an earlier one, each with that one and the kustomization's name, empty within a file."""
    by_file = kustomizations_by_file(cluster)
    first_of: dict[tuple[str, GroupVersionKind, str, str], Object] = {}
    found: dict[Object, tuple[Object, str]] = {}
    for obj in cluster.objects:
        if obj.name:
            file = obj.document.source.name
            first = first_of.setdefault((file, obj.gvk, obj.namespace, obj.name), obj)
            if first is not obj and first.data != obj.data:
                found[obj] = first, ""
            for kustomization in by_file.get(file, ()):
                first = first_of.setdefault((kustomization, obj.gvk, obj.namespace, obj.name), obj)
                if first.document.source is not obj.document.source:
                    found.setdefault(obj, (first, kustomization))
    return found
