"""The defaults in the schema of a CustomResourceDefinition: each must be valid for the schema."""

from __future__ import annotations

from k8slint.apiserver.custom.keywords import Defect, defects
from k8slint.apiserver.custom.structural import TYPE_META, unknown_fields
from k8slint.apiserver.validation.field import HOLE, Field
from k8slint.objects.fields import mapping
from k8slint.values.field_path import field_path

_GO_TYPES = {bool: "boolean", dict: "object", float: "number", int: "integer", list: "array", str: "string"}

# A part of a schema that has none of these has no default in it.
_HOLDING = frozenset(("default", "items", "properties"))


def check_defaults(root: Field) -> None:
    """The defaults of a structural schema, but not those in the metadata of objects, which have rules of their own.

    Mirrors: apiextensions-apiserver pkg/apiserver/schema/defaulting/validation.go ValidateDefaults @ v1.37
    """
    pending = [(root, True)]
    while pending:
        schema, is_object = pending.pop()
        keywords = schema.value
        if keywords.__class__ is not dict:
            continue
        is_object = is_object or keywords.get("x-kubernetes-embedded-resource") is True
        if "default" in keywords:
            _check(schema)
        if "items" in keywords:
            pending.append((schema["items"], False))
        properties = schema["properties"]
        parts = properties.value if properties.value.__class__ is dict else {}
        pending += [
            (properties[name], False)
            for name, part in parts.items()
            if part.__class__ is dict and not _HOLDING.isdisjoint(part) and not (is_object and name in TYPE_META)
        ]


def _check(schema: Field) -> None:
    default = schema["default"]
    if _has_hole(schema.value):
        return
    if any(True for _ in unknown_fields(default.value, schema.value)):
        default.invalid("must not have unknown fields", fix="describe the fields, or remove them from the default")
    for defect in defects(default.value, schema.value):
        if not _has_default(defect):
            _tell(default, defect)


def _has_default(defect: Defect) -> bool:
    """Whether the defect is a missing field that has a default of its own."""
    if defect.keyword != "required" or defect.node is None:
        return False
    field = mapping(mapping(defect.node.get("properties")).get(str(defect.path[-1])))
    return field.get("default") is not None


def _tell(default: Field, defect: Defect) -> None:
    part = default
    for step in defect.path:
        part = Field(None, default.run, part, step)
    if defect.field is not None:
        kind = defect.node.get("type", "") if defect.node is not None else ""
        found = _GO_TYPES.get(defect.value.__class__, "null")
        part.invalid(f'in body must be of type {kind}: "{found}"', defect.value, rule="wrong-type")
        return
    said = defect.fault.message.removeprefix(f"{field_path(defect.path, by_decoder=True)}: ")
    part.told(f"Invalid value: {said}" if said.startswith('"') else said, rule=defect.fault.rule, fix=defect.fault.fix)


def _has_hole(value: object) -> bool:
    pending = [value]
    while pending:
        part = pending.pop()
        if part is HOLE:
            return True
        if part.__class__ is dict:
            pending += part.values()
        elif part.__class__ is list:
            pending += part
    return False
