"""VolumeRestrictions: disks two pods cannot share, and claims only one pod may use."""

from __future__ import annotations

from dataclasses import dataclass

from k8slint.scheduling.check import Prepared
from k8slint.scheduling.disks import Disk
from k8slint.scheduling.ledger import Ledger
from k8slint.scheduling.pods import Pod
from k8slint.scheduling.result import Code, Rejection
from k8slint.scheduling.wording import Wording

NAME = "VolumeRestrictions"
_DISK = Rejection(NAME, Code.UNSCHEDULABLE, ("node(s) had no available disk",))
_ONE_POD = "ReadWriteOncePod"


def prepare(pod: Pod, ledger: Ledger, wording: Wording) -> Prepared:
    """A check of the pod's disks and of its claims that only one pod may use; a refusal when a claim is missing.

    Mirrors: pkg/scheduler/framework/plugins/volumerestrictions PreFilter @ v1.36
    """
    exclusive = set()
    for volume in pod.volumes:
        if volume.claim is None:
            continue
        claim = ledger.claims.get((pod.namespace, volume.claim))
        if claim is None:
            return Rejection(NAME, Code.UNRESOLVABLE, (f'persistentvolumeclaim "{volume.claim}" not found',))
        if _ONE_POD in claim.access_modes:
            exclusive.add(volume.claim)
    disks = tuple(volume.disk for volume in pod.volumes if volume.disk is not None and volume.disk.is_compared)
    users = sum(ledger.claims_in_use[pod.namespace, name] > 0 for name in exclusive)
    if not disks and not users:
        return None
    in_use = Rejection(NAME, Code.UNSCHEDULABLE, (wording.claim_in_use,))
    return _Check(ledger, disks, frozenset(exclusive), in_use, users)


@dataclass(slots=True)
class _Check:
    ledger: Ledger
    disks: tuple[Disk, ...]
    exclusive: frozenset[str]
    in_use: Rejection
    users: int

    def judge(self, index: int) -> Rejection | None:
        there = [
            volume.disk
            for other in self.ledger.usages[index].with_volumes
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
