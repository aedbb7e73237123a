"""VolumeZone: volumes that their labels tie to zones and regions."""

from __future__ import annotations

from dataclasses import dataclass

from k8slint.scheduling.cache import Cache
from k8slint.scheduling.framework import Code, FilterState, Handle, Plugin, Status
from k8slint.scheduling.objects.pod import Pod
from k8slint.scheduling.objects.volumes import Claim
from k8slint.values.well_known import OLD_REGION, OLD_ZONE, REGION, ZONE

NAME = "VolumeZone"
_STATUS = Status(NAME, Code.UNRESOLVABLE, ("node(s) had no available volume zone",))
_KEYS = (OLD_ZONE, OLD_REGION, ZONE, REGION)
_NEW_KEY = {OLD_ZONE: ZONE, OLD_REGION: REGION}

# A label of a volume, and the values of it that a node may have.
_Tie = tuple[str, frozenset[str]]


def pre_filter(pod: Pod, cache: Cache, _: Handle[None]) -> FilterState | Status | None:
    """A filter by the zones of the pod's volumes, a refusal if a claim leads to no volume, or None without zones.

    Mirrors: pkg/scheduler/framework/plugins/volumezone PreFilter @ v1.36
    """
    if not pod.volumes:
        return None
    ties: list[_Tie] = []
    for volume in pod.volumes:
        if volume.claim is None:
            continue
        claim = cache.claims.get((pod.namespace, volume.claim))
        problem = _problem(claim, volume.claim, cache)
        if problem is not None:
            return Status(NAME, Code.UNRESOLVABLE, (problem,))
        if claim is not None and claim.volume:
            labels = cache.volumes[claim.volume].labels
            ties += [(key, _values(labels[key])) for key in _KEYS if _values(labels.get(key, ""))]
    return _State(cache, ties) if ties else None


@dataclass(slots=True)
class _State(FilterState):
    cache: Cache
    ties: list[_Tie]

    def filter(self, index: int) -> Status | None:
        """A refusal of a node in another zone or region; a node without labels of zones and regions will do."""
        labels = self.cache.nodes[index].labels
        if not any(key in labels for key in _KEYS):
            return None
        for key, values in self.ties:
            if labels.get(key, labels.get(_NEW_KEY.get(key, key))) not in values:
                return _STATUS
        return None


def _problem(claim: Claim | None, name: str, cache: Cache) -> str | None:
    if not name:
        return "PersistentVolumeClaim had no name"
    if claim is None:
        return f'persistentvolumeclaim "{name}" not found'
    if claim.volume:
        known = claim.volume in cache.volumes
        return None if known else f'persistentvolume "{claim.volume}" not found'
    if not claim.class_name:
        return "PersistentVolumeClaim had no pv name and storageClass name"
    storage_class = cache.listers.classes.get(claim.class_name)
    if storage_class is None:
        return f'storageclass.storage.k8s.io "{claim.class_name}" not found'
    return None if storage_class.waits else "PersistentVolume had no name"


def _values(label: str) -> frozenset[str]:
    """The zones that a label lists; empty if one of them is empty, because no node can be in such a zone.

    Mirrors: cloud-provider volume/helpers LabelZonesToSet @ v1.36
    """
    zones = frozenset(part.strip() for part in label.split("__"))
    return frozenset() if "" in zones else zones


PLUGIN = Plugin(NAME, looks_at="cluster", pre_filter=pre_filter)
