"""The metadata of every object, and the form that the names of a kind have.

Mirrors: apimachinery pkg/api/validation/objectmeta.go ValidateObjectMetaAccessor @ v1.37
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from k8slint.apiserver.validation.field import Field, Form, needed
from k8slint.apiserver.validation.formats import (
    dns_1035_label,
    dns_label,
    dns_subdomain,
    label_value,
    path_segment_name,
    qualified_name,
)

_MOST_ANNOTATION_BYTES: Final = 256 * 1024
# Without a name these get one, or are answered and never stored.
_NAMED_BY_THE_SERVER: Final = frozenset(
    (
        "LimitRange",
        "Binding",
        "Eviction.policy",
        "LocalSubjectAccessReview.authorization.k8s.io",
        "SelfSubjectAccessReview.authorization.k8s.io",
        "SelfSubjectReview.authentication.k8s.io",
        "SelfSubjectRulesReview.authorization.k8s.io",
        "SubjectAccessReview.authorization.k8s.io",
        "TokenRequest.authentication.k8s.io",
        "TokenReview.authentication.k8s.io",
    )
)
_CORE_FINALIZERS: Final = ("foregroundDeletion", "kubernetes", "orphan")
# Of kinds that are not here, names are DNS subdomains. None: any name will do, or the kind's own validation asks.
NAME_FORMS: Final[Mapping[str, Form | None]] = {
    "APIService.apiregistration.k8s.io": path_segment_name,
    "CertificateSigningRequest.certificates.k8s.io": None,
    "ClusterRole.rbac.authorization.k8s.io": path_segment_name,
    "ClusterRoleBinding.rbac.authorization.k8s.io": path_segment_name,
    "Namespace": dns_label,
    "Role.rbac.authorization.k8s.io": path_segment_name,
    "RoleBinding.rbac.authorization.k8s.io": path_segment_name,
    "StatefulSet.apps": dns_label,
}


def validate_metadata(metadata: Field, group_kind: str) -> None:
    """The parts that every kind has, in the order of the server."""
    _name(metadata, group_kind)
    if metadata["namespace"]:
        dns_label(metadata["namespace"])
    labels(metadata["labels"])
    validate_annotations(metadata["annotations"])
    _owners(metadata["ownerReferences"])
    _finalizers(metadata["finalizers"])


def name_form(group_kind: str, field: Field) -> Form | None:
    """The form of the names of a kind; None if any name will do."""
    if group_kind == "Service":
        return dns_label if field.run.has("RelaxedServiceNameValidation") else dns_1035_label
    return NAME_FORMS.get(group_kind, dns_subdomain)


def _name(metadata: Field, group_kind: str) -> None:
    form = name_form(group_kind, metadata)
    name, stem = metadata["name"], metadata["generateName"]
    if stem and form is not None and stem.value.__class__ is str:
        # A name that ends in a dash gets letters behind it.
        for fault in form.faults(stem.value[:-1] + "a" if stem.value[-1:] == "-" else stem.value):
            stem.invalid(fault)
    if name:
        if form is not None:
            form(name)
    elif not stem and group_kind not in _NAMED_BY_THE_SERVER:
        name.required("name or generateName is required")


def labels(field: Field) -> None:
    """Labels: a map of qualified names to label values.

    Mirrors: apimachinery pkg/apis/meta/v1/validation/validation.go ValidateLabels @ v1.37
    """
    for key, value in sorted(field.entries()):
        for fault in qualified_name.faults(key):
            field.invalid(fault, key, at=(key,))
        if value.value.__class__ is str:
            for fault in label_value.faults(value.value):
                field.invalid(fault, value.value, at=(key,))


def validate_annotations(field: Field) -> None:
    """Annotations: a map of qualified names to any text, not too much of it altogether.

    Mirrors: apimachinery pkg/api/validation/objectmeta.go ValidateAnnotations @ v1.37
    """
    size = 0
    for key, value in field.entries():
        for fault in qualified_name.faults(key.lower()):
            field.invalid(fault, key, at=(key,))
        size += len(key.encode()) + (len(value.value.encode()) if value.value.__class__ is str else 0)
    if size > _MOST_ANNOTATION_BYTES:
        field.too_long(_MOST_ANNOTATION_BYTES)


def _owners(owners: Field) -> None:
    for owner in owners:
        for name in ("apiVersion", "kind", "name", "uid"):
            needed().check(owner[name])


def _finalizers(finalizers: Field) -> None:
    for finalizer in finalizers:
        if finalizer.value.__class__ is not str:
            continue
        faults = list(qualified_name.faults(finalizer.value))
        for fault in faults:
            finalizers.invalid(fault, finalizer.value, at=finalizer.path[-1:])
        if not faults and "/" not in finalizer.value and finalizer.value not in _CORE_FINALIZERS:
            finalizer.invalid("name is neither a standard finalizer name nor is it fully qualified")
