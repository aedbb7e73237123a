"""Warnings about volumes, claims and drivers."""

from __future__ import annotations

from typing import Final

from k8slint.apiserver.validation.field import Field
from k8slint.apiserver.warnings.pod import node_term_warnings
from k8slint.apiserver.warnings.resources import claim_warnings
from k8slint.apiserver.warnings.volumes import gone_sources
from k8slint.objects.problem import Problem
from k8slint.values.well_known import OLD_CLASS

_GONE: Final = ("cephfs", "photonPersistentDisk", "scaleIO", "storageos", "glusterfs", "rbd")
_OLD: Final = 'deprecated since v1.8; use "storageClassName" attribute instead'
_RECYCLE: Final = (
    "The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning."
)
_TOKENS_SINCE: Final = 35
_TOKENS: Final = (
    "spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible"
    " logging of tokens in volume attributes"
)


def persistent_volume(obj: Field) -> None:
    """A PersistentVolume.

    Mirrors: pkg/api/persistentvolume/util.go GetWarningsForPersistentVolume @ v1.37
    """
    spec = obj["spec"]
    _old_class(obj)
    if spec["persistentVolumeReclaimPolicy"].value == "Recycle":
        spec["persistentVolumeReclaimPolicy"].warn(_RECYCLE, fix="write Retain or Delete")
    for term in spec["nodeAffinity"]["required"]["nodeSelectorTerms"]:
        node_term_warnings(term)
    gone_sources(spec, _GONE)


def persistent_volume_claim(obj: Field) -> None:
    """A PersistentVolumeClaim.

    Mirrors: pkg/api/persistentvolumeclaim/util.go GetWarningsForPersistentVolumeClaim @ v1.37
    """
    _old_class(obj)
    claim_warnings(obj["spec"])


def _old_class(obj: Field) -> None:
    annotation = obj["metadata"]["annotations"][OLD_CLASS]
    if annotation.is_set:
        annotation.warn(_OLD, fix="set spec.storageClassName, and remove the annotation")


def csi_driver(obj: Field) -> None:
    """A CSIDriver that asks for tokens and leaves serviceAccountTokenInSecrets unset.

    Mirrors: pkg/registry/storage/csidriver/strategy.go WarningsOnCreate @ v1.37
    """
    spec = obj["spec"]
    setting = spec["serviceAccountTokenInSecrets"]
    if spec["tokenRequests"] and not setting.is_set and setting.run.minor >= _TOKENS_SINCE:
        fix = "set it to true if the driver reads tokens there"
        setting.run.found.append(Problem(setting.path, _TOKENS, fix=fix, rule="apiserver-warning"))
