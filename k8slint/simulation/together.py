"""Objects that are surely applied together, to one namespace, without a cluster being described."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from k8slint.apiserver.defaults.core import DEFAULT_NAMESPACE
from k8slint.cluster.cluster import CLUSTER_SCOPED, Cluster, once
from k8slint.cluster.kustomizations import file_of, folder_of, paths_changed, upwards
from k8slint.objects.fields import dig, text
from k8slint.objects.object import Object
from k8slint.values.grouped import grouped
from k8slint.values.placeholder import has_placeholder
from k8slint.values.storage import is_default_class

POLICIES: Final = ("LimitRange", "ResourceQuota")
"""The kinds by which admission judges what is created in their namespace."""
_PRIORITY: Final = "PriorityClass.scheduling.k8s.io"
_RUNTIME: Final = "RuntimeClass.node.k8s.io"
_STORAGE: Final = "StorageClass.storage.k8s.io"
_CLASSES: Final = (_PRIORITY, _RUNTIME, _STORAGE)
_NAMED_IN: Final = ((_PRIORITY, "priorityClassName"), (_RUNTIME, "runtimeClassName"))
Space = tuple[str, str | None]
"""A namespace and, where many samples lie that are never applied together, a folder."""


class Together(NamedTuple):
    """The objects of a namespace, policies among them. `may_be_limited`: the namespace may have LimitRanges besides."""

    objects: tuple[Object, ...]
    may_be_limited: bool


def together(space: Space, cluster: Cluster, is_common: Callable[[Object], bool]) -> Together | None:
    """The objects of a namespace. `is_common`: the object is in every bundle of those judged.

    None if the namespace has no policies, or if a policy of it may be another one in the end.
    """
    objects = _spaces(cluster.whole).get(space, ())
    policies = [obj for obj in objects if obj.group_kind in POLICIES and cluster.parting(obj) is None]
    if not policies or _are_versions(policies, space):
        return None
    sure = {obj for obj in objects if is_common(obj) and is_settled(obj, cluster)}
    if not sure.issuperset(policies):
        return None
    return Together(tuple(filter(sure.__contains__, objects)), _may_be_limited(space, cluster.whole))


def classes_of(objects: Iterable[Object], cluster: Cluster, is_common: Callable[[Object], bool]) -> tuple[Object, ...]:
    """The classes that admission looks up for the pods and claims among the objects, those by default last."""
    by_name, defaults = _classes(cluster, is_common)
    pods = (obj.pod for obj in objects) if by_name else ()
    named = {(kind, text(pod.spec.get(field))): None for pod in pods if pod is not None for kind, field in _NAMED_IN}
    return (*(by_name[name] for name in named if name in by_name and by_name[name] not in defaults), *defaults)


@once
def _classes(
    cluster: Cluster, is_common: Callable[[Object], bool]
) -> tuple[Mapping[tuple[str, str], Object], tuple[Object, ...]]:
    """The classes that are defined once, for all the bundles, by kind and name; and those that are the default.

    Of several default classes for storage none is: which it is in a cluster depends on when they were made.
    """
    defined = grouped(((kind, obj.name), obj) for kind in _CLASSES for obj in cluster.whole.of_kind(kind))
    sure = {
        key: several[0]
        for key, several in defined.items()
        if len(several) == 1 and is_common(several[0]) and is_settled(several[0], cluster)
    }
    storage = [obj for (kind, _), obj in sure.items() if kind == _STORAGE and is_default_class(obj.annotations)]
    priorities = [obj for (kind, _), obj in sure.items() if kind == _PRIORITY and obj.data.get("globalDefault") is True]
    return sure, (*priorities, *(storage if len(storage) == 1 else ()))


def is_settled(obj: Object, cluster: Cluster) -> bool:
    """Whether the object is applied as it is written, and once: a name that is generated may be any number of them."""
    changed = paths_changed(cluster.whole)
    if changed and any(path in changed for path in upwards(file_of(obj))):
        return False
    is_made = bool(dig(obj.data, "metadata", "ownerReferences"))
    return bool(obj.name) and not is_made and not has_placeholder(obj.namespace)


@once
def _spaces(whole: Cluster) -> Mapping[Space, tuple[Object, ...]]:
    """The objects of the namespaces that have policies."""
    wanted = {space_of(obj) for kind in POLICIES for obj in whole.of_kind(kind)}
    if not wanted:
        return {}
    placed = ((space_of(obj), obj) for obj in whole.objects if obj.stored_as not in CLUSTER_SCOPED)
    return grouped((space, obj) for space, obj in placed if space in wanted)


def space_of(obj: Object) -> Space:
    """The namespace of an object; of one that names none, or the default one, only what lies in its folder is near."""
    return obj.namespace, folder_of(obj) if obj.namespace in ("", DEFAULT_NAMESPACE) else None


def _are_versions(policies: Sequence[Object], space: Space) -> bool:
    """Whether some of the policies may stand for each other: of one name or, where samples lie, of one kind."""
    several = Counter((obj.kind, obj.name) for obj in policies)
    if space[1] is not None and len({file_of(obj) for obj in policies}) > 1:
        several = Counter((obj.kind, "") for obj in policies)
    return any(times > 1 for times in several.values())


def _may_be_limited(space: Space, whole: Cluster) -> bool:
    """Whether a LimitRange that belongs to no namespace for sure may belong to this one."""
    by_space, by_namespace = _limit_ranges(whole)
    namespace, _ = space
    near = by_namespace[namespace] + by_namespace[""] if namespace else by_namespace.total()
    return near > by_space[space]


@once
def _limit_ranges(whole: Cluster) -> tuple[Counter[Space], Counter[str]]:
    """The numbers of LimitRanges."""
    found = whole.of_kind("LimitRange")
    return Counter(map(space_of, found)), Counter(obj.namespace for obj in found)
