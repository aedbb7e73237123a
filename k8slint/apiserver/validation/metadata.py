"""The metadata of every object, and the form of names by kind.

Mirrors: apimachinery pkg/api/validation/objectmeta.go ValidateObjectMetaAccessor @ v1.37
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from k8slint.apiserver.validation.addresses import strict_address
from k8slint.apiserver.validation.field import Field, Form, fields, one_of_said, optional
from k8slint.apiserver.validation.formats import (
    config_map_key,
    dns_1035_label,
    dns_label,
    dns_subdomain,
    label_value,
    path_segment_name,
    qualified_name,
)

_MOST_ANNOTATION_BYTES: Final = 256 * 1024
# The server names these itself, or answers them and never stores them.
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
_ONE_OF_TWO: Final = ("foregroundDeletion", "orphan")
_EVENT_VERSIONS: Final = ("events.k8s.io/v1", "v1")
_OWNERS_DECLARED_SINCE: Final = 36
_LONGEST_MANAGER: Final = 128
_LONGEST_SUBRESOURCE: Final = 256
_OPERATIONS: Final = one_of_said("must be `Apply` or `Update`", "Apply", "Update")
# Names of other kinds are DNS subdomains. None: any name will do, or the kind's own validation checks it.
NAME_FORMS: Final[Mapping[str, Form | None]] = {
    "APIService.apiregistration.k8s.io": path_segment_name,
    "CertificateSigningRequest.certificates.k8s.io": path_segment_name,
    "ClusterRole.rbac.authorization.k8s.io": path_segment_name,
    "ClusterRoleBinding.rbac.authorization.k8s.io": path_segment_name,
    "ClusterTrustBundle.certificates.k8s.io": None,
    "IPAddress.networking.k8s.io": strict_address,
    "LeaseCandidate.coordination.k8s.io": config_map_key,
    "Namespace": dns_label,
    "PodDisruptionBudget.policy": path_segment_name,
    "Role.rbac.authorization.k8s.io": path_segment_name,
    "RoleBinding.rbac.authorization.k8s.io": path_segment_name,
    "StatefulSet.apps": dns_label,
}


def validate_metadata(metadata: Field, group_kind: str) -> None:
    """The metadata that every kind has, in the server's order."""
    _name(metadata, group_kind)
    _FIELDS(metadata)


def name_form(group_kind: str, field: Field) -> Form | None:
    """The form of the names of a kind; None if any name will do."""
    if group_kind == "Service":
        return dns_label if field.run.has("RelaxedServiceNameValidation") else dns_1035_label
    return NAME_FORMS.get(group_kind, dns_subdomain)


def _name(metadata: Field, group_kind: str) -> None:
    form = name_form(group_kind, metadata)
    name, stem = metadata["name"], metadata["generateName"]
    if stem and form is not None and stem.value.__class__ is str:
        # The server appends letters, so a stem may end in a dash.
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
    written = field.value
    for key in sorted(written) if written.__class__ is dict else ():
        for fault in qualified_name.faults(key):
            field.invalid(fault, key, at=(key,))
        value = written[key]
        if value.__class__ is str:
            for fault in label_value.faults(value):
                field.invalid(fault, value, at=(key,))


def validate_annotations(field: Field) -> None:
    """Annotations: a map of qualified names to any text, with a limit to the bytes of all.

    Mirrors: apimachinery pkg/api/validation/objectmeta.go ValidateAnnotations @ v1.37
    """
    size = 0
    for key, value in field.value.items() if field.value.__class__ is dict else ():
        for fault in qualified_name.faults(key.lower()):
            field.invalid(fault, key, at=(key,))
        size += len(key.encode(errors="surrogatepass")) + (
            len(value.encode(errors="surrogatepass")) if value.__class__ is str else 0
        )
    if size > _MOST_ANNOTATION_BYTES:
        field.too_long(_MOST_ANNOTATION_BYTES)


