"""How many pods a workload has: what it writes, what autoscalers make of that, and how an update replaces them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from k8slint.cluster.cluster import Cluster, may_share_namespace, once
from k8slint.cluster.kustomizations import kustomizations, place_of
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, integer, items, mapping, text
from k8slint.objects.object import Object
from k8slint.values.grouped import grouped
from k8slint.values.int_or_percent import scaled
from k8slint.values.names import is_dns_subdomain

SCALABLE: Final = {
    "Deployment": "Deployment.apps",
    "StatefulSet": "StatefulSet.apps",
    "ReplicaSet": "ReplicaSet.apps",
    "ReplicationController": "ReplicationController",
}
"""The built-in kinds whose number of pods an autoscaler can set, with their groups."""
HPA: Final = "HorizontalPodAutoscaler.autoscaling"
SCALED_OBJECT: Final = "ScaledObject.keda.sh"
VPA: Final = "VerticalPodAutoscaler.autoscaling.k8s.io"
SCALE_TARGET: Final[Path] = ("spec", "scaleTargetRef")
UNAVAILABLE: Final[Path] = ("spec", "strategy", "rollingUpdate", "maxUnavailable")


class _Bounds(NamedTuple):
    """Where a kind of autoscaler writes its bounds, and what they are if it does not."""

    least: str
    without_least: int
    most: str
    without_most: int | None


_BOUNDS: Final = {
    HPA: _Bounds("minReplicas", 1, "maxReplicas", None),
    SCALED_OBJECT: _Bounds("minReplicaCount", 0, "maxReplicaCount", 100),
}


class Target(NamedTuple):
    """What an autoscaler is for: kind with today's group, and name."""

    group_kind: str
    name: str


class Scaler(NamedTuple):
    """An object that sets the number of pods of its target, between two bounds; None is a bound that is not known."""

    obj: Object
    target: Target
    least: int | None
    most: int | None

    @property
    def most_at(self) -> Path:
        """The path to the upper bound."""
        bounds = _BOUNDS.get(self.obj.group_kind)
        return ("spec", bounds.most) if bounds is not None else ("spec",)


def target_of(ref: Any, *, default_kind: str = "") -> Target | None:
    """The target that a reference with apiVersion, kind and name means, or None if a part is not written or unknown."""
    if not isinstance(ref, dict):
        return None
    kind, name = text(ref.get("kind")) or default_kind, text(ref.get("name"))
    if not kind or not is_dns_subdomain(name):
        return None
    group = text(ref.get("apiVersion")).rpartition("/")[0]
    if kind in SCALABLE and group in ("", "apps", "extensions"):
        return Target(SCALABLE[kind], name)
    return Target(f"{kind}.{group}" if group else kind, name)


def scaler_of(obj: Object) -> Scaler | None:
    """The object as an autoscaler of some number of pods, or None if it is none."""
    bounds = _BOUNDS.get(obj.group_kind)
    target = target_of(dig(obj.data, *SCALE_TARGET), default_kind="Deployment" if bounds else "")
    if target is None:
        return None
    if bounds is None:
        return Scaler(obj, target, None, None)
    least, most = obj.spec.get(bounds.least), obj.spec.get(bounds.most)
    return Scaler(
        obj,
        target,
        bounds.without_least if least is None else integer(least),
        bounds.without_most if most is None else integer(most),
    )


def scalers_of(cluster: Cluster, target: Target, namespace: str) -> tuple[Scaler, ...]:
    """The autoscalers that may be for the target in that namespace, in order of reading."""
    found = _scalers(cluster.whole).get(target, ())
    return tuple(
        each
        for each in found
        if may_share_namespace(each.obj.namespace, namespace) and cluster.parting(each.obj) is None
    )


@once
def _scalers(cluster: Cluster) -> Mapping[Target, tuple[Scaler, ...]]:
    """The autoscalers by target; any object that refers to one by scaleTargetRef is taken to be of some such kind."""
    several = filter(None, map(scaler_of, (*cluster.objects, *(cluster.description or ()))))
    return grouped((each.target, each) for each in several)


