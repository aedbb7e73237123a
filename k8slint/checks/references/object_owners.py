"""Owners that objects name: the garbage collector deletes an object whose owners are not there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from k8slint.apiserver.discovery.definitions import served_minors
from k8slint.cluster.cluster import CLUSTER_SCOPED, Cluster, once
from k8slint.cluster.evidence import evidence_of
from k8slint.objects.fields import dig, items, mapping, text
from k8slint.objects.object import Object
from k8slint.objects.problem import Absence, Problem, Related
from k8slint.values.gvk import GroupVersionKind
from k8slint.values.placeholder import has_placeholder
from k8slint.values.regex import regex

_OWNERS: Final = ("metadata", "ownerReferences")
# Fields of objects that were copied out of a cluster, with the owners that they had there.
_OF_THE_SERVER: Final = ("uid", "resourceVersion", "selfLink", "managedFields", "creationTimestamp")
_UID: Final = regex(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def owner_in_other_namespace(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """An owner in another namespace, or one with a namespace of an object without.

    Mirrors: pkg/controller/garbagecollector/garbagecollector.go isDangling,
    pkg/controller/garbagecollector/graph_builder.go addDependentToOwners @ v1.36
    """
    for index, owner in items(dig(obj.data, *_OWNERS)):
        problem = _misplaced(index, owner, obj, cluster)
        if problem is not None:
            yield problem


def owner_uid_written_by_hand(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """An owner with a uid, which the API server draws anew for every object that it makes."""
    metadata = mapping(obj.data.get("metadata"))
    if obj.data.get("status") or any(metadata.get(field) for field in _OF_THE_SERVER):
        return
    for index, owner in items(metadata.get("ownerReferences")):
        uid, kind, name = text(owner.get("uid")), text(owner.get("kind")), text(owner.get("name"))
        if _UID.fullmatch(uid) and uid not in _uids(cluster) and _misplaced(index, owner, obj, cluster) is None:
            message = f'the uid of {kind} "{name}" is drawn anew whenever it is made, and was written by hand'
            yield Problem((*_OWNERS, index, "uid"), message)


def _misplaced(index: int, owner: Mapping[str, Any], obj: Object, cluster: Cluster) -> Problem | None:
    gvk, name = GroupVersionKind.parse(text(owner.get("apiVersion")), text(owner.get("kind"))), text(owner.get("name"))
    path = (*_OWNERS, index, "name")
    if not name or has_placeholder(name):
        return None
    if obj.group_kind in CLUSTER_SCOPED:
        if not _is_namespaced(gvk, cluster):
            return None
        message = f'{gvk.kind} "{name}" has a namespace and cannot own {obj}, which has none'
        effect = "The garbage collector never finds the owner: an event of the object says OwnerRefInvalidNamespace."
        return Problem(path, message, effect=effect)
    elsewhere = _only_elsewhere(obj, gvk, name, cluster)
    if elsewhere is None:
        return None
    message = f'{elsewhere} is in namespace "{elsewhere.namespace}" and cannot own what is in "{obj.namespace}"'
    related = (Related(elsewhere, ("metadata", "namespace"), "the owner"),)
    return Problem(path, message, related, rests_on=Absence(name))


@once
def _uids(cluster: Cluster) -> frozenset[str]:
    everything = (*cluster.objects, *(cluster.description or ()))
    return frozenset(uid for obj in everything if isinstance(uid := dig(obj.data, "metadata", "uid"), str))


def _is_namespaced(gvk: GroupVersionKind, cluster: Cluster) -> bool:
    """Whether it is certain that objects of the type have a namespace."""
    if gvk.kind in served_minors().get(gvk.api_version, {}):
        return gvk.group_kind not in CLUSTER_SCOPED
    return _scopes(cluster).get((gvk.group, gvk.kind)) == "Namespaced"


@once
def _scopes(cluster: Cluster) -> Mapping[tuple[str, str], str]:
    """The scopes of custom kinds, by group and kind."""
    definitions = cluster.of_kind("CustomResourceDefinition.apiextensions.k8s.io")
    return {
        (text(crd.spec.get("group")), text(dig(crd.spec, "names", "kind"))): text(crd.spec.get("scope"))
        for crd in definitions
    }


def _only_elsewhere(obj: Object, gvk: GroupVersionKind, name: str, cluster: Cluster) -> Object | None:
    """The owner, if the files hold it for other namespaces only."""
    group_kind = gvk.group_kind
    if not obj.namespace or group_kind in CLUSTER_SCOPED or cluster.find(group_kind, obj.namespace, name):
        return None
    if _scopes(cluster).get((gvk.group, gvk.kind)) == "Cluster":
        return None
    evidence = evidence_of(cluster)
    if evidence.moves_namespaces or evidence.is_open(obj):
        return None
    return next((owner for owner in cluster.find(group_kind, "", name) if owner.namespace), None)
