"""The volume controller: binds claims to volumes before any pod is scheduled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Final, NamedTuple

from k8slint.scheduling.objects.node_affinity import NodeTerm
from k8slint.scheduling.objects.volumes import Claim, PersistentVolume, StorageClass
from k8slint.simulation.assumptions import Assumptions
from k8slint.values.labels import Requirement
from k8slint.values.storage import Shortfall, shortfalls
from k8slint.values.well_known import NO_PROVISIONER

Key = tuple[str, str]
"""The namespace and the name of a claim."""

_NO_PROVISIONERS: Final = ("", NO_PROVISIONER)
_VOLUMES_TAKEN: Final = "volumes that are not listed are taken to be where a pod goes, for classes that make none"
# The class that a claim without a class gets if no StorageClass is listed.
ASSUMED_CLASS: Final = "(default)"
# The controller's words for each shortfall of a volume.
_MISMATCHES: Final = {
    Shortfall.DELETED: 'the volume is marked for deletion "{}"',
    Shortfall.SIZE: "requested PV is too small",
    Shortfall.CLASS: "storageClassName does not match",
    Shortfall.ATTRIBUTES_CLASS: "volumeAttributesClassName does not match",
    Shortfall.MODE: "incompatible volumeMode",
    Shortfall.ACCESS_MODES: "incompatible accessMode",
}


class UnboundReason(Enum):
    """Why a claim that waits for no pod never gets a volume."""

    VOLUME_NOT_FOUND = auto()
    VOLUME_MISMATCH = auto()
    VOLUME_TAKEN = auto()
    NO_CLASS = auto()
    CLASS_NOT_FOUND = auto()
    NO_VOLUME_FITS = auto()
    COPIES_ITSELF = auto()


class Unbound(NamedTuple):
    """The reason why a claim never gets a volume, and its message."""

    reason: UnboundReason
    message: str


@dataclass(frozen=True, slots=True)
class Storage:
    """Claims, volumes and classes; `unbound` are the reasons of claims that never get a volume."""

    claims: Mapping[Key, Claim]
    volumes: Mapping[str, PersistentVolume]
    classes: Mapping[str, StorageClass]
    unbound: Mapping[Key, Unbound] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known about storage: whether all classes and all volumes are listed, so that no others exist.

    A description that lists classes covers storage, so it is taken to list all volumes too.

    `open_claims` leave their class open; `self_copies` are claims that name themselves as the source of their data.
    """

    lists_classes: bool
    lists_volumes: bool
    open_claims: frozenset[Key] = frozenset()
    self_copies: frozenset[Key] = frozenset()


def bind(storage: Storage, known: Known, assumptions: Assumptions) -> Storage:
    """The storage after the volume controller has seen every claim, in order.

    A claim of a class that waits for a pod stays unbound, unless a volume is reserved for it. A claim of a class that
    provisions immediately gets a new volume, which every node reaches that the class allows.

    Mirrors: pkg/controller/volume/persistentvolume/pv_controller.go syncUnboundClaim @ v1.36
    """
    books = _Books(dict(storage.volumes), dict(storage.classes), known, assumptions)
    claims: dict[Key, Claim] = {}
    unbound: dict[Key, Unbound] = {}
    for key, claim in storage.claims.items():
        result = claim if claim.bound or claim.lost or claim.deleting else books.bound(claim)
        if isinstance(result, Unbound):
            unbound[key] = result
            result = claim
        if result.bound and result.volume not in books.volumes and not known.lists_volumes:
            books.take_volume(result)
        claims[key] = result
    return Storage(claims, books.volumes, books.classes, unbound)


