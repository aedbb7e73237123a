"""Where the data of a volume lies: one check for each source that pods and PersistentVolumes share."""

from __future__ import annotations

import re
from typing import Final

from k8slint.apiserver.validation.field import Check, Field, between, fields, given, needed, one_of, optional
from k8slint.apiserver.validation.formats import dns_label, dns_subdomain, no_backsteps
from k8slint.values.regex import regex

_LONGEST_DRIVER_NAME: Final = 63
_LONGEST_TENANT: Final = 64
_LONGEST_INITIATOR: Final = 64
_PARTITION: Final = optional(between(0, 255))
_HOST_PATH_TYPE: Final = one_of(
    "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"
)
_INITIATOR: Final = {
    "iqn": re.compile(r"iqn\.[0-9]{4}-[0-9]{2}\.[A-Za-z0-9.-]+:[^,;*&$|\s]+$"),
    "eui": re.compile(r"^eui.[A-Za-z0-9]{16}$"),
    "naa": re.compile(r"^naa.[A-Za-z0-9]{32}$"),
}
_HOST_AND_PORT = regex(r"(\[[^\[\]]*\]|[^\[\]:]*):[^\[\]:]*")
_PAIRS: Final = "must be a host:port pair or multiple pairs separated by commas"
_MANAGED_DISK: Final = "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}"
_BLOB_DISK: Final = "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"
_RESERVED: Final = (".k8s.io", ".kubernetes.io")


def secret_in_namespace(ref: Field) -> None:
    """A Secret by its name and namespace, both in form.

    Mirrors: pkg/apis/core/validation/validation.go validatePVSecretReference @ v1.37
    """
    _SECRET_IN_NAMESPACE(ref)


_SECRET_IN_NAMESPACE: Final = fields(name=needed(dns_subdomain), namespace=needed(dns_label))
_NAMED: Final = fields(name=needed())
_NAMED_IN_NAMESPACE: Final = fields(name=needed(), namespace=needed())


def csi_driver_name(name: Field) -> None:
    """The name of a CSI driver: a DNS subdomain of any case, and short.

    Mirrors: pkg/apis/core/validation/validation.go ValidateCSIDriverName @ v1.37
    """
    if not name:
        name.required()
    elif name.value.__class__ is str:
        if len(name.value.encode(errors="surrogatepass")) > _LONGEST_DRIVER_NAME:
            name.too_long(_LONGEST_DRIVER_NAME)
        for fault in dns_subdomain.faults(name.value.lower()):
            name.invalid(fault)


def host_path(source: Field) -> None:
    """A path of the node.

    Mirrors: pkg/apis/core/validation/validation.go validateHostPathVolumeSource @ v1.37
    """
    if source.is_hole:
        return
    path, kind = source["path"], source["type"]
    if not path:
        path.required()
        return
    no_backsteps(path)
    if kind.is_set:
        _HOST_PATH_TYPE(kind)


def nfs(source: Field) -> None:
    """A path of an NFS server. Of an absent path the server says too that it is not absolute.

    Mirrors: pkg/apis/core/validation/validation.go validateNFSVolumeSource @ v1.37
    """
    _NFS(source)


def _absolute(path: Field) -> None:
    if path.value.__class__ is str and not path.value.startswith("/"):
        path.invalid("must be an absolute path")


_NFS: Final = fields(server=needed(), path=needed(_absolute))


def iscsi(source: Field) -> None:
    """A disk of an iSCSI target, in a pod.

    Mirrors: pkg/apis/core/validation/validation.go validateISCSIVolumeSource @ v1.37
    """
    _iscsi(source, "must be valid format starting with iqn, eui, or naa")


def persistent_iscsi(source: Field) -> None:
    """A disk of an iSCSI target, as a PersistentVolume.

    Mirrors: pkg/apis/core/validation/validation.go validateISCSIPersistentVolumeSource @ v1.37
    """
    _iscsi(source, "must be valid format")
    if source["secretRef"].is_set:
        _NAMED(source["secretRef"])


def _iscsi(source: Field, unknown: str) -> None:
    if source.is_hole:
        return
    portal, target = source["targetPortal"], source["iqn"]
    initiator = source["initiatorName"].named_as(source, "initiatorname")
    if not portal:
        portal.required()
    if not target:
        target.required()
    else:
        _initiator(target, unknown)
    between(0, 255)(source["lun"])
    needs_secret = source["chapAuthDiscovery"].value is True or source["chapAuthSession"].value is True
    if needs_secret and not source["secretRef"].is_set:
        source["secretRef"].required()
    if initiator.is_set:
        _initiator(initiator, unknown)


def _initiator(name: Field, unknown: str) -> None:
    if name.value.__class__ is not str:
        return
    form = _INITIATOR.get(name.value[:3])
    if form is None:
        name.invalid(unknown)
    elif not form.search(name.value):
        name.invalid("must be valid format")


