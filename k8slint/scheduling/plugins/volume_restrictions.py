"""VolumeRestrictions: disks two pods cannot share, and claims only one pod may use."""

from __future__ import annotations

from dataclasses import dataclass

from k8slint.scheduling.features import Features
from k8slint.scheduling.framework import Prepared
from k8slint.scheduling.objects.in_tree_volumes import Disk
from k8slint.scheduling.objects.pod import Pod
from k8slint.scheduling.result import Code, Status
from k8slint.scheduling.snapshot import Snapshot

NAME = "VolumeRestrictions"
_DISK = Status(NAME, Code.UNSCHEDULABLE, ("node(s) had no available disk",))
_ONE_POD = "ReadWriteOncePod"


def prepare(pod: Pod, snapshot: Snapshot, features: Features) -> Prepared:
    """A check of the pod's disks and of its claims that only one pod may use; a refusal when a claim is missing.

    Mirrors: pkg/scheduler/framework/plugins/volumerestrictions PreFilter @ v1.36
    """
    exclusive = set()
    for volume in pod.volumes:
        if volume.claim is None:
            continue
        claim = snapshot.claims.get((pod.namespace, volume.claim))
        if claim is None:
            return Status(NAME, Code.UNRESOLVABLE, (f'persistentvolumeclaim "{volume.claim}" not found',))
        if _ONE_POD in claim.access_modes:
            exclusive.add(volume.claim)
    disks = tuple(volume.disk for volume in pod.volumes if volume.disk is not None and volume.disk.is_compared)
    users = sum(snapshot.claims_in_use[pod.namespace, name] > 0 for name in exclusive)
    if not disks and not users:
        return None
    in_use = Status(NAME, Code.UNSCHEDULABLE, (features.claim_in_use,))
    return _Check(snapshot, disks, frozenset(exclusive), in_use, users)


@dataclass(slots=True)
class _Check:
    snapshot: Snapshot
    disks: tuple[Disk, ...]
    exclusive: frozenset[str]
    in_use: Status
    users: int

    def judge(self, index: int) -> Status | None:
        there = [
            volume.disk
            for other in self.snapshot.node_infos[index].with_volumes
            for volume in other.volumes
            if volume.disk is not None
        ]
        if any(disk.conflicts(other) for disk in self.disks for other in there):
            return _DISK
        return self.in_use if self.users > 0 else None

    def shift(self, pod: Pod, index: int, sign: int) -> None:
        # Upstream looks at the claim's name alone here, whatever the namespace of the pod that goes.
        del index
        self.users += sign * sum(volume.claim in self.exclusive for volume in pod.volumes)
