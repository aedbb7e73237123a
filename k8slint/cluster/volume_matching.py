"""Claims and the volumes that can hold them: what binds a PersistentVolumeClaim, and what keeps it from binding."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from k8slint.cluster.cluster import Cluster, may_share_namespace, once
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, integer, items, mapping, sequence, strings, text
from k8slint.objects.object import Object
from k8slint.values.grouped import grouped
from k8slint.values.labels import LabelSelector
from k8slint.values.placeholder import has_placeholder
from k8slint.values.quantity import Quantity, QuantityError
from k8slint.values.storage import DEFAULT_VOLUME_MODE, Shortfall, class_of, is_default_class, shortfalls
from k8slint.values.well_known import NO_PROVISIONER

_SELECTOR: Final = ("selector",)
_CAPACITY: Final = ("capacity", "storage")
_REQUEST: Final = ("resources", "requests", "storage")
_ATTRIBUTES_CLASS: Final = "volumeAttributesClassName"
_LARGEST: Final = 2**63 * 10**9
_STORAGE_CLASS: Final = "StorageClass.storage.k8s.io"


class Claim(NamedTuple):
    """A PersistentVolumeClaim, or all those that a StatefulSet makes of one template.

    `path` leads from the object to the claim's spec. `copies` is the number of claims. `is_counted`: their names are
    `name`, a dash and a number.
    """

    path: Path
    name: str
    is_counted: bool
    namespace: str
    annotations: Mapping[str, str]
    spec: Mapping[str, Any]
    copies: int

    @property
    def class_name(self) -> str | None:
        """The class that the claim asks for: empty for no class, or None for the cluster's default."""
        return class_of(self.annotations, self.spec)


def claims_of(obj: Object) -> Iterator[Claim]:
    """The object as a claim, or the claims that a StatefulSet makes for its Pods, one for each template."""
    if obj.group_kind == "PersistentVolumeClaim":
        yield _claim(obj, (), obj.data, obj.name)
    elif obj.group_kind == "StatefulSet.apps":
        replicas = integer(obj.spec.get("replicas"))
        for index, template in items(obj.spec.get("volumeClaimTemplates")):
            name = f"{text(dig(template, 'metadata', 'name'))}-{obj.name}"
            path = ("spec", "volumeClaimTemplates", index)
            yield _claim(obj, path, template, name, 1 if replicas is None else replicas, is_counted=True)


def _claim(
    obj: Object, path: Path, data: Mapping[str, Any], name: str, copies: int = 1, *, is_counted: bool = False
) -> Claim:
    annotations = strings(dig(data, "metadata", "annotations"))
    return Claim((*path, "spec"), name, is_counted, obj.namespace, annotations, mapping(data.get("spec")), copies)


def _stem(name: str) -> str:
    """The name without the ordinal of a StatefulSet; empty if it has no ordinal."""
    head, dash, number = name.rpartition("-")
    return head if dash and number.isdecimal() else ""


class Lack(NamedTuple):
    """A reason why a volume cannot hold a claim, with its path in the claim's spec and its path in the volume."""

    message: str
    at_claim: Path
    at_volume: Path


def lacks_of(volume: Object, claim: Claim, *, is_named: bool) -> tuple[Lack, ...]:
    """The reasons why the volume cannot hold the claim; empty if it can. `is_named`: the claim names the volume.

    Mirrors: component-helpers storage/volume FindMatchingVolume,
    pkg/controller/volume/persistentvolume/pv_controller.go checkVolumeSatisfyClaim @ v1.36
    """
    reference = volume.spec.get("claimRef")
    is_reserved = isinstance(reference, dict)
    lacks = list(_reserved_for_another(reference, claim)) if isinstance(reference, dict) else []
    if is_named and is_reserved and not lacks:
        return ()  # each names the other: they are bound as they are
    for shortfall in shortfalls(_Storage.of_volume(volume), _Storage.of_claim(claim)):
        if is_named or shortfall is not Shortfall.CLASS:
            lacks += _SAID[shortfall](volume, claim)
    if not is_named and not is_reserved:
        lacks += _not_selected(volume, claim)
    return tuple(lacks)


