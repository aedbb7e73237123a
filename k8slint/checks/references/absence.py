"""The problem of a name that nothing supplies: which name may have been meant, and the effect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from k8slint.cluster.cluster import CLUSTER_SCOPED, Cluster, once
from k8slint.cluster.references import is_supplied, may_exist, names_supplied, supplies, supply_elsewhere
from k8slint.cluster.similar_names import is_slip, nearest_name
from k8slint.cluster.tables import names_given_by_clusters
from k8slint.loading.document import Path
from k8slint.objects.fields import text
from k8slint.objects.object import Object, Pod
from k8slint.objects.problem import Absence, Problem, Related
from k8slint.values.names import is_dns_subdomain
from k8slint.values.nearest import worth_comparing


def absence(
    path: Path, cluster: Cluster, obj: Object, group_kind: str, name: str, *, effect: str = "", namespace: str = ""
) -> Problem:
    """The problem that an object is not among the files, with the name that may have been meant.

    `namespace` is the one it should be in, by default that of `obj`.
    """
    kind, namespace = group_kind.partition(".")[0], namespace or obj.namespace
    message = f'{kind} "{name}" is not among the files'
    elsewhere = next(supplies(cluster, group_kind, "", name), None)
    if elsewhere is not None:
        message += f'; the one in namespace "{elsewhere.namespace}" cannot be used from "{namespace}"'
        related = (Related(elsewhere.obj, ("metadata", "namespace"), f'{kind} "{name}" of another namespace'),)
        return Problem(path, message, related, effect, rests_on=Absence(name))
    other = supply_elsewhere(cluster, group_kind, namespace, name)
    if other is not None:
        holder, here, there = other
        message += f" for {here}/; {there}/ has one of this name"
        related = (Related(holder.obj, ("metadata", "name"), f"the one for {there}/"),)
        return Problem(path, message, related, effect, rests_on=Absence(name))
    near = nearest_to(name, cluster, group_kind, namespace)
    if near is None:
        return Problem(path, message, effect=effect, rests_on=Absence(name))
    message += f'; did you mean "{near}"'
    supply = next(supplies(cluster, group_kind, namespace, near), None)
    if supply is None:
        return Problem(path, f"{message}, which every cluster has?", effect=effect, rests_on=Absence(name))
    related = (Related(supply.obj, ("metadata", "name"), f'{kind} "{near}" is here'),)
    return Problem(path, f"{message}?", related, effect, rests_on=Absence(name))


def nearest_to(name: str, cluster: Cluster, group_kind: str, namespace: str) -> str | None:
    """The name that may have been meant: a similar one among the files, else one of every cluster, one slip away."""
    near = nearest_name(name, names_supplied(cluster, group_kind, namespace))
    given = names_given_by_clusters(group_kind, namespace)
    return near or next((candidate for candidate in given if is_slip(name, candidate)), None)


def is_missing(cluster: Cluster, obj: Object, group_kind: str, name: str, namespace: str = "") -> bool:
    """Whether nothing supplies the name that an object refers to, in its own namespace or the given one."""
    if is_supplied(cluster, group_kind, namespace or obj.namespace, name):
        return False
    return not may_exist(cluster, obj, group_kind, name, namespace)


def is_near(cluster: Cluster, group_kind: str, namespace: str, name: str) -> bool:
    """Whether another namespace has the name, or this one has a name that is one slip away."""
    if group_kind not in CLUSTER_SCOPED and is_supplied(cluster, group_kind, "", name):
        return True
    return any(is_slip(name, each) for each in worth_comparing(name, names_supplied(cluster, group_kind, namespace)))


@once
def served_namespaces(cluster: Cluster) -> frozenset[str]:
    """The namespaces for which the files hold Services; what is in others may be the work of others."""
    return frozenset(obj.namespace for obj in cluster.of_kind("Service"))


def of_other_kind(cluster: Cluster, obj: Object, kinds: Mapping[str, str], name: str) -> Object | None:
    """An object of the name, of any of the kinds, or None."""
    found = (supply.obj for kind in kinds.values() for supply in supplies(cluster, kind, obj.namespace, name))
    return next(found, None)


def mistaken_kind(path: Path, kind: str, name: str, mistaken: Object, effect: str) -> Problem:
    """The problem that the name belongs to an object of another kind than the one at the path."""
    message = f'{kind} "{name}" is not among the files, but {mistaken} is'
    related = (Related(mistaken, ("kind",), f"it is a {mistaken.kind}"),)
    return Problem(path, message, related, effect, f"Write kind: {mistaken.kind}.", rests_on=Absence(name))


def missing_from_pod(pod: Pod, cluster: Cluster, group_kind: str, field: str, refusal: str) -> Iterator[Problem]:
    """The object that a field of a pod names and nothing supplies; the API server refuses the pod with `refusal`.

    Objects without a namespace are commonly the work of others. So one is reported only if the files hold another of
    its kind, or if its name resembles one.
    """
    obj, name = pod.obj, text(pod.spec.get(field))
    # A pod without an image is a patch, and the object that it patches may be in no file of this run.
    if not any(container.data.get("image") for container in pod.containers) or not is_dns_subdomain(name):
        return
    if not is_missing(cluster, obj, group_kind, name):
        return
    is_others = group_kind in CLUSTER_SCOPED and not cluster.of_kind(group_kind)
    if is_others and nearest_to(name, cluster, group_kind, "") is None:
        return
    who = "The API server refuses the Pod" if obj.kind == "Pod" else "No Pod is made; the events say FailedCreate"
    yield absence(("spec", field), cluster, obj, group_kind, name, effect=f"{who}, forbidden: {refusal}.")
