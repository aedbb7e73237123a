"""The volumes of a pod: names, and one source each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from k8slint.apiserver.validation.core import projections, volume_sources
from k8slint.apiserver.validation.core.resources import amount_of
from k8slint.apiserver.validation.field import Check, Field, fields, needed, one_of, optional
from k8slint.apiserver.validation.formats import dns_label, dns_subdomain, local_descending_path

# What the server calls a source in its errors.
_SAID: Final = {"gcePersistentDisk": "persistentDisk"}
_SECOND: Final = "may not specify more than 1 volume type"


def volumes(spec: Field, metadata: Field, *, is_template: bool) -> frozenset[str]:
    """The volumes of a pod; the names of those that are refused, so that nothing can be mounted of them.

    Mirrors: pkg/apis/core/validation/validation.go ValidateVolumes @ v1.37
    """
    pod = "" if is_template else metadata["name"].value or ""
    created = _created_claims(spec["volumes"], pod) if pod.__class__ is str else frozenset()
    names: set[str] = set()
    refused: set[str] = set()
    for volume in spec["volumes"]:
        if volume.is_hole or (volume["image"].is_set and not volume.run.has("ImageVolume")):
            continue
        name, before = volume["name"], len(volume.run.found)
        _source(volume, pod)
        if name:
            dns_label(name)
        else:
            name.required()
        text = name.value
        if text in names:
            name.duplicate()
        elif text.__class__ is str:
            (names if len(volume.run.found) == before else refused).add(text)
        claim = volume["persistentVolumeClaim"]["claimName"]
        if claim.value in created:
            claim.invalid("must not reference a PVC that gets created for an ephemeral volume")
    return frozenset(refused - names)


def _created_claims(listed: Field, pod: str) -> frozenset[str]:
    """The names of the claims that are made for the pod's ephemeral volumes."""
    if not pod:
        return frozenset()
    return frozenset(f"{pod}-{volume['name'].value}" for volume in listed if volume["ephemeral"].is_set)


def _source(volume: Field, pod: str) -> None:
    """The one source of a volume; without any it is an emptyDir.

    Mirrors: pkg/apis/core/validation/validation.go validateVolumeSource @ v1.37
    """
    written = volume.written(_SOURCES)
    for name in written[1:]:
        volume[name].forbidden(_SECOND, fix="keep one source, or make two volumes")
    for name in written[:1]:
        said = _SAID.get(name)
        _SOURCES[name](volume[name] if said is None else volume[name].named_as(volume, said))
    own = volume["name"].value
    if "iscsi" in written[:1]:
        volume_sources.initiator_and_volume(volume["iscsi"], volume["name"], volume["name"])
    if "ephemeral" in written[:1] and pod.__class__ is str and own.__class__ is str and pod and own:
        for fault in dns_subdomain.faults(f"{pod}-{own}"):
            volume["name"].invalid(f'PVC name "{pod}-{own}": {fault}')


def _empty_dir(source: Field) -> None:
    limit = source["sizeLimit"]
    amount = amount_of(limit)
    if amount is not None and amount.nanos < 0:
        limit.forbidden("SizeLimit field must be a valid resource quantity")


def _csi(source: Field) -> None:
    """A volume that a driver makes for the pod. The server misses a part of the path of a Secret's wrong name.

    Mirrors: pkg/apis/core/validation/validation.go validateCSIVolumeSource @ v1.37
    """
    _CSI(source)
    ref = source["nodePublishSecretRef"]
    name = ref["name"]
    if name:
        dns_subdomain(name.named_as(source, "name"))
    elif ref.is_set:
        name.required()


def _ephemeral(source: Field) -> None:
    template = source["volumeClaimTemplate"]
    if not template.is_set:
        template.required()
    else:
        from k8slint.apiserver.validation.core.persistent_volume_claim import claim_template  # noqa: PLC0415 - few volumes have one

        claim_template(template)


_CSI: Final = fields(driver=needed(volume_sources.csi_driver_name))
# In the order of the server.
_SOURCES: Final[Mapping[str, Check]] = {
    "emptyDir": _empty_dir,
    "hostPath": volume_sources.host_path,
    "gitRepo": fields(repository=needed(), directory=optional(local_descending_path)),
    "gcePersistentDisk": volume_sources.gce_disk,
    "awsElasticBlockStore": volume_sources.aws_disk,
    "secret": projections.secret,
    "nfs": volume_sources.nfs,
    "iscsi": volume_sources.iscsi,
    "glusterfs": volume_sources.glusterfs,
    "persistentVolumeClaim": fields(claimName=needed()),
    "rbd": volume_sources.rbd,
    "flexVolume": volume_sources.flex_volume,
    "cinder": volume_sources.cinder,
    "cephfs": volume_sources.cephfs,
    "flocker": volume_sources.flocker,
    "downwardAPI": projections.downward_api,
    "fc": volume_sources.fibre_channel,
    "azureFile": volume_sources.azure_file,
    "configMap": projections.config_map,
    "vsphereVolume": volume_sources.vsphere,
    "quobyte": volume_sources.quobyte,
    "azureDisk": volume_sources.azure_disk,
    "photonPersistentDisk": volume_sources.photon,
    "portworxVolume": volume_sources.portworx,
    "scaleIO": volume_sources.scale_io,
    "storageos": volume_sources.storage_os,
    "projected": projections.projected,
    "csi": _csi,
    "ephemeral": _ephemeral,
    "image": fields(reference=needed(), pullPolicy=optional(one_of("Always", "IfNotPresent", "Never"))),
}
