"""PersistentVolumeClaims, and templates of them."""

from __future__ import annotations

from typing import Final

from k8slint.apiserver.validation.core.resources import amount_of
from k8slint.apiserver.validation.field import Field, fields, given, needed, one_of, optional
from k8slint.apiserver.validation.formats import dns_label, dns_subdomain
from k8slint.apiserver.validation.metadata import validate_template_metadata
from k8slint.apiserver.validation.selectors import label_selector
from k8slint.values.field_path import Key

_SNAPSHOTS: Final = "snapshot.storage.k8s.io"
_ONE_POD: Final = "ReadWriteOncePod"
_ACCESS_MODES: Final = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", _ONE_POD)
_ACCESS_MODE: Final = one_of(*_ACCESS_MODES)
VOLUME_MODE: Final = given(one_of("Block", "Filesystem"))
"""Whether a volume is a block device or has files."""


def persistent_volume_claim(obj: Field) -> None:
    """A PersistentVolumeClaim.

    Mirrors: pkg/apis/core/validation/validation.go ValidatePersistentVolumeClaim @ v1.37
    """
    claim_spec(obj["spec"])


def claim_template(template: Field) -> None:
    """The template of an ephemeral volume's claim: only labels and annotations of its metadata count.

    Mirrors: pkg/apis/core/validation/validation.go ValidatePersistentVolumeClaimTemplate @ v1.37
    """
    validate_template_metadata(template["metadata"])
    claim_spec(template["spec"])


def claim_templates(templates: Field) -> None:
    """The claim templates of a StatefulSet, which are validated since 1.34. Each is a volume by its name.

    Mirrors: pkg/apis/apps/validation/validation.go ValidateStatefulSetSpec @ v1.37
    """
    for template in templates:
        if template.is_hole:
            continue
        name = template["metadata"]["name"]
        if name:
            dns_label(name)
        else:
            name.required()
        claim_spec(template["spec"])


def claim_spec(spec: Field) -> None:
    """What a claim asks for.

    The server's path of the storage leaves `requests` out.

    Mirrors: pkg/apis/core/validation/validation.go ValidatePersistentVolumeClaimSpec @ v1.37
    """
    if spec.is_hole:
        return
    modes = spec["accessModes"]
    if not modes:
        modes.required("at least 1 access mode is required", fix="write accessModes: [ReadWriteOnce]")
    label_selector(spec["selector"])
    access_modes(modes)
    _storage(spec["resources"])
    _CLASSES(spec)
    _data_sources(spec)
    attributes = spec["volumeAttributesClassName"]
    if attributes and attributes.run.has("VolumeAttributesClass"):
        dns_subdomain(attributes)


def access_modes(modes: Field) -> None:
    """The ways in which a volume may be mounted."""
    known = set()
    for mode in modes:
        if mode.value is None:
            mode.unsupported(_ACCESS_MODES)
        else:
            _ACCESS_MODE(mode)
        if mode.value in _ACCESS_MODES:
            known.add(mode.value)
    if _ONE_POD in known and len(known) > 1:
        modes.forbidden("may not use ReadWriteOncePod with other access modes", fix="keep one of them")


def _storage(resources: Field) -> None:
    storage = resources["requests"]["storage"].named_as(resources, Key("storage"))
    if not storage.is_set:
        storage.required(fix="write how much, as storage: 1Gi")
        return
    positive_amount(storage)


def positive_amount(field: Field) -> None:
    """An amount above zero.

    Mirrors: pkg/apis/core/validation/validation.go ValidatePositiveQuantityValue @ v1.37
    """
    amount = amount_of(field)
    if amount is not None and amount.nanos <= 0:
        field.invalid("must be greater than zero", str(amount))


def _data_sources(spec: Field) -> None:
    """What the volume is filled with.

    The server drops the older field if it does not know the kind, and the newer one if it names a namespace. If one of
    the two is left, it copies that to the other, and reports a fault twice; here it is reported once.

    Mirrors: pkg/api/persistentvolumeclaim/util.go DropDisabledFields, NormalizeDataSources @ v1.37
    """
    source, ref = spec["dataSource"], spec["dataSourceRef"]
    uses_ref = ref.is_set and not ref["namespace"]
    uses_source = source.is_set and _is_known(source)
    if uses_source:
        _data_source(source)
    if uses_ref:
        _data_source(ref)
    if uses_ref and uses_source and not (source.is_hole or ref.is_hole) and _key(source) != _key(ref):
        spec.invalid("must match dataSourceRef", "spec.dataSource", at=("dataSource",), fix="remove dataSource")


def _is_known(source: Field) -> bool:
    kind, group = source["kind"], source["apiGroup"].value or ""
    return (kind.value == "PersistentVolumeClaim" and not group) or (
        kind.value == "VolumeSnapshot" and group == _SNAPSHOTS
    )


def _key(source: Field) -> tuple[object, ...]:
    return tuple(source[name].value or "" for name in ("apiGroup", "kind", "name"))


def _data_source(source: Field) -> None:
    """Mirrors: pkg/apis/core/validation/validation.go validateDataSource, validateDataSourceRef @ v1.37."""
    _NAMED(source)
    kind, group = source["kind"], source["apiGroup"]
    if kind and not group and not kind.may_be("PersistentVolumeClaim"):
        said = "must be 'PersistentVolumeClaim' when referencing the default apiGroup"
        source.invalid(said, kind.value, fix="add the apiGroup of the kind")
    if group:
        dns_subdomain(group)
    if source["namespace"]:
        dns_label(source["namespace"])


_NAMED: Final = fields(name=needed(), kind=needed())
_CLASSES: Final = fields(storageClassName=optional(dns_subdomain), volumeMode=VOLUME_MODE)
