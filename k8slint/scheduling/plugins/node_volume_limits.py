"""NodeVolumeLimits: the limit on the volumes of a CSI driver on a node."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from k8slint.scheduling.cache import Cache
from k8slint.scheduling.framework import Code, FilterState, Handle, Plugin, Status
from k8slint.scheduling.objects.in_tree_volumes import driver_of_provisioner
from k8slint.scheduling.objects.pod import Pod
from k8slint.scheduling.objects.volumes import Claim

NAME = "NodeVolumeLimits"
_FULL = Status(NAME, Code.UNSCHEDULABLE, ("node(s) exceed max volume count",))

# A volume by its driver and handle.
_Handle = tuple[str, str]


def pre_filter(pod: Pod, cache: Cache, handle: Handle[None]) -> FilterState | None:
    """A filter by counts of volumes, or None if no volume of the pod is attached to its node.

    Mirrors: pkg/scheduler/framework/plugins/nodevolumelimits/csi.go PreFilter @ v1.36
    """
    if not pod.volumes:
        return None
    attachable = any(
        volume.claim is not None or volume.ephemeral or (volume.disk is not None and volume.disk.driver)
        for volume in pod.volumes
    )
    needed = cache.listers.needed_drivers if handle.features.wants_drivers else frozenset()
    return _State(pod, cache, needed) if attachable else None


@dataclass(slots=True)
class _State(FilterState):
    """The pod's volumes; `needed` are the drivers that must run on the node."""

    pod: Pod
    cache: Cache
    needed: frozenset[str]

    def filter(self, index: int) -> Status | None:
        cache = self.cache
        csi_node = cache.listers.csi_nodes.get(cache.nodes[index].name)
        problem = _problem(self.pod, cache)
        if problem is not None:
            return problem
        wanted = _handles(self.pod, cache) if self.needed or csi_node is not None else set()
        there = csi_node.drivers if csi_node is not None else {}
        missing = next((driver for driver, _ in sorted(wanted) if driver in self.needed and driver not in there), None)
        if missing is not None:
            return Status(NAME, Code.UNSCHEDULABLE, (f"{missing} CSI driver is not installed on the node",))
        if csi_node is None or not csi_node.limits:
            return None
        if not any(driver in csi_node.limits for driver, _ in wanted):
            return None
        attached: set[_Handle] = set()
        for other in cache.node_infos[index].with_volumes:
            attached |= _handles(other, cache)
        new = Counter(driver for driver, _ in wanted - attached)
        # Upstream counts a volume twice if it is attached, no pod there uses it, and this pod wants it.
        attached |= _attachments(cache).get(csi_node.name, frozenset())
        used = Counter(driver for driver, _ in attached)
        over = any(
            used[driver] + count > csi_node.limits.get(driver, used[driver] + count) for driver, count in new.items()
        )
        return _FULL if over else None


def _problem(pod: Pod, cache: Cache) -> Status | None:
    """What is wrong with the pod's claims, or None; mostly VolumeBinding has refused the pod for it in PreFilter."""
    for volume in pod.volumes:
        name = pod.claim_of(volume)
        if name is None:
            continue
        claim = cache.claims.get((pod.namespace, name))
        if claim is None:
            reason = f'looking up PVC {pod.namespace}/{name}: persistentvolumeclaim "{name}" not found'
            return Status(NAME, Code.UNRESOLVABLE, (reason,))
        if volume.ephemeral and not claim.belongs_to(pod.name, pod.uid):
            return Status(NAME, Code.ERROR, (f"PVC {claim.key} was not created for pod {pod.key} (pod is not owner)",))
    return None


def _handles(pod: Pod, cache: Cache) -> set[_Handle]:
    """The volumes that a pod makes a node with a CSINode attach; such a node has CSI drivers for in-tree disks too.

    Mirrors: pkg/scheduler/framework/plugins/nodevolumelimits/csi.go filterAttachableVolumes @ v1.36
    """
    found = set()
    for volume in pod.volumes:
        name = pod.claim_of(volume)
        claim = cache.claims.get((pod.namespace, name)) if name is not None else None
        if claim is not None:
            handle = _claim_handle(claim, cache)
        elif volume.disk is not None:
            handle = (volume.disk.driver, "/".join(volume.disk.identity))
        else:
            continue
        if all(handle):
            found.add(handle)
    return found


def _claim_handle(claim: Claim, cache: Cache) -> _Handle:
    volume = cache.volumes.get(claim.volume) if claim.volume else None
    if volume is None:
        storage_class = cache.listers.classes.get(claim.class_name)
        provisioner = storage_class.provisioner if storage_class else ""
        return driver_of_provisioner(provisioner), f"new/{claim.key}"
    if volume.driver:
        return volume.driver, volume.handle
    if volume.disk is not None:
        return volume.disk.driver, "/".join(volume.disk.identity)
    return "", ""


def _attachments(cache: Cache) -> dict[str, frozenset[_Handle]]:
    """The volumes attached to each node, whether or not a pod uses them."""
    if NAME not in cache.memo:
        found: dict[str, set[_Handle]] = {}
        for attachment in cache.listers.attachments:
            volume = cache.listers.volumes.get(attachment.volume)
            if attachment.driver and volume is not None and volume.driver:
                found.setdefault(attachment.node, set()).add((attachment.driver, volume.handle))
        cache.memo[NAME] = {node: frozenset(handles) for node, handles in found.items()}
    attachments: dict[str, frozenset[_Handle]] = cache.memo[NAME]
    return attachments


PLUGIN = Plugin(NAME, looks_at="cluster", pre_filter=pre_filter)
