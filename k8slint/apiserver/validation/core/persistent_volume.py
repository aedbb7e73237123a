"""PersistentVolumes, as the API server validates them on creation."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Final

from k8slint.apiserver.validation.core import volume_sources as sources
from k8slint.apiserver.validation.core.persistent_volume_claim import VOLUME_MODE, access_modes, positive_amount
from k8slint.apiserver.validation.field import Check, Field, fields, given, needed, one_of, optional
from k8slint.apiserver.validation.formats import dns_label, dns_subdomain
from k8slint.apiserver.validation.selectors import node_selector

_LOCAL: Final = "local-volume-without-node-affinity"
_SECOND: Final = "may not specify more than 1 volume type"
_INLINE: Final = "may not be specified in the context of inline volumes"
_MOUNT_OPTIONS: Final = "volume.beta.kubernetes.io/mount-options"
# Other sources take no mount options, or have their own field for them.
_WITH_MOUNT_OPTIONS: Final = (
    "awsElasticBlockStore",
    "azureDisk",
    "azureFile",
    "cephfs",
    "cinder",
    "gcePersistentDisk",
    "glusterfs",
    "iscsi",
    "nfs",
    "photonPersistentDisk",
    "quobyte",
    "rbd",
    "vsphereVolume",
)
_POLICY: Final = one_of("Delete", "Recycle", "Retain")


def persistent_volume(obj: Field) -> None:
    """A PersistentVolume.

    Mirrors: pkg/apis/core/validation/validation.go ValidatePersistentVolume @ v1.37
    """
    spec, metadata = obj["spec"], obj["metadata"]
    if spec.is_hole:
        return
    if not spec["accessModes"]:
        spec["accessModes"].required(fix="write accessModes: [ReadWriteOnce]")
    access_modes(spec["accessModes"])
    _capacity(spec["capacity"])
    if spec["persistentVolumeReclaimPolicy"]:
        _POLICY(spec["persistentVolumeReclaimPolicy"])
    _node_affinity(spec)
    _source(spec, metadata["name"])
    _CLASSES(spec)
    _attributes_class(spec)
    options = metadata["annotations"][_MOUNT_OPTIONS]
    if options.is_set and not spec.written(_WITH_MOUNT_OPTIONS):
        options.forbidden("may not specify mount options for this volume type", fix="remove the annotation")


def inline_volume(spec: Field) -> None:
    """The spec of a PersistentVolume within a VolumeAttachment.

    Mirrors: pkg/apis/core/validation/validation.go ValidatePersistentVolumeSpec @ v1.37
    """
    if spec.is_hole:
        return
    for name in ("claimRef", "capacity", "nodeAffinity", "storageClassName"):
        if spec[name] or (name in ("claimRef", "nodeAffinity") and spec[name].is_set):
            spec[name].forbidden(_INLINE, fix="remove it")
    if not spec["csi"].is_set:
        spec["csi"].required("has to be specified in the context of inline volumes")
    if not spec["accessModes"]:
        spec["accessModes"].required()
    access_modes(spec["accessModes"])
    policy, mode = spec["persistentVolumeReclaimPolicy"], spec["volumeMode"]
    if policy and not policy.may_be("Retain"):
        policy.forbidden("may only be Retain in the context of inline volumes", fix="remove it")
    _source(spec, Field(None, spec.run))
    if mode.is_set and not mode.may_be("Filesystem"):
        mode.forbidden("may not specify volumeMode other than Filesystem in the context of inline volumes")
    _attributes_class(spec)


def _capacity(capacity: Field) -> None:
    """The size. If it is absent, the server also reports that it has no storage."""
    if not capacity:
        capacity.required(fix="write how much, as storage: 1Gi")
        return
    names = [name for name, _ in capacity.entries()]
    if not capacity.is_hole and names != ["storage"]:
        capacity.unsupported(("storage",))
    for _, amount in capacity.entries():
        positive_amount(amount)


def _node_affinity(spec: Field) -> None:
    affinity = spec["nodeAffinity"]
    if affinity["required"].is_set:
        node_selector(affinity["required"])
    elif affinity.is_set:
        rule = _LOCAL if spec["local"].is_set else "required-field"
        affinity["required"].required("must specify required node constraints", rule=rule)


def _source(spec: Field, name: Field) -> None:
    """The source: exactly one; a flexVolume may stand beside another.

    Mirrors: pkg/apis/core/validation/validation.go ValidatePersistentVolumeSpec @ v1.37
    """
    written = spec.written(_SOURCES)
    if not written:
        spec.required("must specify a volume type")
    for place, one in enumerate(written):
        if place and one != "flexVolume":
            spec[one].forbidden(_SECOND, fix="keep one source")
        else:
            _SOURCES[one](spec[one])
    if "iscsi" in written:
        sources.initiator_and_volume(
            spec["iscsi"], name, spec["iscsi"]["targetPortal"].named_as(spec["iscsi"], "targetportal")
        )
    if "local" in written[:1] and not spec["nodeAffinity"].is_set:
        spec["nodeAffinity"].required("Local volume requires node affinity", rule=_LOCAL)
    path, policy = spec["hostPath"]["path"], spec["persistentVolumeReclaimPolicy"]
    if (
        path.value.__class__ is str
        and policy.value == "Recycle"
        and posixpath.normpath(path.value or ".") in ("/", "//")
    ):
        policy.forbidden("may not be 'recycle' for a hostPath mount of '/'")


def _attributes_class(spec: Field) -> None:
    name = spec["volumeAttributesClassName"]
    if not name.is_set or not name.run.has("VolumeAttributesClass"):
        return
    if not name:
        name.required("an empty string is disallowed", fix="remove it")
    else:
        dns_subdomain(name)
    if not spec["csi"].is_set:
        spec["csi"].required("has to be specified when using volumeAttributesClassName")


def _namespace(name: Field) -> None:
    if not name:
        name.invalid("if the endpointnamespace is set, it must be a valid namespace name")
    else:
        dns_label(name)


def _not_empty(field: Field) -> None:
    if not field:
        field.required()


_CLASSES: Final = fields(storageClassName=optional(dns_subdomain), volumeMode=VOLUME_MODE)
_SECRET_REF: Final = given(sources.secret_in_namespace)
_CSI: Final = fields(
    driver=needed(sources.csi_driver_name),
    volumeHandle=needed(),
    controllerPublishSecretRef=_SECRET_REF,
    controllerExpandSecretRef=_SECRET_REF,
    nodePublishSecretRef=_SECRET_REF,
    nodeExpandSecretRef=_SECRET_REF,
)
# In the server's order.
_SOURCES: Final[Mapping[str, Check]] = {
    "hostPath": sources.host_path,
    "gcePersistentDisk": sources.gce_disk,
    "awsElasticBlockStore": sources.aws_disk,
    "glusterfs": fields(endpoints=needed(), path=needed(), endpointsNamespace=given(_namespace)),
    "flocker": sources.flocker,
    "nfs": sources.nfs,
    "rbd": sources.rbd,
    "quobyte": sources.quobyte,
    "cephfs": sources.cephfs,
    "iscsi": sources.persistent_iscsi,
    "cinder": sources.persistent_cinder,
    "fc": sources.fibre_channel,
    "flexVolume": sources.flex_volume,
    "azureFile": fields(secretName=needed(), shareName=needed(), secretNamespace=given(_not_empty)),
    "vsphereVolume": sources.vsphere,
    "photonPersistentDisk": sources.photon,
    "portworxVolume": sources.portworx,
    "azureDisk": sources.azure_disk,
    "scaleIO": sources.scale_io,
    "local": sources.local,
    "storageos": sources.persistent_storage_os,
    "csi": _CSI,
}
