"""Classes that are the default of a cluster."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from k8slint.checks.network.earlier import Places, before, folder
from k8slint.cluster.cluster import Cluster, once
from k8slint.loading.document import Path
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem, Related

_INGRESS_CLASS: Final = "IngressClass.networking.k8s.io"
_STORAGE_CLASS: Final = "StorageClass.storage.k8s.io"
# The annotations that make a class the default; each is read where its kind is.
_DEFAULTS: Final = {
    _INGRESS_CLASS: ("ingressclass.kubernetes.io/is-default-class",),
    _STORAGE_CLASS: ("storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"),
}


def several_default_classes(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A default class beside an earlier one of the same folder or of the cluster description.

    Mirrors: pkg/volume/util/storageclass.go GetDefaultClass,
    plugin/pkg/admission/network/defaultingressclass/admission.go getDefaultClass @ v1.36
    """
    path = _default_mark(obj)
    if path is None:
        return
    index = _defaults(cluster)
    taken = before(obj, index.get((None, obj.group_kind), {}), cluster)
    taken = taken or before(obj, index.get((folder(obj), obj.group_kind), {}), cluster)
    if taken is not None:
        related = Related(taken[0], taken[1], f"{taken[0]} is the default too")
        who = "Ingresses" if obj.group_kind == _INGRESS_CLASS else "Claims"
        effect = (
            f"{who} without a class get whichever of the two was made last, so it depends on the order of applying."
        )
        yield Problem(path, f"{obj} is the default class, as is {taken[0]}", (related,), effect)


def _default_mark(obj: Object) -> Path | None:
    """The path of the annotation that makes a class the default, or None if none does."""
    for annotation in _DEFAULTS[obj.group_kind]:
        if obj.annotations.get(annotation) == "true":
            return "metadata", "annotations", annotation
    return None


@once
def _defaults(cluster: Cluster) -> Mapping[tuple[str | None, str], Places]:
    """The default classes by folder and kind; None is the cluster description."""
    found: dict[tuple[str | None, str], Places] = defaultdict(dict)
    described = frozenset(cluster.description or ())
    for group_kind in _DEFAULTS:
        for obj in cluster.of_kind(group_kind):
            path = _default_mark(obj)
            if path is not None:
                found[None if obj in described else folder(obj), group_kind].setdefault((obj.name, ""), (obj, path))
    return found
