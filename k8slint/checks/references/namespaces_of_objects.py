"""Namespaces that objects are put into."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from k8slint.checks.references.absence import is_missing
from k8slint.cluster.cluster import CLUSTER_SCOPED, Cluster, once
from k8slint.cluster.similar_names import is_slip
from k8slint.objects.object import Object
from k8slint.objects.problem import Absence, Problem, Related
from k8slint.values.names import is_dns_label
from k8slint.values.nearest import worth_comparing

# The namespaces that the API server makes.
_INITIAL: Final = frozenset({"default", "kube-node-lease", "kube-public", "kube-system"})


def missing_namespace(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """An object in a namespace that no file makes, if a Namespace of a similar name is there; once a file.

    A cluster description that lists Namespaces has listed all.
    """
    name = obj.namespace
    if not name or name in _INITIAL or obj.group_kind in CLUSTER_SCOPED or not is_dns_label(name):
        return
    made = _namespaces(cluster)
    if not made or name in made or _first(cluster).get((obj.document.source.name, name)) is not obj:
        return
    near = next((each for each in worth_comparing(name, made) if is_slip(name, each)), None)
    if (near is None and not _describes_namespaces(cluster)) or not is_missing(cluster, obj, "Namespace", name):
        return
    message = f'Namespace "{name}" is not among the files'
    effect = f'The API server refuses the object: namespaces "{name}" not found.'
    if near is None:
        yield Problem(_PATH, f"{message}, and not in the cluster", effect=effect, rests_on=Absence(name))
    else:
        related = (Related(made[near], ("metadata", "name"), f'Namespace "{near}" is here'),)
        yield Problem(_PATH, f'{message}; did you mean "{near}"?', related, effect, rests_on=Absence(name))


_PATH: Final = ("metadata", "namespace")


@once
def _namespaces(cluster: Cluster) -> Mapping[str, Object]:
    return {obj.name: obj for obj in cluster.of_kind("Namespace") if obj.name}


@once
def _describes_namespaces(cluster: Cluster) -> bool:
    return any(obj.group_kind == "Namespace" for obj in cluster.description or ())


@once
def _first(cluster: Cluster) -> Mapping[tuple[str, str], Object]:
    """The first object of each file and namespace."""
    found: dict[tuple[str, str], Object] = {}
    for obj in cluster.objects:
        found.setdefault((obj.document.source.name, obj.namespace), obj)
    return found