def _reserved_for_another(reference: Mapping[str, Any], claim: Claim) -> Iterator[Lack]:
    name, namespace = text(reference.get("name")), text(reference.get("namespace"))
    if has_placeholder(name) or has_placeholder(namespace):
        return
    if claim.name != (_stem(name) if claim.is_counted else name) or not may_share_namespace(namespace, claim.namespace):
        owner = f"{namespace}/{name}" if namespace else name
        yield Lack(f'is reserved for claim "{owner}"', (), ("spec", "claimRef"))


def _too_small(volume: Object, claim: Claim) -> Iterator[Lack]:
    has, asked = dig(volume.spec, *_CAPACITY), dig(claim.spec, *_REQUEST)
    if quantity(has) is not None and quantity(asked) is not None:
        yield Lack(f"holds {has} where {asked} is asked for", _REQUEST, ("spec", *_CAPACITY))


def _lacking_modes(volume: Object, claim: Claim) -> Iterator[Lack]:
    offered = _modes(volume.spec)
    for mode in _modes(claim.spec):
        if offered and mode not in offered and not has_placeholder(mode):
            yield Lack(f"offers {', '.join(offered)} and not {mode}", ("accessModes",), ("spec", "accessModes"))


def _of_another_mode(volume: Object, claim: Claim) -> Iterator[Lack]:
    there, wanted = _volume_mode(volume.spec), _volume_mode(claim.spec)
    yield Lack(f"is of volumeMode {there} and not {wanted}", ("volumeMode",), ("spec", "volumeMode"))


def _of_another_class(volume: Object, claim: Claim) -> Iterator[Lack]:
    there, wanted = class_of_volume(volume), claim.class_name
    if wanted is not None and not has_placeholder(there) and not has_placeholder(wanted):
        said = f'of class "{there}"' if there else "of no class"
        yield Lack(f'is {said} and not of "{wanted}"', ("storageClassName",), ("spec", "storageClassName"))


def _of_another_attributes_class(volume: Object, claim: Claim) -> Iterator[Lack]:
    there, wanted = text(volume.spec.get(_ATTRIBUTES_CLASS)), text(claim.spec.get(_ATTRIBUTES_CLASS))
    if not has_placeholder(there) and not has_placeholder(wanted):
        said = f'is of VolumeAttributesClass "{there}"' if there else "is of no VolumeAttributesClass"
        said += f' and not of "{wanted}"' if wanted else ", which the claim does not name"
        yield Lack(said, (_ATTRIBUTES_CLASS,), ("spec", _ATTRIBUTES_CLASS))


_SAID: Final = {
    Shortfall.SIZE: _too_small,
    Shortfall.CLASS: _of_another_class,
    Shortfall.ATTRIBUTES_CLASS: _of_another_attributes_class,
    Shortfall.MODE: _of_another_mode,
    Shortfall.ACCESS_MODES: _lacking_modes,
}


class _Storage(NamedTuple):
    """What a volume offers or a claim asks for, in nanos of a byte; an amount that cannot be read is 0."""

    capacity: int
    request: int
    access_modes: tuple[str, ...]
    mode: str
    class_name: str
    attributes_class: str
    deleting: bool = False

    @classmethod
    def of_volume(cls, volume: Object) -> _Storage:
        return cls._of(volume.spec, _CAPACITY, class_of_volume(volume))

    @classmethod
    def of_claim(cls, claim: Claim) -> _Storage:
        return cls._of(claim.spec, _REQUEST, claim.class_name or "")

    @classmethod
    def _of(cls, spec: Mapping[str, Any], amount_at: Path, class_name: str) -> _Storage:
        amount = quantity(dig(spec, *amount_at))
        attributes_class = text(spec.get(_ATTRIBUTES_CLASS))
        nanos = amount.nanos if amount is not None else 0
        return cls(nanos, nanos, tuple(_modes(spec)), _volume_mode(spec), class_name, attributes_class)


def _not_selected(volume: Object, claim: Claim) -> Iterator[Lack]:
    selector = LabelSelector.of(claim.spec.get("selector"))
    if not selector.matches(volume.labels):
        yield Lack(f'has no labels that match "{selector}"', _SELECTOR, ("metadata", "labels"))


def quantity(written: Any) -> Quantity | None:
    """The amount that a manifest writes, or None if the API server refuses it."""
    if not isinstance(written, (str, int, float)):
        return None
    try:
        return Quantity.parse(written)
    except QuantityError:
        return None


