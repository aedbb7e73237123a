"""VolumeBinding: nodes that reach the volumes of a pod's claims, or where unbound claims can get volumes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from k8slint.scheduling.cache import Cache
from k8slint.scheduling.framework import MAX_NODE_SCORE, Code, FilterState, Handle, Plugin, Scorer, Status
from k8slint.scheduling.objects.pod import Pod, Volume
from k8slint.scheduling.objects.provisioning import provisioned
from k8slint.scheduling.objects.volumes import Claim, PersistentVolume, StorageCapacity
from k8slint.values.reading import as_mapping
from k8slint.values.well_known import NO_PROVISIONER

NAME = "VolumeBinding"
NODE_CONFLICT = "node(s) didn't match PersistentVolume's node affinity"
BIND_CONFLICT = "node(s) didn't find available persistent volumes to bind"
NO_SPACE = "node(s) did not have enough free storage"
NO_VOLUME = "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)"
_MADE_AT_ONCE = (
    "volumes made for the claims of a pod are reached from all nodes if several may mount them, "
    "else from the zone of the pod's node"
)
UNBOUND = "pod has unbound immediate PersistentVolumeClaims"


def pre_filter(pod: Pod, cache: Cache, _: Handle[None]) -> FilterState | Status | None:
    """A filter by the pod's claims, a refusal of the pod if a claim fails on any node, or None without claims.

    Mirrors: pkg/scheduler/framework/plugins/volumebinding/volume_binding.go PreFilter @ v1.36
    """
    if not pod.volumes:
        return None
    claims = []
    for volume in pod.volumes:
        name = pod.claim_of(volume)
        if name is None:
            continue
        claim = cache.claims.get((pod.namespace, name))
        problem = _problem(pod, volume, name, claim)
        if problem is not None or claim is None:
            return Status(NAME, Code.UNRESOLVABLE, (problem or "",))
        claims.append(claim)
    if not claims:
        return None
    waiting = [claim for claim in claims if not claim.bound]
    if not all(_waits(claim, cache) for claim in waiting):
        return Status(NAME, Code.UNRESOLVABLE, (UNBOUND,))
    waiting.sort(key=lambda claim: claim.request or 0)
    return _State(
        pod, cache, [claim for claim in claims if claim.bound], [_Search.of(claim, cache) for claim in waiting]
    )


@dataclass(frozen=True, slots=True)
class _Search:
    """A claim that waits for a node, the volume reserved for it, and the free volumes that fit, smallest first."""

    claim: Claim
    kept: PersistentVolume | None
    fitting: tuple[PersistentVolume, ...]

    @classmethod
    def of(cls, claim: Claim, cache: Cache) -> _Search:
        """The search for a claim, with the volumes that would do on some node.

        Mirrors: component-helpers storage/volume/pv_helpers.go FindMatchingVolume @ v1.36
        """
        volumes = [item for item in cache.volumes.values() if item.class_name == claim.class_name]
        fitting = [item for item in volumes if _is_large_enough(item, claim)]
        kept = next((item for item in fitting if item.is_for(claim)), None)
        free = [
            item
            for item in fitting
            if item.claim is None
            and item.phase == "Available"
            and (claim.selector is None or claim.selector.matches(item.labels))
            and claim.access_modes <= item.access_modes
        ]
        return cls(claim, kept, tuple(sorted(free, key=lambda item: item.capacity)))


@dataclass(slots=True)
class _State(FilterState):
    """The pod's claims: those bound already, and the searches for those that wait.

    `bindings` and `provisions` have, by the index of a node that will do, the volumes that the waiting claims would
    take there, and the claims that would get new ones.
    """

    pod: Pod
    cache: Cache
    bound: list[Claim]
    waiting: list[_Search]
    bindings: dict[int, list[tuple[Claim, PersistentVolume]]] = field(default_factory=dict)
    provisions: dict[int, list[Claim]] = field(default_factory=dict)

    def filter(self, index: int) -> Status | None:
        """A refusal with every reason why the pod cannot have its volumes on the node.

        Mirrors: pkg/scheduler/framework/plugins/volumebinding/binder.go FindPodVolumes @ v1.36
        """
        reasons = []
        found, reachable = self._bound_volumes(index)
        if not reachable:
            reasons.append(NODE_CONFLICT)
        shortage = self._find_volumes(index)
        if shortage is not None:
            reasons.append(shortage)
        if not found:
            reasons.append(NO_VOLUME)
        return Status(NAME, Code.UNRESOLVABLE, tuple(reasons)) if reasons else None

    def reserve(self, index: int) -> None:
        """Give the claims the volumes that they would take on the node, so that no other pod takes them.

        Claims that get new volumes are bound at once, as by a provisioner that takes no time.

        Mirrors: pkg/scheduler/framework/plugins/volumebinding/binder.go AssumePodVolumes @ v1.36
        """
        bindings = [(claim, volume.kept_for(claim)) for claim, volume in self.bindings.get(index, ())]
        node, listers = self.cache.nodes[index], self.cache.listers
        for claim in self.provisions.get(index, ()):
            storage_class = listers.classes[claim.class_name]
            bindings.append((claim, provisioned(claim, storage_class, node, listers.csi_nodes.get(node.name))))
            self.cache.assumptions[_MADE_AT_ONCE] = None
        if bindings:
            claims = [replace(claim, volume=volume.name, bound=True) for claim, volume in bindings]
            self.cache.reserve(self.pod, claims, [volume for _, volume in bindings])

    def score(self, index: int) -> int:
        """100 less the part of the room that the waiting claims take on the node, on average over storage classes.

        The room is that of the volumes that they would be bound to; if none is there, what the drivers publish.

        Mirrors: pkg/scheduler/framework/plugins/volumebinding/volume_binding.go Score @ v1.37
        """
        classes: dict[str, tuple[int, int]] = {}
        for claim, volume in self.bindings.get(index, ()):
            asked, room = classes.get(claim.class_name, (0, 0))
            classes[claim.class_name] = asked + (claim.request or 0), room + volume.capacity
        for claim in () if classes else self.provisions.get(index, ()):
            capacity = _room(self.cache, claim, index)
            if capacity is not None:
                asked, _ = classes.get(claim.class_name, (0, 0))
                classes[claim.class_name] = asked + (claim.request or 0), capacity.free
        if not classes:
            return 0
        total = sum(
            MAX_NODE_SCORE - MAX_NODE_SCORE * asked // room for asked, room in classes.values() if asked <= room
        )
        # Rounded to the nearest whole number, halves up.
        return (2 * total + len(classes)) // (2 * len(classes))

    def _bound_volumes(self, index: int) -> tuple[bool, bool]:
        """Whether the volumes of the bound claims exist, and whether the node reaches them, up to the first failure."""
        for claim in self.bound:
            volume = self.cache.volumes.get(claim.volume)
            if volume is None:
                return False, True
            if not _reaches(self.cache, index, volume, translated=True):
                return True, False
        return True, True

    def _find_volumes(self, index: int) -> str | None:
        name = self.cache.nodes[index].name
        chosen: dict[str, None] = {}
        bindings, new = [], [item.claim for item in self.waiting if item.claim.selected_node is not None]
        if any(claim.selected_node != name for claim in new):
            return BIND_CONFLICT
        for search in self.waiting:
            if search.claim.selected_node is not None:
                continue
            volume = self._match(search, index, chosen)
            if volume is None:
                new.append(search.claim)
            else:
                chosen[volume.name] = None
                bindings.append((search.claim, volume))
        shortage = self._provision(new, index)
        if shortage is None:
            self.bindings[index], self.provisions[index] = bindings, new
        return shortage

    def _match(self, search: _Search, index: int, chosen: Iterable[str]) -> PersistentVolume | None:
        if search.kept is not None and search.kept.name not in chosen:
            return search.kept if _reaches(self.cache, index, search.kept) else None
        for volume in search.fitting:
            if volume.name not in chosen and _reaches(self.cache, index, volume):
                return volume
        return None

    def _provision(self, claims: list[Claim], index: int) -> str | None:
        """Why volumes cannot be made for the claims on the node, or None if they can.

        Mirrors: pkg/scheduler/framework/plugins/volumebinding/binder.go checkVolumeProvisions @ v1.36
        """
        labels = self.cache.nodes[index].labels
        for claim in claims:
            storage_class = self.cache.listers.classes[claim.class_name]
            if storage_class.provisioner in ("", NO_PROVISIONER) or not storage_class.allows(labels):
                return BIND_CONFLICT
            if not _has_room(self.cache, claim, storage_class.provisioner, index):
                return NO_SPACE
        return None


def _problem(pod: Pod, volume: Volume, name: str, claim: Claim | None) -> str | None:
    """What is wrong with a claim whatever the node, or None.

    Mirrors: pkg/scheduler/framework/plugins/volumebinding/volume_binding.go podHasPVCs @ v1.36
    """
    if claim is None:
        if volume.ephemeral:
            return f'waiting for ephemeral volume controller to create the persistentvolumeclaim "{name}"'
        return f'persistentvolumeclaim "{name}" not found'
    if claim.lost:
        return f'persistentvolumeclaim "{name}" bound to non-existent persistentvolume "{claim.volume}"'
    if claim.deleting:
        return f'persistentvolumeclaim "{name}" is being deleted'
    if volume.ephemeral and not claim.belongs_to(pod.name, pod.uid):
        return f"PVC {claim.key} was not created for pod {pod.key} (pod is not owner)"
    return None


def _waits(claim: Claim, cache: Cache) -> bool:
    storage_class = cache.listers.classes.get(claim.class_name) if claim.class_name else None
    return not claim.volume and storage_class is not None and storage_class.waits


def _is_large_enough(volume: PersistentVolume, claim: Claim) -> bool:
    return (
        (volume.claim is None or volume.is_for(claim))
        and volume.capacity >= (claim.request or 0)
        and volume.mode == claim.mode
        and volume.attributes_class == claim.attributes_class
        and not volume.deleting
    )


def _reaches(cache: Cache, index: int, volume: PersistentVolume, *, translated: bool = False) -> bool:
    """Whether the node reaches the volume; if `translated`, by the labels of its CSI driver.

    Upstream translates bound volumes only.
    """
    key = (NAME, volume.name, index, translated)
    reached: bool | None = cache.memo.get(key)
    if reached is None:
        node = cache.nodes[index]
        csi_node = cache.listers.csi_nodes.get(node.name) if translated else None
        reached = volume.reachable_from(node.labels, csi_node)
        cache.memo[key] = reached
    return reached


def pre_score(pod: Pod, cache: Cache, feasible: Sequence[int], handle: Handle[None]) -> Scorer | None:
    """The score of a node by the room that it has for claims that wait, in minors with StorageCapacityScoring.

    Mirrors: pkg/scheduler/framework/plugins/volumebinding/volume_binding.go PreScore @ v1.37
    """
    state = pre_filter(pod, cache, handle) if handle.features.scores_storage else None
    if not isinstance(state, _State) or not state.waiting:
        return None
    for index in feasible:
        state.filter(index)
    return state.score


def _has_room(cache: Cache, claim: Claim, provisioner: str, index: int) -> bool:
    """Whether the driver publishes enough room for the claim near the node, or does not publish its capacity.

    Mirrors: pkg/scheduler/framework/plugins/volumebinding/binder.go hasEnoughCapacity @ v1.36
    """
    if claim.request is None or provisioner not in cache.listers.tracking_drivers:
        return True
    return _room(cache, claim, index) is not None


def _room(cache: Cache, claim: Claim, index: int) -> StorageCapacity | None:
    """What is published near the node about the claim's class, if it is enough for the claim; else None."""
    storage_class = cache.listers.classes[claim.class_name]
    if claim.request is None or storage_class.provisioner not in cache.listers.tracking_drivers:
        return None
    labels = cache.nodes[index].labels
    return next(
        (
            capacity
            for capacity in cache.listers.capacities
            if capacity.class_name == claim.class_name
            and capacity.largest is not None
            and capacity.largest >= claim.request
            and capacity.nodes is not None
            and capacity.nodes.matches(labels)
        ),
        None,
    )


def read_args(args: Mapping[str, Any], where: str) -> None:
    """Check VolumeBindingArgs; none has an effect here, because binding takes no time."""
    as_mapping(args, where)


PLUGIN = Plugin(NAME, looks_at="cluster", pre_filter=pre_filter, pre_score=pre_score, weight=1, read_args=read_args)
