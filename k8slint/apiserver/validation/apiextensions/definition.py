"""CustomResourceDefinitions, as the API server validates them on creation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from k8slint.apiserver.custom.structural import depth_of
from k8slint.apiserver.validation.apiextensions.conversion import conversion
from k8slint.apiserver.validation.apiextensions.default_values import check_defaults
from k8slint.apiserver.validation.apiextensions.expressions import expressions
from k8slint.apiserver.validation.apiextensions.openapi import check_keywords, visits
from k8slint.apiserver.validation.apiextensions.paths import target
from k8slint.apiserver.validation.apiextensions.structural import check_structure, unsupported_keyword
from k8slint.apiserver.validation.field import (
    Check,
    Field,
    Form,
    Unique,
    always,
    each,
    fields,
    needed,
    one_of,
    optional,
)
from k8slint.apiserver.validation.formats import dns_1035_label, dns_subdomain

_APPROVAL: Final = "api-approved.kubernetes.io"
_ENHANCEMENT: Final = "see https://github.com/kubernetes/enhancements/pull/1111"
_COLUMN_TYPES: Final = "boolean,date,integer,number,string"
_COLUMN_FORMATS: Final = "byte,date,date-time,double,float,int32,int64,password"
_STORE_ONE: Final = "write storage: true in one version alone"
_MOST_SELECTABLE: Final = 8
# A deeper schema is not checked, nor are custom resources that have one.
_DEEPEST: Final = 300
_AT_ROOT: Final = (
    "Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern"
    " MaxItems MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields"
    " XValidations"
)
_TAKEN_AT_ROOT: Final = frozenset(
    (
        *(f"{word[0].lower()}{word[1:]}" for word in _AT_ROOT.split()[:-2]),
        "x-kubernetes-preserve-unknown-fields",
        "x-kubernetes-validations",
    )
)


def definition(obj: Field) -> None:
    """A CustomResourceDefinition.

    Mirrors: apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go
    ValidateCustomResourceDefinition @ v1.37
    """
    spec, metadata = obj["spec"], obj["metadata"]
    plural, group = spec["names"]["plural"], spec["group"]
    if metadata["name"] and not plural.is_hole and not group.is_hole:
        wanted = f"{plural.value or ''}.{group.value or ''}"
        if metadata["name"].value != wanted:
            fix = f"write {wanted}" if plural and group else ""
            metadata["name"].invalid('must be spec.names.plural+"."+spec.group', fix=fix)
    _spec(spec)
    if not spec.is_hole:
        _stored_versions(obj)
        expressions(obj)
    _approval(metadata["annotations"], group)
    if spec["preserveUnknownFields"].value is True:
        spec["preserveUnknownFields"].invalid(
            "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead"
        )


def _joined(form: Form, before: str = "") -> Check:
    """The check of a text by its form, which reports all faults as one error; null is an empty text."""

    def run(field: Field) -> None:
        text = field.value or ""
        if text.__class__ is str:
            faults = ",".join(form.faults(text.lower() if before else text))
            if faults:
                field.invalid(f"{before}{faults}", text)

    return run


def _group(field: Field) -> None:
    _joined(dns_subdomain)(field)
    if not field.is_hole and dns_subdomain.takes(field.value) and "." not in field.value:
        field.invalid("should be a domain with at least one dot")


def _different_kinds(names: Field) -> None:
    if names["kind"] and not names["kind"].is_hole and names["kind"].value == names["listKind"].value:
        names["listKind"].invalid("kind and listKind may not be the same")


_NAME = _joined(dns_1035_label)
_KIND = _joined(dns_1035_label, "may have mixed case, but should otherwise match: ")
_NAMES = fields(
    plural=needed(_NAME),
    singular=needed(_NAME),
    kind=needed(_KIND),
    listKind=needed(_KIND),
    shortNames=optional(each(_NAME)),
    categories=optional(each(_NAME)),
)
_SPEC = fields(group=needed(_group), scope=needed(one_of("Cluster", "Namespaced")), names=always(_NAMES))


def _spec(spec: Field) -> None:
    if spec.is_hole:
        return
    _SPEC(spec)
    _different_kinds(spec["names"])
    versions = spec["versions"]
    if versions.is_hole or any(version.is_hole for version in versions):
        return
    _versions(versions)
    if versions and depth_of(versions.value) <= _DEEPEST:
        _parts_of_versions(spec, versions)
    conversion(spec)


def _versions(versions: Field) -> None:
    """The names of the versions, which one is stored, and which are deprecated."""
    for version in versions:
        _NAME(version["name"])
        _deprecation(version)
    names = [version["name"].value for version in versions if version["name"].value.__class__ is str]
    if len(set(names)) < len(names):
        versions.invalid("must contain unique version names")
    storage = [version["storage"] for version in versions]
    if not any(field.is_hole for field in storage) and sum(field.value is True for field in storage) != 1:
        versions.invalid("must have exactly one version marked as storage version", fix=_STORE_ONE)


def _parts_of_versions(spec: Field, versions: Field) -> None:
    """The other parts of versions. If all versions agree on one, the server checks it once, by its name in v1beta1."""
    for version in versions:
        schema = version["schema"]["openAPIV3Schema"]
        if not schema.is_set:
            schema.required(
                fix="add a schema; type: object and x-kubernetes-preserve-unknown-fields: true take everything"
            )
    for only, schema in _agreed(spec, versions, "schema", "validation"):
        owners = versions if only is None else (only,)
        _schema(schema, has_status=any(owner["subresources"]["status"].is_set for owner in owners))
    for _, subresources in _agreed(spec, versions, "subresources", "subresources"):
        _scale(subresources["scale"])
    for _, columns in _agreed(spec, versions, "additionalPrinterColumns", "additionalPrinterColumns"):
        for column in columns:
            _column(column)
    if spec.run.has("CustomResourceFieldSelectors"):
        for only, selectable in _agreed(spec, versions, "selectableFields", "selectableFields"):
            _selectable(selectable, next(iter(versions)) if only is None else only, is_agreed=only is None)
    if spec["preserveUnknownFields"].value is True and any(_has_default(version) for version in versions):
        spec["preserveUnknownFields"].invalid("must be false in order to use defaults in the schema")


def _agreed(spec: Field, versions: Field, name: str, said: str) -> Iterator[tuple[Field | None, Field]]:
    """A field of each version, after the version; or None and the first one's, named `said`, if all are equal.

    Mirrors: apiextensions-apiserver pkg/apis/apiextensions/v1/conversion.go
    Convert_v1_CustomResourceDefinitionSpec_To_apiextensions_CustomResourceDefinitionSpec @ v1.37
    """
    values: list[Any] = [version[name].value for version in versions]
    if values and all(value == values[0] for value in values[1:]):
        yield None, next(iter(versions))[name].named_as(spec, said)
    else:
        yield from ((version, version[name]) for version in versions)


def _has_default(version: Field) -> bool:
    return any(visit.schema["default"].is_set for visit in visits(version["schema"]["openAPIV3Schema"]))


def _schema(outer: Field, *, has_status: bool) -> None:
    """A schema, if there is one: its root, its structure, its defaults, its keywords.

    Mirrors: apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go
    validateCustomResourceDefinitionValidation @ v1.37
    """
    schema, found = outer["openAPIV3Schema"], outer.run.found
    if schema.value.__class__ is not dict:
        return
    before = len(found)
    if has_status:
        _root_with_status(schema)
    if schema["nullable"].value is True:
        schema["nullable"].forbidden("nullable cannot be true at the root")
    unsupported = unsupported_keyword(schema)
    if not unsupported:
        start = len(found)
        check_structure(schema)
        if len(found) == start:
            check_defaults(schema)
    check_keywords(schema, has_paths=not unsupported)
    if unsupported and len(found) == before:
        schema.invalid(unsupported, "")


def _root_with_status(schema: Field) -> None:
    """If status is a subresource, its schema is cut out of the root's: keywords that would be lost are refused."""
    kind = schema["type"]
    others = [keyword for keyword, argument in schema.value.items() if argument not in ("", False)]
    refused = [keyword for keyword in others if keyword not in _TAKEN_AT_ROOT]
    if kind and not kind.may_be("object") and not {"$ref", "$schema", "id"} & set(refused):
        kind.invalid(
            'only "object" is allowed as the type at the root of the schema if the status subresource is enabled',
            fix="write type: object",
        )
    elif refused:
        schema.invalid(
            f"only [{_AT_ROOT}] fields are allowed at the root of the schema if the status subresource is enabled",
            at=tuple(refused[:1]),
        )


