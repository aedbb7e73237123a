"""Feature gates that change what the API server takes, by upstream's name.

Mirrors: pkg/features/kube_features.go defaultVersionedKubernetesFeatureGates @ v1.37
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# The first minor in which the gate is on by default; 0 if that was before every minor that is known here.
ENABLED_SINCE: Final[Mapping[str, int]] = {
    "ContainerRestartRules": 35,
    "CustomResourceFieldSelectors": 31,
    "DRAConsumableCapacity": 36,
    "DRADeviceBindingConditions": 36,
    "DRADeviceTaints": 36,
    "DRAPartitionableDevices": 36,
    "DynamicResourceAllocation": 34,
    "EnvFiles": 35,
    "InPlacePodVerticalScaling": 33,
    "PodLevelResources": 34,
    "PodLifecycleSleepActionAllowZero": 33,
    "ProcMountType": 33,
    "RecursiveReadOnlyMounts": 31,
    "RelaxedEnvironmentVariableValidation": 32,
    "RelaxedServiceNameValidation": 36,
    "RestartAllContainersOnContainerExits": 36,
}


def is_enabled(gate: str, minor: int) -> bool:
    """Whether the gate is on by default in the minor.

    >>> is_enabled("RelaxedServiceNameValidation", 35), is_enabled("RelaxedServiceNameValidation", 36)
    (False, True)
    """
    return minor >= ENABLED_SINCE[gate]