def validate_template_metadata(metadata: Field) -> None:
    """The metadata of a template of claims: only labels and annotations are allowed.

    Mirrors: pkg/apis/core/validation/validation.go ValidateTemplateObjectMeta @ v1.37
    """
    validate_annotations(metadata["annotations"])
    labels(metadata["labels"])
    for name, field in metadata.entries():
        # Tools write the time of creation, and the server clears it.
        if name not in ("annotations", "labels", "creationTimestamp") and field:
            field.forbidden("cannot be set", fix="remove it")


def _owners(owners: Field) -> None:
    """The owners of the object, of whom one at most may be its controller.

    Mirrors: apimachinery pkg/api/validation/objectmeta.go ValidateOwnerReferences @ v1.37
    """
    controllers = []
    for owner in owners:
        _owner(owner)
        if owner["controller"].value is True:
            controllers.append(f"{owner['kind'].value or ''}/{owner['name'].value or ''}")
            if len(controllers) > 1:
                owners.invalid(
                    'Only one reference can have Controller set to true. Found "true" in references for'
                    f" {controllers[-2]} and {controllers[-1]}"
                )


def _owner(owner: Field) -> None:
    version = owner["apiVersion"]
    for name in ("apiVersion", "kind", "name", "uid"):
        if not owner[name] and owner.run.minor >= _OWNERS_DECLARED_SINCE:
            owner[name].required("must not be empty")
        elif not owner[name]:
            said = "version" if name == "apiVersion" else name
            owner[name].invalid(f"{said} must not be empty", "")
    if version.value.__class__ is str and (version.value.count("/") > 1 or version.value.endswith("/")):
        version.invalid("version must not be empty")
    if version.value in _EVENT_VERSIONS and owner["kind"].value == "Event":
        group, _, number = version.value.rpartition("/")
        owner.invalid(f"{group}/{number}, Kind=Event is disallowed from being an owner")


def validate_finalizers(finalizers: Field) -> None:
    """Finalizers. The server reports a wrong one at the path of the list.

    Mirrors: apimachinery pkg/api/validation/objectmeta.go ValidateFinalizers @ v1.37
    """
    for finalizer in finalizers:
        text = finalizer.value or ""
        if text.__class__ is not str:
            continue
        faults = list(qualified_name.faults(text))
        for fault in faults:
            finalizers.invalid(fault, text, at=finalizer.path[-1:])
        if "/" not in text and text not in _CORE_FINALIZERS:
            said = "name is neither a standard finalizer name nor is it fully qualified"
            finalizer.invalid(said, fix="write a domain of yours before it, as example.com/name")
    if all(any(field.value == name for field in finalizers) for name in _ONE_OF_TWO):
        finalizers.invalid("finalizer orphan and foregroundDeletion cannot be both set")


def _managed_fields(entries: Field) -> None:
    """The record of who wrote which fields.

    Mirrors: apimachinery pkg/apis/meta/v1/validation/validation.go ValidateManagedFields @ v1.37
    """
    for entry in entries:
        _operation(entry["operation"])
        kind, manager, subresource = entry["fieldsType"], entry["manager"], entry["subresource"]
        if kind and not kind.may_be("FieldsV1"):
            kind.invalid("must be `FieldsV1`")
        if len(manager) > _LONGEST_MANAGER:
            manager.too_long(_LONGEST_MANAGER)
        if manager.value.__class__ is str and not manager.value.isprintable():
            manager.invalid("should only contain printable characters")
        if len(subresource) > _LONGEST_SUBRESOURCE:
            subresource.too_long(_LONGEST_SUBRESOURCE)


def _operation(operation: Field) -> None:
    if operation.run.minor < _OWNERS_DECLARED_SINCE:
        _OPERATIONS(operation)
    elif not operation:
        operation.required()
    elif not operation.may_be("Apply", "Update"):
        operation.unsupported(("Apply", "Update"))


_FIELDS: Final = fields(
    namespace=optional(dns_label),
    labels=optional(labels),
    annotations=optional(validate_annotations),
    ownerReferences=optional(_owners),
    finalizers=optional(validate_finalizers),
    managedFields=optional(_managed_fields),
)