def initiator_and_volume(source: Field, name: Field, place: Field) -> None:
    """Where the initiator has a name, the node makes one for it of the volume and the portal.

    Mirrors: pkg/apis/core/validation/validation.go validateVolumeSource, validateISCSIPersistentVolumeSource @ v1.37
    """
    texts = (name.value or "", source["targetPortal"].value or "")
    if not source["initiatorName"].is_set or any(text.__class__ is not str for text in texts):
        return
    if len(":".join(texts).encode(errors="surrogatepass")) > _LONGEST_INITIATOR:
        said = (
            "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is"
            " specified."
        )
        place.invalid(said, place.value or "")


def fibre_channel(source: Field) -> None:
    """A disk of a Fibre Channel target.

    Mirrors: pkg/apis/core/validation/validation.go validateFCVolumeSource @ v1.37
    """
    if source.is_hole:
        return
    targets, lun = source["targetWWNs"], source["lun"]
    if not targets and not source["wwids"]:
        targets.required("must specify either targetWWNs or wwids, but not both")
    if not targets:
        return
    if source["wwids"]:
        targets.invalid("targetWWNs and wwids can not be specified simultaneously", fix="remove one of the two")
    if not lun.is_set:
        lun.required("lun is required if targetWWNs is specified")
    else:
        between(0, 255)(lun)


def azure_disk(source: Field) -> None:
    """A disk of Azure, whose URI is of its kind.

    Mirrors: pkg/apis/core/validation/validation.go validateAzureDisk @ v1.37
    """
    _AZURE_DISK(source)
    kind, uri = source["kind"].value or "Shared", source["diskURI"]
    if uri.value.__class__ is not str or kind.__class__ is not str:
        return
    if kind == "Managed" and not uri.value.startswith("/subscriptions/"):
        uri.unsupported((_MANAGED_DISK,))
    elif kind != "Managed" and not uri.value.startswith("https://"):
        uri.unsupported((_BLOB_DISK,))


_AZURE_DISK: Final = fields(
    diskName=needed(),
    diskURI=needed(),
    cachingMode=given(one_of("None", "ReadOnly", "ReadWrite")),
    kind=given(one_of("Dedicated", "Managed", "Shared")),
)


def flex_volume(source: Field) -> None:
    """A volume of a driver that lies on the nodes.

    Mirrors: pkg/apis/core/validation/validation.go validateFlexVolumeSource @ v1.37
    """
    if source.is_hole:
        return
    if not source["driver"]:
        source["driver"].required()
    for key, option in source["options"].entries():
        if f".{key.partition('/')[0].lower()}".endswith(_RESERVED):
            option.invalid("kubernetes.io and k8s.io namespaces are reserved", key)


def flocker(source: Field) -> None:
    """A data set of Flocker, by its name or its id.

    Mirrors: pkg/apis/core/validation/validation.go validateFlockerVolumeSource @ v1.37
    """
    name, uid = source["datasetName"], source["datasetUUID"]
    if not name and not uid:
        source.required("one of datasetName and datasetUUID is required")
    elif name and uid:
        source.invalid("datasetName and datasetUUID can not be specified simultaneously", "resource")
    if name.value.__class__ is str and "/" in name.value:
        name.invalid("must not contain '/'")


def quobyte(source: Field) -> None:
    """A volume of Quobyte.

    Mirrors: pkg/apis/core/validation/validation.go validateQuobyteVolumeSource @ v1.37
    """
    if source.is_hole:
        return
    registry = source["registry"]
    if not registry:
        registry.required(_PAIRS)
    elif len(source["tenant"]) > _LONGEST_TENANT:
        source["tenant"].required("must be a UUID and may not exceed a length of 64 characters")
    elif registry.value.__class__ is str and not all(map(_HOST_AND_PORT.fullmatch, registry.value.split(","))):
        registry.invalid(_PAIRS)
    if not source["volume"]:
        source["volume"].required()


def _storage_os(secret: Check) -> Check:
    return fields(volumeName=needed(dns_label), volumeNamespace=optional(dns_label), secretRef=given(secret))


local: Final = fields(path=needed(no_backsteps))
gce_disk: Final = fields(pdName=needed(), partition=_PARTITION)
aws_disk: Final = fields(volumeID=needed(), partition=_PARTITION)
glusterfs: Final = fields(endpoints=needed(), path=needed())
rbd: Final = fields(monitors=needed(), image=needed())
cephfs: Final = fields(monitors=needed())
azure_file: Final = fields(secretName=needed(), shareName=needed())
vsphere: Final = fields(volumePath=needed())
photon: Final = fields(pdID=needed())
portworx: Final = fields(volumeID=needed())
scale_io: Final = fields(gateway=needed(), system=needed(), volumeName=needed())
cinder: Final = fields(volumeID=needed(), secretRef=given(_NAMED))
persistent_cinder: Final = fields(volumeID=needed(), secretRef=given(_NAMED_IN_NAMESPACE))
storage_os: Final = _storage_os(_NAMED)
persistent_storage_os: Final = _storage_os(_NAMED_IN_NAMESPACE)
