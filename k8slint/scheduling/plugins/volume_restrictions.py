"""VolumeRestrictions: disks that two pods cannot share, and claims that only one pod may use."""

from __future__ import annotations

from dataclasses import dataclass

from k8slint.scheduling.cache import Cache
from k8slint.scheduling.framework import Code, FilterState, Handle, Plugin, Status
from k8slint.scheduling.objects.in_tree_volumes import Disk
from k8slint.scheduling.objects.pod import Pod

NAME = "VolumeRestrictions"
_DISK = Status(NAME, Code.UNSCHEDULABLE, ("node(s) had no available disk",))
_ONE_POD = "ReadWriteOncePod"


def pre_filter(pod: Pod, cache: Cache, handle: Handle[None]) -> FilterState | Status | None:
    """A filter by the pod's disks and its ReadWriteOncePod claims, a refusal if a claim is missing, else None.

    Mirrors: pkg/scheduler/framework/plugins/volumerestrictions PreFilter @ v1.36
    """
    if not pod.volumes:
        return None
    exclusive = set()
    for volume in pod.volumes:
        if volume.claim is None:
            continue
        claim = cache.claims.get((pod.namespace, volume.claim))
        if claim is None:
            return Status(NAME, Code.UNRESOLVABLE, (f'persistentvolumeclaim "{volume.claim}" not found',))
        if _ONE_POD in claim.access_modes:
            exclusive.add(volume.claim)
    disks = tuple(volume.disk for volume in pod.volumes if volume.disk is not None and volume.disk.is_compared)
    users = sum(cache.claims_in_use[pod.namespace, name] > 0 for name in exclusive)
    if not disks and not users:
        return None
    in_use = Status(NAME, Code.UNSCHEDULABLE, (handle.features.claim_in_use,))
    return _State(cache, disks, frozenset(exclusive), in_use, users)


@dataclass(slots=True)
class _State(FilterState):
    cache: Cache
    disks: tuple[Disk, ...]
    exclusive: frozenset[str]
    in_use: Status
    users: int

    def filter(self, index: int) -> Status | None:
        there = [
            volume.disk
            for other in self.cache.node_infos[index].with_volumes
            for volume in other.volumes
            if volume.disk is not None
        ]
        if any(disk.conflicts(other) for disk in self.disks for other in there):
            return _DISK
        return self.in_use if self.users > 0 else None

    def add_pod(self, pod: Pod, index: int) -> None:
        del index
        self.users += self._used_by(pod)

    def remove_pod(self, pod: Pod, index: int) -> None:
        del index
        self.users -= self._used_by(pod)

    def _used_by(self, pod: Pod) -> int:
        # Upstream compares the names of claims here and ignores the pod's namespace.
        return sum(volume.claim in self.exclusive for volume in pod.volumes)


PLUGIN = Plugin(NAME, looks_at="cluster", pre_filter=pre_filter)
