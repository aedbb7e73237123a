"""Claims and volumes: the class of each, and why a volume does not satisfy a claim."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from enum import Enum
from typing import Any, Final, Protocol

from k8slint.values.well_known import IS_DEFAULT_CLASS, OLD_CLASS, OLD_IS_DEFAULT_CLASS

DEFAULT_VOLUME_MODE: Final = "Filesystem"


def class_of(annotations: Mapping[str, str], spec: Mapping[str, Any]) -> str | None:
    """The class that a claim or volume names; empty if it asks for no class, None if it leaves the class open.

    Mirrors: component-helpers storage/volume GetPersistentVolumeClaimClass, GetPersistentVolumeClass @ v1.36
    """
    named = annotations.get(OLD_CLASS, spec.get("storageClassName"))
    return named if isinstance(named, str) else None


def is_default_class(annotations: Mapping[str, str]) -> bool:
    """Whether the annotations of a StorageClass make it the default.

    Mirrors: pkg/volume/util/storageclass.go IsDefaultAnnotation @ v1.36
    """
    return any(annotations.get(key) == "true" for key in (IS_DEFAULT_CLASS, OLD_IS_DEFAULT_CLASS))


class _Storage(Protocol):
    """What claims and volumes have in common."""

    @property
    def class_name(self) -> str:
        """The name of the class."""

    @property
    def access_modes(self) -> Collection[str]:
        """The modes that the volume offers, or the claim needs."""

    @property
    def mode(self) -> str:
        """Filesystem or Block."""

    @property
    def attributes_class(self) -> str:
        """The name of the VolumeAttributesClass."""


class Volume(_Storage, Protocol):
    """What is asked of a volume."""

    @property
    def capacity(self) -> int:
        """How much the volume holds, in nano units."""

    @property
    def deleting(self) -> bool:
        """Whether the volume is being deleted."""


class Claim(_Storage, Protocol):
    """What is asked of a claim."""

    @property
    def request(self) -> int | None:
        """How much the claim asks for, in nano units."""


class Shortfall(Enum):
    """One respect in which a volume does not satisfy a claim."""

    DELETED = 1
    SIZE = 2
    CLASS = 3
    ATTRIBUTES_CLASS = 4
    MODE = 5
    ACCESS_MODES = 6


def shortfalls(volume: Volume, claim: Claim) -> Iterator[Shortfall]:
    """The respects in which the volume does not satisfy the claim, in the order in which the volume controller asks.

    For a volume that is already reserved for the claim, the caller must ignore CLASS.

    Mirrors: pkg/controller/volume/persistentvolume/pv_controller.go checkVolumeSatisfyClaim,
    component-helpers storage/volume/pv_helpers.go FindMatchingVolume @ v1.36
    """
    if volume.deleting:
        yield Shortfall.DELETED
    if volume.capacity < (claim.request or 0):
        yield Shortfall.SIZE
    if volume.class_name != claim.class_name:
        yield Shortfall.CLASS
    if volume.attributes_class != claim.attributes_class:
        yield Shortfall.ATTRIBUTES_CLASS
    if volume.mode != claim.mode:
        yield Shortfall.MODE
    if not set(claim.access_modes) <= set(volume.access_modes):
        yield Shortfall.ACCESS_MODES
