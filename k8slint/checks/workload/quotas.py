"""Pods beyond the present number that a ResourceQuota of the files has no room for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from k8slint.apiserver.admission.resource_list import ZERO, PrintedQuantity
from k8slint.apiserver.defaults.core import with_pod_defaults
from k8slint.cluster.cluster import Cluster, once
from k8slint.cluster.kustomizations import place_of
from k8slint.cluster.replicas import (
    HPA,
    SCALABLE,
    SCALED_OBJECT,
    UNAVAILABLE,
    copies_of,
    rolling_update,
    scaler_of,
    workloads_of,
)
from k8slint.objects.fields import dig
from k8slint.objects.object import Object
from k8slint.objects.problem import Absence, Problem, Related
from k8slint.values.reading import ShapeError
from k8slint.values.resources import add_to

if TYPE_CHECKING:
    from k8slint.apiserver.admission.limit_ranger import LimitRange
    from k8slint.apiserver.admission.resource_quota import Quota, Usage


class _Room(NamedTuple):
    """How many pods of a workload a quota holds, and by which of its limits; `others` is what other workloads use."""

    pods: int
    quota: Object
    resource: str
    each: PrintedQuantity
    hard: PrintedQuantity
    others: PrintedQuantity

    def said(self, pods: int) -> str:
        """The arithmetic, for so many pods."""
        asked = PrintedQuantity(pods * self.each.nanos, self.each.form)
        beside = f" beside the {self.others} of others" if self.others.nanos else ""
        return f"{pods} x {self.each} = {asked} {self.resource}{beside}, of which {self.quota} allows {self.hard}"

    @property
    def related(self) -> tuple[Related, ...]:
        return (Related(self.quota, ("spec", "hard", self.resource), f"it allows {self.hard}"),)


def rollout_exceeds_quota(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Deployment whose Pods fill a quota, so that the additional one of an update is refused."""
    copies = copies_of(obj, cluster) if place_of(obj) in _quotas(cluster) else None
    if copies is None or not copies.least:
        return
    update = rolling_update(obj, copies.least)
    if update is None or update.unavailable:
        return
    room = _room(obj, cluster)
    if room is None or room.pods != copies.least:
        return
    at = f" at the minimum of {copies.scaler.obj}" if copies.scaler else ""
    message = f"an update makes one Pod more than the {copies.least}{at} before one may go: {room.said(room.pods + 1)}"
    yield Problem(UNAVAILABLE, message, room.related, rests_on=Absence(mended_by="maxUnavailable"))


def hpa_maximum_exceeds_quota(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """An autoscaler that may ask for more Pods than a quota has room for."""
    scaler = scaler_of(obj) if place_of(obj) in _quotas(cluster) else None
    if scaler is None or scaler.least is None or scaler.most is None or obj.group_kind not in (HPA, SCALED_OBJECT):
        return
    if dig(obj.data, *scaler.most_at) is None:
        return
    for workload in workloads_of(scaler, cluster):
        room = _room(workload, cluster)
        if room is not None and scaler.least <= room.pods < scaler.most:
            message = (
                f"{room.pods} of {scaler.most} Pods of {workload} have room in the quota: {room.said(scaler.most)}"
            )
            yield Problem(scaler.most_at, message, room.related, rests_on=Absence(mended_by="ResourceQuota"))
            return


_Place = tuple[str, str]
"""A namespace or, where none is written, a folder: objects of one place surely share a namespace."""


@once
def _quotas(cluster: Cluster) -> Mapping[_Place, tuple[tuple[Object, Quota], ...]]:
    """The quotas by place, without those that cannot be read."""
    written = cluster.of_kind("ResourceQuota")
    if not written:
        return {}
    from k8slint.apiserver.admission.resource_quota import Quota  # noqa: PLC0415 - few files have quotas

    found: dict[_Place, tuple[tuple[Object, Quota], ...]] = {}
    for obj in written:
        try:
            quota = Quota.of(obj.data)
        except ShapeError:
            continue
        found[place_of(obj)] = (*found.get(place_of(obj), ()), (obj, quota))
    return found


def _room(workload: Object, cluster: Cluster) -> _Room | None:
    """The quota that holds the fewest pods of the workload, with all others of the namespace running, or None."""
    usage = _usage(cluster, workload)
    rooms: list[_Room] = []
    for obj, quota in _quotas(cluster).get(place_of(workload), ()) if usage is not None else ():
        if usage is None or not quota.binds(usage):
            continue
        if not usage.missing.keys().isdisjoint(quota.hard):
            return None  # it refuses every Pod
        loads = _loads(cluster, place_of(workload))
        own = loads.own.get(_key(workload), {})
        for resource, hard in quota.hard.items():
            each = usage.amounts.get(resource, ZERO)
            if each.nanos > 0:
                others = loads.all[obj.name].get(resource, 0) - own.get(resource, 0)
                pods = max(hard.nanos - others, 0) // each.nanos
                rooms.append(_Room(pods, obj, resource, each, hard, PrintedQuantity(others, each.form)))
    return min(rooms, key=lambda room: room.pods, default=None)


class _Loads(NamedTuple):
    """What the workloads of a namespace use, at the least: of each quota, and each workload by itself; in nanos."""

    all: Mapping[str, Mapping[str, int]]
    own: Mapping[tuple[str, str], Mapping[str, int]]


@once
def _loads(cluster: Cluster, place: _Place) -> _Loads:
    quotas = _quotas(cluster)[place]
    total: dict[str, dict[str, int]] = {obj.name: {} for obj, _ in quotas}
    own: dict[tuple[str, str], dict[str, int]] = {}
    for group_kind in SCALABLE.values():
        for workload in cluster.of_kind(group_kind):
            key = _key(workload)
            if place_of(workload) != place or key in own:
                continue
            copies, usage = copies_of(workload, cluster), _usage(cluster, workload)
            if copies is None or usage is None:
                continue
            own[key] = {name: copies.least * amount.nanos for name, amount in usage.amounts.items()}
            for obj, quota in quotas:
                if quota.binds(usage):
                    add_to(total[obj.name], own[key])
    return _Loads(total, own)


def _key(workload: Object) -> tuple[str, str]:
    return workload.group_kind, workload.name


@once
def _usage(cluster: Cluster, workload: Object) -> Usage | None:
    """What one pod of the workload uses, once defaults are filled in, or None if it cannot be read."""
    if workload.pod is None:
        return None
    from k8slint.apiserver.admission.limit_ranger import with_limit_defaults  # noqa: PLC0415 - few files have quotas
    from k8slint.apiserver.admission.resource_quota import usage_of_pod  # noqa: PLC0415 - as above

    try:
        spec = with_pod_defaults(workload.pod.spec, cluster.version)
        return usage_of_pod(with_limit_defaults(spec, _ranges(cluster, place_of(workload))), cluster.version)
    except ShapeError:
        return None


@once
def _ranges(cluster: Cluster, place: _Place) -> tuple[LimitRange, ...]:
    """The LimitRanges of a place.

    Raises:
        ShapeError: if one cannot be read.
    """
    from k8slint.apiserver.admission.limit_ranger import LimitRange  # noqa: PLC0415 - few files have any

    return tuple(LimitRange.of(obj.data) for obj in cluster.of_kind("LimitRange") if place_of(obj) == place)
