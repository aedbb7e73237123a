"""What containers ask of their node: nothing, or without an end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from k8slint.checks.serving import budgets_of_pods, is_whole, replicas_of, services_of_pods
from k8slint.cluster.cluster import Cluster, may_share_namespace, once
from k8slint.cluster.evidence import evidence_of
from k8slint.cluster.kustomizations import folder_of
from k8slint.objects.fields import dig, items, mapping, text
from k8slint.objects.object import Container, Object, Pod
from k8slint.objects.problem import Absence, Problem, Related
from k8slint.values.placeholder import has_placeholder

# Kinds whose pods are to stay.
_LASTING: Final = frozenset(
    {"Deployment.apps", "StatefulSet.apps", "DaemonSet.apps", "ReplicaSet.apps", "ReplicationController"}
)
_COUNTED: Final = ("cpu", "memory")
_FIELDS: Final = frozenset({"claims", "limits", "requests"})
# The fields of pods and containers whose names begin so.
_OF_PODS: Final = frozenset({"resourceClaims", "resources"})
_PATCHED: Final = Absence(mended_by="resources")


class _Reason(NamedTuple):
    """What in the files is at odds with a pod without requests, or what comes of it; `said` follows a comma."""

    said: str
    related: tuple[Related, ...]


def missing_resource_requests(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A workload without any request; the first one of a run speaks for all."""
    told = _unfounded(cluster.whole)
    if not told or told[0][0] is not pod or evidence_of(cluster).is_patched("resources"):
        return
    reason, others = told[0][1], len(told) - 1
    more = (
        f"; nor {'does' if others == 1 else 'do'} {others} more workload{'' if others == 1 else 's'}" if others else ""
    )
    said = f"{pod.obj} requests neither cpu nor memory, {reason.said}{more}"
    yield Problem(("spec", "containers", 0, "name"), said, reason.related, rests_on=_PATCHED)


def container_without_requests(container: Container, cluster: Cluster) -> Iterator[Problem]:
    """A container that goes on running and does not request cpu, or memory, or either."""
    if not _is_judged(container, cluster):
        return
    lacks = [name for name in _COUNTED if not _has(container, name, cluster, ("requests", "limits"))]
    told = _unfounded(cluster.whole) if lacks else ()
    if lacks and not (told and told[0][0] is container.pod):
        what = "neither cpu nor memory" if len(lacks) == len(_COUNTED) else f"no {lacks[0]}"
        yield Problem(("name",), f'container "{container.name}" requests {what}', rests_on=_PATCHED)


def missing_memory_limit(container: Container, cluster: Cluster) -> Iterator[Problem]:
    """A container that goes on running and may take all memory of its node."""
    if _is_judged(container, cluster) and not _has(container, "memory", cluster, ("limits",)):
        yield Problem(("name",), f'container "{container.name}" has no memory limit', rests_on=_PATCHED)


def _is_judged(container: Container, cluster: Cluster) -> bool:
    """Whether it is a container that goes on running, whose resources nothing else sets."""
    if container.path[1] == "ephemeralContainers" or container.is_init or not is_whole(container.pod):
        return False
    return not _is_sized_by_others(container.pod, cluster)


def _is_sized_by_others(pod: Pod, cluster: Cluster) -> bool:
    obj = pod.obj
    return any(
        may_share_namespace(namespace, obj.namespace) and (kind, name) == (obj.kind, obj.name)
        for namespace, kind, name in _vertically_scaled(cluster)
    )


@once
def _vertically_scaled(cluster: Cluster) -> frozenset[tuple[str, str, str]]:
    """Namespace, kind and name of what a VerticalPodAutoscaler sets requests for."""
    return frozenset(
        (obj.namespace, text(dig(obj.spec, "targetRef", "kind")), text(dig(obj.spec, "targetRef", "name")))
        for obj in cluster.of_kind("VerticalPodAutoscaler.autoscaling.k8s.io")
        if dig(obj.spec, "updatePolicy", "updateMode") != "Off"
    )