def class_of_volume(volume: Object) -> str:
    """The class of a PersistentVolume; empty for no class."""
    return class_of(volume.annotations, volume.spec) or ""


class Volumes(NamedTuple):
    """The PersistentVolumes of a class: the free ones in groups, and those reserved for a claim, by its name.

    The volumes of a group offer the same access modes, volumeMode and attributes class, from large to small.
    """

    all: tuple[Object, ...]
    groups: tuple[tuple[Object, ...], ...]
    reserved: Mapping[str, tuple[Object, ...]]

    def holding(self, claim: Claim) -> int:
        """The number of volumes that can hold the claim; counting stops at the number of its copies."""
        count = sum(1 for volume in self.reserved.get(claim.name, ()) if not lacks_of(volume, claim, is_named=False))
        for group in self.groups:
            for volume in group:
                if count >= claim.copies:
                    return count
                lacks = lacks_of(volume, claim, is_named=False)
                if any(lack.at_claim != _SELECTOR for lack in lacks):
                    break  # the rest of the group differs only in being smaller
                if not lacks:
                    count += 1
        return count

    def nearest(self, claim: Claim) -> tuple[Object, tuple[Lack, ...]]:
        """The volume that lacks least for the claim, if none can hold it, and what it lacks."""
        some = (*self.reserved.get(claim.name, ()), *(group[0] for group in self.groups)) or self.all[:1]
        pairs = ((volume, lacks_of(volume, claim, is_named=False)) for volume in some)
        return min(pairs, key=lambda pair: (len(pair[1]), pair[0].name))


@once
def volumes_by_class(cluster: Cluster) -> Mapping[str, Volumes]:
    """The PersistentVolumes by class; the empty name stands for no class."""
    by_class = grouped((class_of_volume(volume), volume) for volume in cluster.of_kind("PersistentVolume"))
    return {name: _volumes(volumes) for name, volumes in by_class.items()}


def _volumes(volumes: Iterable[Object]) -> Volumes:
    reserved: dict[str, list[Object]] = defaultdict(list)
    groups: dict[Any, list[Object]] = defaultdict(list)
    for volume in volumes:
        reference = volume.spec.get("claimRef")
        name = text(mapping(reference).get("name"))
        if not isinstance(reference, dict) or has_placeholder(name):
            of_volume = _Storage.of_volume(volume)
            groups[frozenset(of_volume.access_modes), of_volume.mode, of_volume.attributes_class].append(volume)
            continue
        for known_as in {name, _stem(name)}:
            reserved[known_as].append(volume)
    return Volumes(
        tuple(volumes),
        tuple(tuple(sorted(group, key=_from_large_to_small)) for group in groups.values()),
        {name: tuple(several) for name, several in reserved.items()},
    )


def _from_large_to_small(volume: Object) -> tuple[int, str]:
    size = quantity(dig(volume.spec, "capacity", "storage"))
    return (-size.nanos, volume.name) if size is not None else (-_LARGEST, volume.name)


def _modes(spec: Mapping[str, Any]) -> list[str]:
    return [mode for mode in sequence(spec.get("accessModes")) if isinstance(mode, str)]


def _volume_mode(spec: Mapping[str, Any]) -> str:
    return text(spec.get("volumeMode")) or DEFAULT_VOLUME_MODE


@once
def class_names(cluster: Cluster) -> frozenset[str]:
    """The names of the StorageClasses."""
    return frozenset(obj.name for obj in cluster.of_kind(_STORAGE_CLASS))


@once
def static_classes(cluster: Cluster) -> frozenset[str]:
    """The names of the StorageClasses for which nothing makes volumes."""
    dynamic = {obj.name for obj in cluster.of_kind(_STORAGE_CLASS) if obj.data.get("provisioner") != NO_PROVISIONER}
    return class_names(cluster) - dynamic


@once
def default_class(cluster: Cluster) -> str | None:
    """The name of the default StorageClass, or None unless exactly one is marked as the default."""
    names = {obj.name for obj in cluster.of_kind(_STORAGE_CLASS) if is_default_class(obj.annotations)}
    return next(iter(names)) if len(names) == 1 else None
