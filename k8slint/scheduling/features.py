"""What differs between Kubernetes minors in the scheduler: texts, codes and formulas."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from k8slint.scheduling.objects.taints import Taint
from k8slint.values.version import KubernetesVersion

# The newest and the oldest minor whose scheduler was held against this one.
NEWEST = KubernetesVersion(1, 37)
OLDEST = KubernetesVersion(1, 33)
_V1_34 = KubernetesVersion(1, 34)
_V1_36 = KubernetesVersion(1, 36)
_V1_37 = KubernetesVersion(1, 37)


class ImageVolumes(StrEnum):
    """In which parts of its formula ImageLocality counts volumes that are images."""

    NOT = "not"
    IN_SUM = "in the sum"
    IN_SUM_AND_THRESHOLD = "in the sum and the threshold"


@dataclass(frozen=True, slots=True)
class Features:
    """The behaviour of one minor, at its last patch release.

    `assumptions` are what the answer for a refused pod takes for granted. `scores_storage` and `wants_drivers` are the
    gates StorageCapacityScoring and VolumeLimitScaling.
    """

    names_taint: bool
    claim_in_use: str
    oversize_is_unresolvable: bool
    device_tail: str
    lost_state_tail: str
    names_preemption: bool
    balance_is_difference: bool
    image_volumes: ImageVolumes
    judges_features: bool
    maps_devices: bool
    loose_namespaces: bool
    scores_storage: bool
    wants_drivers: bool
    assumptions: tuple[str, ...]

    @classmethod
    def of(cls, version: KubernetesVersion) -> Features:
        """The behaviour of a minor; minors before 1.33 count as 1.33, those after 1.37 as 1.37.

        Read in kubernetes/kubernetes #134740, #135023 (taint text), #135573 (balance), #140222 (device texts), #138951
        """
        devices = _V1_34 <= version < _V1_37
        volumes = ImageVolumes.IN_SUM if version >= _V1_36 else ImageVolumes.NOT
        return cls(
            names_taint=version < _V1_34,
            claim_in_use=_CLAIM_IN_USE if version >= _V1_34 else _CLAIM_IN_USE_1_33,
            oversize_is_unresolvable=version >= _V1_34,
            device_tail="no new claims to deallocate" if devices else "",
            lost_state_tail="not found" if version >= _V1_34 else "",
            names_preemption=version >= _V1_37,
            balance_is_difference=version >= _V1_36,
            image_volumes=ImageVolumes.IN_SUM_AND_THRESHOLD if version >= _V1_37 else volumes,
            judges_features=version >= _V1_36,
            maps_devices=version >= _V1_36,
            # Seen in 1.34.1, 1.36.2 and 1.36.3; before and after, upstream passes the term by reference.
            loose_namespaces=_V1_34 <= version < _V1_37,
            scores_storage=version >= _V1_37,
            wants_drivers=version >= _V1_37,
            assumptions=tuple(_assumptions(version)),
        )

    def taint(self, taint: Taint) -> str:
        """The reason for refusing a node with this taint, which the pod does not tolerate."""
        if self.names_taint:
            return f"node(s) had untolerated taint {{{taint.key}: {taint.value}}}"
        return "node(s) had untolerated taint(s)"


_CLAIM_IN_USE = (
    "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod"
)
_CLAIM_IN_USE_1_33 = "node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode"


def _assumptions(version: KubernetesVersion) -> list[str]:
    if version < OLDEST:
        return [f"the scheduler of {version} is taken to behave as that of {OLDEST}"]
    if version == _V1_34:
        return ["1.34 is taken at patch 2 or later, where the text of taints became one for all taints"]
    if version > NEWEST:
        return [f"the scheduler of {version} is taken to behave as that of {NEWEST}"]
    return []