def workloads_of(scaler: Scaler, cluster: Cluster) -> tuple[Object, ...]:
    """The descriptions of the autoscaler's target; empty if what has its name may be another workload."""
    found = cluster.find(scaler.target.group_kind, scaler.obj.namespace, scaler.target.name)
    namespace = scaler.obj.namespace
    return tuple(
        each for each in found if each.namespace == namespace and (len(found) == 1 or is_beside(each, scaler.obj))
    )


def is_beside(one: Object, other: Object) -> bool:
    """Whether two objects surely share a namespace: they write the same one, or none and lie in the same folder."""
    return place_of(one) == place_of(other)


class Copies(NamedTuple):
    """The number of pods of a workload; an autoscaler, if there is one, keeps it between two bounds."""

    least: int
    most: int
    scaler: Scaler | None = None


def copies_of(obj: Object, cluster: Cluster) -> Copies | None:
    """The number of pods of a Deployment, StatefulSet, ReplicaSet or ReplicationController, or None if it is not known.

    Several descriptions of one workload, as of dev and prod, give a range.
    """
    if SCALABLE.get(obj.kind) != obj.stored_as:
        return None
    written = list(_written(obj, cluster))
    if not written or None in written or obj.name in _counted_by_kustomizations(cluster.whole):
        return None
    counts = [count for count in written if count is not None]
    scalers = scalers_of(cluster, Target(obj.stored_as, obj.name), obj.namespace) if obj.name else ()
    if not scalers:
        return Copies(min(counts), max(counts))
    if not max(counts):
        return Copies(0, 0)  # an autoscaler leaves alone what was scaled to zero by hand
    beside = [each for each in scalers if is_beside(each.obj, obj)] or scalers
    least, most = beside[0].least, beside[0].most
    if least is None or most is None or any((each.least, each.most) != (least, most) for each in beside):
        return None
    return Copies(least, most, beside[0])


def _written(obj: Object, cluster: Cluster) -> Iterator[int | None]:
    """The replicas of each description of a workload, None if they are not known; a patch counts only if it has some.

    Mirrors: pkg/apis/apps/v1/defaults.go SetDefaults_Deployment @ v1.36
    """
    for other in cluster.find(obj.group_kind, obj.namespace, obj.name) if obj.name else (obj,):
        replicas = other.spec.get("replicas")
        if replicas is not None:
            count = integer(replicas)
            yield count if count is not None and count >= 0 else None
        elif other.pod is not None and any(container.data.get("image") for container in other.pod.containers):
            yield 1


@once
def _counted_by_kustomizations(cluster: Cluster) -> frozenset[str]:
    """The names of the workloads whose replicas a kustomization sets."""
    return frozenset(
        text(entry.get("name")) for one in kustomizations(cluster) for _, entry in items(one.data.get("replicas"))
    )


class RollingUpdate(NamedTuple):
    """How many pods an update may make beyond the wanted number, and how many may be away meanwhile."""

    surge: int
    unavailable: int


def rolling_update(deployment: Object, replicas: int) -> RollingUpdate | None:
    """How a Deployment replaces that number of pods, or None if it recreates them or that is not known.

    Mirrors: pkg/controller/deployment/util/deployment_util.go ResolveFenceposts,
    pkg/apis/apps/v1/defaults.go SetDefaults_Deployment @ v1.36
    """
    strategy = mapping(deployment.spec.get("strategy"))
    if strategy.get("type") not in (None, "", "RollingUpdate"):
        return None
    limits = mapping(strategy.get("rollingUpdate"))
    surge = scaled(_given(limits, "maxSurge"), replicas, round_up=True)
    unavailable = scaled(_given(limits, "maxUnavailable"), replicas, round_up=False)
    if surge is None or unavailable is None or surge < 0 or unavailable < 0:
        return None
    return RollingUpdate(surge, unavailable if surge or unavailable else 1)


def _given(limits: Mapping[str, Any], field: str) -> Any:
    written = limits.get(field)
    return _QUARTER if written is None else written


_QUARTER: Final = "25%"