@dataclass(slots=True)
class _Books:
    """The storage while claims are bound, with the names of reserved volumes by claim and the free volumes by class."""

    volumes: dict[str, PersistentVolume]
    classes: dict[str, StorageClass]
    known: Known
    assumptions: Assumptions
    free: dict[str, dict[str, PersistentVolume]] = field(default_factory=dict)
    kept: dict[Key, list[str]] = field(default_factory=dict)
    listed: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.listed = frozenset(volume.class_name for volume in self.volumes.values())
        for volume in sorted(self.volumes.values(), key=_rank):
            if volume.claim is not None:
                self.kept.setdefault(volume.claim[:2], []).append(volume.name)
            elif volume.phase == "Available":
                self.free.setdefault(volume.class_name, {})[volume.name] = volume

    def bound(self, claim: Claim) -> Claim | Unbound:
        """The claim as the controller leaves it, or why it never gets a volume."""
        if claim.volume:
            return self._to_named_volume(claim)
        storage_class = self._class_of(claim)
        waits = storage_class is not None and storage_class.waits
        # A claim that waits for a pod only gets a volume that is reserved for it.
        free = () if waits else self.free.get(claim.class_name, {}).values()
        kept = [self.volumes[name] for name in self.kept.get((claim.namespace, claim.name), ())]
        name = best_volume(claim, (volume for volume in kept if volume.is_for(claim)), free)
        if name is not None:
            return self._pair(claim, self.volumes[name])
        if waits:
            return claim
        return self._provisioned(claim, storage_class)

    def take_volume(self, claim: Claim) -> None:
        """Add the unlisted volume that a claim names, and assume that every node reaches it."""
        self.assumptions.take("volumes that are not listed are taken to be reachable from every node", claim.volume)
        self.volumes[claim.volume] = PersistentVolume.made_for(claim, claim.volume, None)

    def _to_named_volume(self, claim: Claim) -> Claim | Unbound:
        volume = self.volumes.get(claim.volume)
        if volume is None:
            if self.known.lists_volumes:
                message = f'the volume "{claim.volume}" it asks for does not exist'
                return Unbound(UnboundReason.VOLUME_NOT_FOUND, message)
            self.take_volume(claim)
            volume = self.volumes[claim.volume]
        if volume.claim is None:
            mismatch = mismatch_of(volume, claim)
            if mismatch:
                message = f'Cannot bind to requested volume "{volume.name}": {mismatch}'
                return Unbound(UnboundReason.VOLUME_MISMATCH, message)
        elif not volume.is_for(claim):
            message = f'volume "{volume.name}" already bound to a different claim.'
            return Unbound(UnboundReason.VOLUME_TAKEN, message)
        return self._pair(claim, volume)

    def _class_of(self, claim: Claim) -> StorageClass | None:
        """The claim's class, or None; an unlisted one, or one with unlisted volumes, is taken to make them for pods."""
        name = claim.class_name
        found = self.classes.get(name)
        if found is not None and found.provisioner in _NO_PROVISIONERS and not self._knows_volumes(name):
            self.assumptions.take(_VOLUMES_TAKEN, name)
            self.classes[name] = replace(found, provisioner="unknown", waits=True)
        if name and name not in self.classes and not self.known.lists_classes:
            self.assumptions.take(
                "storage classes that are not listed are taken to make a volume where a pod goes", name
            )
            self.classes[name] = StorageClass(name, "unknown", waits=True, topologies=())
        return self.classes.get(name)

    def _provisioned(self, claim: Claim, storage_class: StorageClass | None) -> Claim | Unbound:
        key = (claim.namespace, claim.name)
        if storage_class is None and not claim.class_name:
            is_left_open = key in self.known.open_claims and not self.known.lists_classes
            if is_left_open or not self._knows_volumes(""):
                self.assumptions.take(
                    "claims without a class are taken to get a volume where their pod goes", claim.key
                )
                self.classes[ASSUMED_CLASS] = StorageClass(ASSUMED_CLASS, "unknown", waits=True, topologies=())
                return replace(claim, class_name=ASSUMED_CLASS)
            message = "no persistent volumes available for this claim and no storage class is set"
            return Unbound(UnboundReason.NO_CLASS, message)
        if storage_class is None:
            message = f'storageclass.storage.k8s.io "{claim.class_name}" not found'
            return Unbound(UnboundReason.CLASS_NOT_FOUND, message)
        if storage_class.provisioner in _NO_PROVISIONERS:
            message = f'no volume fits, and the storage class "{storage_class.name}" makes none'
            return Unbound(UnboundReason.NO_VOLUME_FITS, message)
        if key in self.known.self_copies:
            message = "its data is to come from itself, so its volume is never made"
            return Unbound(UnboundReason.COPIES_ITSELF, message)
        sentence = "volumes of classes that bind at once are taken to be within reach of every node the class allows"
        self.assumptions.take(sentence, storage_class.name)
        return self._pair(
            claim, PersistentVolume.made_for(claim, f"pvc-{claim.namespace}-{claim.name}", _terms(storage_class))
        )

    def _knows_volumes(self, class_name: str) -> bool:
        """Whether the volumes of a class are known, because all volumes are listed, or some of this class."""
        return self.known.lists_volumes or class_name in self.listed

    def _pair(self, claim: Claim, volume: PersistentVolume) -> Claim:
        self.volumes[volume.name] = replace(volume.kept_for(claim), phase="Bound")
        self.free.get(volume.class_name, {}).pop(volume.name, None)
        return replace(claim, volume=volume.name, bound=True)


def best_volume(claim: Claim, kept: Iterable[PersistentVolume], free: Iterable[PersistentVolume]) -> str | None:
    """The name of the best volume for a claim, among those reserved for it and the free ones of its class, or None.

    Both must come sorted by the number of access modes, then by capacity. The volume with the fewest access modes wins,
    then a reserved one, then the smallest.

    Mirrors: pkg/controller/volume/persistentvolume/index.go findByClaim @ v1.36
    """
    ours = next((volume for volume in kept if _will_do(volume, claim)), None)
    other = next(
        (
            volume
            for volume in free
            if _will_do(volume, claim) and (claim.selector is None or claim.selector.matches(volume.labels))
        ),
        None,
    )
    found = [volume for volume in (ours, other) if volume is not None]
    return min(found, key=lambda volume: len(volume.access_modes)).name if found else None


def _will_do(volume: PersistentVolume, claim: Claim) -> bool:
    """Whether a volume that is reserved for the claim, or has its class, satisfies it."""
    return all(each is Shortfall.CLASS for each in shortfalls(volume, claim))


def _rank(volume: PersistentVolume) -> tuple[int, int]:
    return len(volume.access_modes), volume.capacity


def mismatch_of(volume: PersistentVolume, claim: Claim) -> str:
    """Why a claim cannot have the volume that it names, or empty if it can.

    Mirrors: pkg/controller/volume/persistentvolume/pv_controller.go checkVolumeSatisfyClaim @ v1.36
    """
    first = next(shortfalls(volume, claim), None)
    return _MISMATCHES[first].format(volume.name) if first is not None else ""


def _terms(storage_class: StorageClass) -> tuple[NodeTerm, ...] | None:
    if not storage_class.topologies:
        return None
    return tuple(
        NodeTerm(tuple(Requirement(key, "In", values) for key, values in term), ()) for term in storage_class.topologies
    )
