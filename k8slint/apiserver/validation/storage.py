"""The kinds of the group storage, as the API server validates them on creation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from k8slint.apiserver.validation.core.persistent_volume import inline_volume
from k8slint.apiserver.validation.core.projections import token_expiration
from k8slint.apiserver.validation.core.resources import amount_of
from k8slint.apiserver.validation.core.volume_sources import csi_driver_name
from k8slint.apiserver.validation.field import Field, Form, Unique, fields, given, not_negative, one_of
from k8slint.apiserver.validation.formats import dns_subdomain, qualified_name
from k8slint.apiserver.validation.selectors import label_key, label_selector
from k8slint.values.regex import regex

_MOST_PARAMETERS: Final = 512
_MOST_PARAMETER_BYTES: Final = 256 * 1024
_MOST_OF_NODE_ID: Final = 256
_MOST_OF_ATTACHER: Final = 63
_MOST_OF_MESSAGE: Final = 1024
_RECLAIM_POLICY: Final = one_of("", "Delete", "Retain")
_LABEL: Final = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_CASELESS = regex(rf"{_LABEL}(\.{_LABEL})*", re.IGNORECASE | re.ASCII)


@Form
def _caseless_subdomain(text: str) -> Iterator[str]:
    """A DNS subdomain, in letters of any case."""
    if len(text) > 253:
        yield "must be no more than 253 characters"
    if not _CASELESS.fullmatch(text):
        yield (
            "an RFC 1123 subdomain must consist of alphanumeric characters, '-' or '.', and must start and end with an"
            f" alphanumeric character (e.g. 'Example.com', regex used for validation is '{_LABEL}(\\.{_LABEL})*')"
        )


def storage_class(obj: Field) -> None:
    """A StorageClass.

    Mirrors: pkg/apis/storage/validation/validation.go ValidateStorageClass @ v1.37
    """
    _provisioner(obj["provisioner"])
    _parameters(obj["parameters"])
    if obj["reclaimPolicy"].is_set:
        _RECLAIM_POLICY(obj["reclaimPolicy"])
    _BINDING(obj)
    _topologies(obj["allowedTopologies"])


_BINDING: Final = fields(volumeBindingMode=given(one_of("Immediate", "WaitForFirstConsumer")))


def _provisioner(name: Field) -> None:
    """The name of a driver: a qualified name, in letters of any case.

    Mirrors: pkg/apis/storage/validation/validation.go validateProvisioner @ v1.37
    """
    if not name:
        name.required()
    elif name.value.__class__ is str:
        for fault in qualified_name.faults(name.value.lower()):
            name.invalid(fault)


def _parameters(parameters: Field) -> None:
    """The parameters of a driver.

    Mirrors: pkg/apis/storage/validation/validation.go validateParameters @ v1.37
    """
    if len(parameters) > _MOST_PARAMETERS:
        parameters.too_long(_MOST_PARAMETERS)
        return
    size = 0
    for key, value in parameters.entries():
        if not key:
            parameters.invalid("field can not be empty.", key)
        text = value.value if value.value.__class__ is str else ""
        size += len((key + text).encode(errors="surrogatepass"))
    if size > _MOST_PARAMETER_BYTES:
        parameters.too_long(_MOST_PARAMETER_BYTES)


def _topologies(terms: Field) -> None:
    """Where volumes may be created: labels of nodes with values, none of them twice.

    Mirrors: pkg/apis/storage/validation/validation.go validateAllowedTopologies,
    pkg/apis/core/validation/validation.go ValidateTopologySelectorTerm @ v1.37
    """
    known: list[dict[str, Any]] = []
    for term in terms:
        keys: dict[str, Any] = {}
        for requirement in term["matchLabelExpressions"]:
            key, values = requirement["key"], requirement["values"]
            if not values:
                values.required()
            distinct = Unique()
            for value in values:
                distinct.add(value)
            label_key(key)
            if key.value.__class__ is not str:
                continue
            if key.value in keys:
                key.duplicate("")
            keys[key.value] = {value.value for value in values if value.value.__class__ is str}
        if keys in known and not term.is_hole:
            term["matchLabelExpressions"].duplicate("")
        known.append(keys)


def volume_attributes_class(obj: Field) -> None:
    """A VolumeAttributesClass.

    Mirrors: pkg/apis/storage/validation/validation.go ValidateVolumeAttributesClass @ v1.37
    """
    _provisioner(obj["driverName"])
    if not obj["parameters"]:
        obj["parameters"].required("must contain at least one key/value pair")
    _parameters(obj["parameters"])


def volume_attachment(obj: Field) -> None:
    """A VolumeAttachment.

    Mirrors: pkg/apis/storage/validation/validation.go ValidateVolumeAttachment, ValidateVolumeAttachmentV1 @ v1.37
    """
    spec = obj["spec"]
    if spec.is_hole:
        return
    attacher, source, name = spec["attacher"], spec["source"], spec["nodeName"]
    if not attacher:
        attacher.required()
    else:
        if len(attacher) > _MOST_OF_ATTACHER:
            attacher.too_long(_MOST_OF_ATTACHER)
        _caseless_subdomain(attacher)
    _attached(source)
    dns_subdomain.item(name)
    status = obj["status"]
    for error in ("attachError", "detachError"):
        if len(status[error]["message"]) > _MOST_OF_MESSAGE:
            status[error]["message"].too_long(_MOST_OF_MESSAGE)


def _attached(source: Field) -> None:
    inline, name = source["inlineVolumeSpec"], source["persistentVolumeName"]
    if inline.is_set and name.is_set:
        source.forbidden("must specify exactly one of inlineVolumeSpec and persistentVolumeName")
    elif inline.is_set:
        inline_volume(inline)
    elif not name.is_set:
        source.required("must specify exactly one of inlineVolumeSpec and persistentVolumeName")
    elif not name:
        name.required("must specify non empty persistentVolumeName")
    else:
        dns_subdomain(name)


def csi_node(obj: Field) -> None:
    """A CSINode.

    Mirrors: pkg/apis/storage/validation/validation.go ValidateCSINode @ v1.37
    """
    names = Unique()
    for driver in obj["spec"]["drivers"]:
        if driver.is_hole:
            continue
        name, node_id, keys = driver["name"], driver["nodeID"], driver["topologyKeys"]
        csi_driver_name(name)
        if not node_id:
            node_id.required()
        elif len(node_id) > _MOST_OF_NODE_ID:
            node_id.invalid(f"must be {_MOST_OF_NODE_ID} characters or less")
        not_negative(driver["allocatable"]["count"])
        names.add(name)
        known: set[str] = set()
        for key in keys:
            # The server reports this at the path of the driver.
            text, at = key.value or "", key.path[len(driver.path) :]
            if text.__class__ is not str:
                continue
            if not text:
                driver.required()
            elif text in known:
                driver.duplicate(text, at=at)
            known.add(text)
            for fault in qualified_name.faults(text) if text else ():
                driver.invalid(fault, text, at=at)


def csi_driver(obj: Field) -> None:
    """A CSIDriver.

    Mirrors: pkg/apis/storage/validation/validation.go ValidateCSIDriver @ v1.37
    """
    spec = obj["spec"]
    _GROUP_POLICY(spec)
    audiences: set[str] = set()
    for request in spec["tokenRequests"]:
        audience = request["audience"].value or ""
        if audience in audiences:
            request["audience"].duplicate(audience)
            continue
        audiences.add(audience)
        _TOKEN(request)
    for mode in spec["volumeLifecycleModes"]:
        _LIFECYCLE(mode)
    period = spec["nodeAllocatableUpdatePeriodSeconds"]
    if period.value.__class__ is int and period.value < 10 and period.run.has("MutableCSINodeAllocatableCount"):
        period.invalid("must be greater than or equal to 10 seconds")


_GROUP_POLICY: Final = fields(fsGroupPolicy=given(one_of("File", "None", "ReadWriteOnceWithFSType")))
_LIFECYCLE: Final = one_of("Ephemeral", "Persistent")
_TOKEN: Final = fields(expirationSeconds=token_expiration)


def csi_storage_capacity(obj: Field) -> None:
    """A CSIStorageCapacity.

    Mirrors: pkg/apis/storage/validation/validation.go ValidateCSIStorageCapacity @ v1.37
    """
    label_selector(obj["nodeTopology"])
    dns_subdomain.item(obj["storageClassName"])
    for name in ("capacity", "maximumVolumeSize"):
        amount = amount_of(obj[name])
        if amount is not None and amount.nanos < 0:
            obj[name].invalid("must be greater than or equal to 0", str(amount))