def _deprecation(version: Field) -> None:
    warning = version["deprecationWarning"]
    if not warning.is_set or warning.is_hole or version["deprecated"].is_hole:
        return
    if version["deprecated"].value is not True:
        warning.invalid("can only be set for deprecated versions", fix="add deprecated: true")
        return
    if len(warning.value.encode(errors="replace")) > 256:
        warning.invalid("must be <= 256 characters long")
    if not warning.value:
        warning.invalid("must not be an empty string")
    hidden = next((index for index, letter in enumerate(warning.value) if not letter.isprintable()), None)
    if hidden is not None:
        at = len(warning.value[:hidden].encode(errors="replace"))
        warning.invalid(f"must only contain printable UTF-8 characters; non-printable character found at index {at}")


def _scale(scale: Field) -> None:
    """The scale subresource: where a custom resource has its replicas.

    Mirrors: apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go
    ValidateCustomResourceDefinitionSubresources @ v1.37
    """
    if not scale.is_set or scale.is_hole:
        return
    for name, roots, said in (
        ("specReplicasPath", (".spec.",), ".spec"),
        ("statusReplicasPath", (".status.",), ".status"),
        ("labelSelectorPath", (".spec.", ".status."), "either .spec or .status"),
    ):
        path = scale[name]
        if path:
            if _simple_path(path) and not path.is_hole and not path.value.startswith(roots):
                path.invalid(f"should be a json path under {said}")
        elif name != "labelSelectorPath":
            path.required()