def _has(container: Container, name: str, cluster: Cluster, fields: tuple[str, ...]) -> bool:
    """Whether one of the fields gives an amount, for the container or its whole pod, or a LimitRange does."""
    for data in (container.data, container.pod.spec):
        if any(_may_be_misspelt(data) or name in _amounts(data, field) for field in fields):
            return True
    # Of a limit by default, the server makes the request too.
    by_default = ("default",) if fields == ("limits",) else ("default", "defaultRequest")
    return any(
        may_share_namespace(namespace, container.pod.namespace) and field in by_default and name in given
        for namespace, field, given in _given_by_ranges(cluster)
    )


@once
def _given_by_ranges(cluster: Cluster) -> tuple[tuple[str, str, frozenset[str]], ...]:
    """What LimitRanges write into containers: the namespace, the field, and the resources."""
    return tuple(
        (one.namespace, field, frozenset(mapping(limit.get(field))))
        for one in cluster.of_kind("LimitRange")
        for _, limit in items(one.spec.get("limits"))
        if limit.get("type") == "Container"
        for field in ("default", "defaultRequest")
    )


def _may_be_misspelt(data: Mapping[str, object]) -> bool:
    """Whether resources are written, but not as the server reads them: the decoder tells of that."""
    resources = data.get("resources")
    if resources is not None and not isinstance(resources, dict):
        return True
    return not _FIELDS.issuperset(mapping(resources)) or any(
        key.startswith(("resource", "Resource")) and key not in _OF_PODS for key in map(text, data)
    )


def _amounts(data: Mapping[str, object], field: str) -> Mapping[str, object]:
    """The amounts of a field; of one that is filled in later, all."""
    amounts = mapping(data.get("resources")).get(field)
    return dict.fromkeys(_COUNTED) if has_placeholder(amounts) else mapping(amounts)


def _requests_nothing(pod: Pod, cluster: Cluster) -> bool:
    if any(_has(container, name, cluster, ("requests", "limits")) for container in pod.containers for name in _COUNTED):
        return False
    return is_whole(pod) and not _is_sized_by_others(pod, cluster)


@once
def _unfounded(cluster: Cluster) -> tuple[tuple[Pod, _Reason], ...]:
    """The workloads without requests, by name, those first that something in the files expects to stay."""
    lasting = [pod for pod in cluster.pods if pod.obj.group_kind in _LASTING]
    without = [pod for pod in lasting if not pod.obj.is_context and _requests_nothing(pod, cluster)]
    if not without:
        return ()
    neighbours: dict[tuple[str, str], Object] = {}
    for pod in lasting:
        if any(dig(container.data, "resources", "requests") for container in pod.containers):
            neighbours.setdefault((folder_of(pod.obj), pod.namespace), pod.obj)
    told = [(pod, _reason(pod, cluster, neighbours)) for pod in without]
    return tuple(sorted(told, key=_rank))


def _rank(told: tuple[Pod, _Reason]) -> tuple[bool, str, str, str]:
    """What comes first, whatever the files are called."""
    obj = told[0].obj
    return not told[1].related, obj.namespace, obj.name, obj.group_kind


def _reason(pod: Pod, cluster: Cluster, neighbours: Mapping[tuple[str, str], Object]) -> _Reason:
    obj = pod.obj
    budget, service = budgets_of_pods(cluster).get(pod), services_of_pods(cluster).get(pod)
    priority = text(pod.spec.get("priorityClassName"))
    if budget is not None:
        return _Reason(f"though {budget} guards its Pods", (Related(budget, ("spec",), "guarded here"),))
    if priority and not has_placeholder(priority):
        at = (*pod.path, "spec", "priorityClassName")
        return _Reason(f'though priority class "{priority}" is to keep its Pods', (Related(obj, at, "given here"),))
    count = replicas_of(obj, cluster) if obj.kind != "DaemonSet" else None
    if count is not None and count > 1:
        if service is None:
            return _Reason(f"though {count} Pods of it are to run", (Related(obj, ("spec", "replicas"), "so many"),))
        related = (Related(service, ("spec", "selector"), f"{service} sends them traffic"),)
        return _Reason(f"though {count} Pods of it are to serve {service}", related)
    beside = neighbours.get((folder_of(obj), obj.namespace))
    if beside is not None:
        related = (Related(beside, ("metadata", "name"), "this one has requests"),)
        return _Reason(f"though {beside} beside it does", related)
    return _Reason("so its Pods are the first to go where a node runs short", ())
