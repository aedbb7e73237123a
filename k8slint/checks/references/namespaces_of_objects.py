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
    """An object in a namespace that no file makes, if another Namespace may be meant; once a file.

    That is one of a similar name, or the only one of the file, if nothing is in it. A cluster description that lists
    Namespaces has listed all.
    """
    name, file = obj.namespace, obj.document.source.name
    if not name or name in _INITIAL or obj.group_kind in CLUSTER_SCOPED or not is_dns_label(name):
        return
    made = _namespaces(cluster)
    if not made or name in made or _first(cluster.whole).get((file, name)) is not obj:
        return
    near = _near(cluster, name)
    meant = near or _unused(file, cluster)
    if (meant is None and not _describes_namespaces(cluster)) or not is_missing(cluster, obj, "Namespace", name):
        return
    message = f'Namespace "{name}" is not among the files'
    effect = f'The API server refuses the object: namespaces "{name}" not found.'
    if meant is None:
        yield Problem(_PATH, f"{message}, and not in the cluster", effect=effect, rests_on=Absence(name))
        return
    hint = f'did you mean "{meant.name}"?' if near else f'nothing is in "{meant.name}", which is made here'
    related = (Related(meant, ("metadata", "name"), f"{meant} is here"),)
    yield Problem(_PATH, f"{message}; {hint}", related, effect, rests_on=Absence(name))


_PATH: Final = ("metadata", "namespace")


@once
def _namespaces(cluster: Cluster) -> Mapping[str, Object]:
    return {obj.name: obj for obj in cluster.of_kind("Namespace") if obj.name}


@once
def _near(cluster: Cluster, name: str) -> Object | None:
    """The Namespace of which the name is a slip, or None."""
    made = _namespaces(cluster)
    return next((made[each] for each in worth_comparing(name, made) if is_slip(name, each)), None)


@once
def _describes_namespaces(cluster: Cluster) -> bool:
    return any(obj.group_kind == "Namespace" for obj in cluster.description or ())


@once
def _first(whole: Cluster) -> Mapping[tuple[str, str], Object]:
    """The first object of each file and namespace."""
    found: dict[tuple[str, str], Object] = {}
    for obj in whole.objects:
        found.setdefault((obj.document.source.name, obj.namespace), obj)
    return found


def _unused(file: str, cluster: Cluster) -> Object | None:
    """The only Namespace that a file makes, if every object of it says a namespace and nothing is in this one."""
    only = _only(cluster.whole).get(file)
    return only if only is not None and only.name not in _used(cluster) else None


@once
def _only(whole: Cluster) -> Mapping[str, Object | None]:
    """By file, the only Namespace that it makes, or None if an object of it says no namespace."""
    only: dict[str, Object | None] = {}
    for obj in whole.of_kind("Namespace"):
        only[obj.document.source.name] = None if obj.document.source.name in only else obj
    for obj in whole.objects:
        file = obj.document.source.name
        if file in only and not obj.namespace and obj.group_kind not in CLUSTER_SCOPED:
            only[file] = None
    return only


@once
def _used(cluster: Cluster) -> frozenset[str]:
    return frozenset(obj.namespace for obj in cluster.objects)
