"""Feature gates that change what the API server accepts, by upstream's name.

Mirrors: pkg/features/kube_features.go defaultVersionedKubernetesFeatureGates @ v1.37
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# The first minor in which the gate is on by default; 0 if that is older than every bundled minor.
ENABLED_SINCE: Final[Mapping[str, int]] = {
    "ClusterTrustBundleProjection": 37,
    "ContainerRestartRules": 35,
    "CustomResourceFieldSelectors": 31,
    "DRAConsumableCapacity": 36,
    "DRADeviceBindingConditions": 36,
    "DRADeviceTaints": 36,
    "DRAPartitionableDevices": 36,
    "DynamicResourceAllocation": 34,
    "EnvFiles": 35,
    "HPAConfigurableTolerance": 35,
    "HPAScaleToZero": 37,
    "HostnameOverride": 35,
    "ImageVolume": 35,
    "InPlacePodVerticalScaling": 33,
    "JobBackoffLimitPerIndex": 29,
    "JobManagedBy": 32,
    "JobPodReplacementPolicy": 29,
    "JobSuccessPolicy": 31,
    "MatchLabelKeysInPodTopologySpreadSelectorMerge": 34,
    "MaxUnavailableStatefulSet": 37,
    "MutableCSINodeAllocatableCount": 35,
    "PodCertificateRequest": 37,
    "PodLevelResources": 34,
    "PodLifecycleSleepActionAllowZero": 33,
    "PreferSameTrafficDistribution": 34,
    "ProcMountType": 33,
    "RecursiveReadOnlyMounts": 31,
    "RelaxedDNSSearchValidation": 33,
    "RelaxedEnvironmentVariableValidation": 32,
    "RelaxedServiceNameValidation": 36,
    "RestartAllContainersOnContainerExits": 36,
    "SELinuxMount": 36,
    "StrictIPCIDRValidation": 36,
    "UserNamespacesSupport": 33,
    "VolumeAttributesClass": 34,
}


def is_enabled(gate: str, minor: int) -> bool:
    """Whether the gate is on by default in the minor.

    >>> is_enabled("RelaxedServiceNameValidation", 35), is_enabled("RelaxedServiceNameValidation", 36)
    (False, True)
    """
    return minor >= ENABLED_SINCE[gate]