def _simple_path(path: Field) -> bool:
    is_simple = path.is_hole or path.value.startswith(".")
    if not is_simple:
        path.invalid("must be a simple json path starting with .", fix=f"write .{path.value}")
    return is_simple


def _column(column: Field) -> None:
    kind, form, path = column["type"], column["format"], column["jsonPath"].named_as(column, "JSONPath")
    if column.is_hole:
        return
    if not column["name"]:
        column["name"].required()
    if not kind:
        kind.required(f"must be one of {_COLUMN_TYPES}")
    elif not kind.is_hole and kind.value not in _COLUMN_TYPES.split(","):
        kind.invalid(f"must be one of {_COLUMN_TYPES}")
    if form and not form.is_hole and form.value not in _COLUMN_FORMATS.split(","):
        form.invalid(f"must be one of {_COLUMN_FORMATS}")
    if path:
        _simple_path(path)
    else:
        path.required()


def _selectable(selectable: Field, version: Field, *, is_agreed: bool) -> None:
    """The fields that objects can be selected by.

    The server stops at a schema that is absent or cannot be read; the object is not created either way.

    Mirrors: apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go
    ValidateCustomResourceSelectableFields @ v1.37
    """
    schema = version["schema"]["openAPIV3Schema"]
    if not selectable or selectable.is_hole or schema.is_hole:
        return
    if not schema.is_set:
        wanted = "validations.schema is included" if is_agreed else "`version.schema.openAPIV3Schema` is not included"
        selectable.invalid(f"may only be set when {wanted}", "")
        return
    unsupported = unsupported_keyword(schema)
    if unsupported:
        selectable.invalid(f"needs a structural schema: {unsupported}")
        return
    seen = Unique()
    for field in selectable:
        path = field["jsonPath"]
        if not path:
            path.required()
        elif not path.is_hole:
            _selected(path, schema, seen)
    if len(seen) > _MOST_SELECTABLE:
        selectable.too_many(_MOST_SELECTABLE, len(seen))


def _selected(path: Field, schema: Field, seen: Unique) -> None:
    found = target(path.value, schema, has_keys=False)
    if found.fault:
        path.invalid(f"is an invalid path: {found.fault}")
        return
    if found.names[:1] == ("metadata",):
        path.invalid("must not point to fields in metadata")
    if found.schema.__class__ is dict and found.schema.get("type") not in ("boolean", "integer", "string"):
        path.invalid(
            "must point to a field of type string, boolean or integer. Enum string fields and strings with formats are"
            " allowed."
        )
    seen.add(path, found.names)


def _stored_versions(obj: Field) -> None:
    """The stored versions, which the server sets itself, from the first version that is marked as stored.

    Mirrors: apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go
    ValidateCustomResourceDefinitionStoredVersions @ v1.37
    """
    stored, versions = obj["status"]["storedVersions"], obj["spec"]["versions"]
    if versions.is_hole or any(version.is_hole or version["storage"].is_hole for version in versions):
        return
    names = [version["name"] for version in versions if version["storage"].value is True]
    if not names:
        stored.invalid("must have at least one stored version", None, fix=_STORE_ONE)
    for name in names[1:]:
        if name.value != names[0].value and not name.is_hole:
            stored.invalid(f"must have the storage version {name.value or ''}", [names[0].value], fix=_STORE_ONE)


def _approval(annotations: Field, group: Field) -> None:
    """Groups in Kubernetes' own domains need an annotation: the URL of the approval, or why there is none.

    Mirrors: apiextensions-apiserver pkg/apihelpers/helpers.go GetAPIApprovalState @ v1.37
    """
    name, approval = group.value, annotations[_APPROVAL]
    if name.__class__ is not str or annotations.is_hole or approval.is_hole:
        return
    if not f".{name}".endswith((".k8s.io", ".kubernetes.io")):
        return
    needs = f'protected groups must have approval annotation "{_APPROVAL}"'
    fix = "use a group of a domain of your own, or annotate the pull request that approved the API"
    if not approval:
        approval.required(f"{needs}, {_ENHANCEMENT}", fix=fix)
    elif not approval.value.startswith("unapproved") and not _is_address(approval.value):
        approval.invalid(f'{needs} with either a URL or a reason starting with "unapproved", {_ENHANCEMENT}', fix=fix)


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return bool(parts.scheme and parts.netloc)
