"""The keywords of OpenAPI that the schema of a CustomResourceDefinition may have, and where."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from k8slint.apiserver.validation.apiextensions.paths import target
from k8slint.apiserver.validation.field import HOLE, Field
from k8slint.values.regex import regex

TYPES: Final = ("array", "boolean", "integer", "number", "object", "string")
_REASONS: Final = ("FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired")
_META_FIELDS: Final = ("apiVersion", "kind", "metadata")
_LINE_BREAK: Final = regex(r"[\n\r]")
_LIST_TYPES: Final = ("atomic", "set", "map")


class Visit(NamedTuple):
    """A part of a schema, why it may have no default, and whether it describes the metadata of an object."""

    schema: Field
    no_default: str = ""
    is_meta: bool = False


def check_keywords(root: Field, *, has_paths: bool) -> None:
    """The keywords of a schema and of all its parts. `has_paths`: the paths in its rules can be followed.

    Mirrors: apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go
    ValidateCustomResourceDefinitionOpenAPISchema @ v1.37
    """
    for visit in visits(root):
        schema = visit.schema
        keywords = schema.value
        # A part with an unknown argument is skipped: it may change what the other keywords mean.
        if HOLE in keywords.values():
            continue
        for keyword in keywords:
            check = _KEYWORDS.get(keyword)
            if check is not None and not (check is _type and keywords[keyword] in TYPES):
                check(schema, schema[keyword])
        for rule in schema["x-kubernetes-validations"] if "x-kubernetes-validations" in keywords else ():
            if not rule.is_hole and not any(part.is_hole for _, part in rule.entries()):
                _rule(rule)
                if has_paths and rule["fieldPath"] and target(rule["fieldPath"].value, schema).fault:
                    rule["fieldPath"].invalid("must be a valid path")
        if visit.no_default and schema["default"].is_set:
            schema["default"].forbidden(f"must not be set {visit.no_default}")
        if visit.is_meta and schema["x-kubernetes-embedded-resource"]:
            schema["x-kubernetes-embedded-resource"].forbidden("must not be used inside of resource meta")


def visits(root: Field) -> Iterator[Visit]:
    """A schema and all its parts of which something could be said, of any depth."""
    pending = [Visit(root)]
    while pending:
        visit = pending.pop()
        if visit.schema.value.__class__ is dict:
            yield visit
            pending.extend(_parts(visit, is_root=visit.schema is root))


def _parts(visit: Visit, *, is_root: bool) -> Iterator[Visit]:
    schema, keywords = visit.schema, visit.schema.value
    if "properties" in keywords:
        yield from _fields(visit, is_root=is_root)
    if "additionalProperties" in keywords:
        why = "inside additionalProperties applying to object metadata" if visit.is_meta else visit.no_default
        yield Visit(schema["additionalProperties"], why, visit.is_meta)
    for keyword in ("items", "not", "allOf", "oneOf", "anyOf"):
        if keyword in keywords:
            part = schema[keyword]
            for one in part if part.value.__class__ is list else (part,):
                yield Visit(one, visit.no_default, visit.is_meta)
    for keyword in ("definitions", "dependencies"):
        if keyword in keywords:
            yield from (visit._replace(schema=part) for _, part in schema[keyword].entries())


def _fields(visit: Visit, *, is_root: bool) -> Iterator[Visit]:
    properties = visit.schema["properties"]
    is_object = is_root or visit.schema.value.get("x-kubernetes-embedded-resource") is True
    for name, part in properties.value.items() if properties.value.__class__ is dict else ():
        if _is_silent(part):
            continue
        if is_object and name in _META_FIELDS:
            yield Visit(properties[name], f"in top-level {name}" if is_root else visit.no_default, is_meta=True)
        else:
            yield Visit(properties[name], visit.no_default, visit.is_meta)


def _is_silent(schema: Any) -> bool:
    """Whether nothing can be said of a part, as of most: it has a sound type, and no keyword or part to look at."""
    return schema.__class__ is dict and schema.get("type") in TYPES and _HEARD.isdisjoint(schema)


def _type(_: Field, kind: Field) -> None:
    if kind and kind.value not in TYPES:
        kind.unsupported(TYPES)
    if kind.value == "null":
        kind.forbidden(
            "type cannot be set to null, use nullable as an alternative",
            fix="write the type of the values that are not null, and nullable: true",
        )


def _not_supported(_: Field, argument: Field) -> None:
    name = argument.path[-1]
    if argument.value not in ("", {}) or name in ("$ref", "dependencies"):
        argument.forbidden(f"{name} is not supported", fix=f"remove {name}: write out what it stands for")


def _items(_: Field, argument: Field) -> None:
    if argument.value.__class__ is list and argument:
        argument.forbidden("items must be a schema object and not an array")


def _unique_items(_: Field, argument: Field) -> None:
    if argument.value is True:
        argument.forbidden(
            "uniqueItems cannot be set to true since the runtime complexity becomes quadratic",
            fix="write x-kubernetes-list-type: set instead",
        )


def _additional_properties(schema: Field, argument: Field) -> None:
    if schema["properties"] and argument.value is not True:
        argument.forbidden(
            "additionalProperties and properties are mutual exclusive",
            fix="remove additionalProperties; x-kubernetes-preserve-unknown-fields: true keeps fields of other names",
        )


def _preserve(_: Field, argument: Field) -> None:
    if argument.value is False:
        argument.invalid("must be true or undefined", fix="remove it: false is the default")


def _map_type(schema: Field, argument: Field) -> None:
    _needs_type(schema, "object", "x-kubernetes-map-type")
    if argument.value not in ("atomic", "granular"):
        argument.unsupported(("atomic", "granular"))


def _needs_type(schema: Field, wanted: str, keyword: str) -> bool:
    kind, detail = schema["type"], f"must be {wanted} if {keyword} is specified"
    if not kind:
        kind.required(detail, fix=f"add type: {wanted}")
    elif kind.value != wanted:
        kind.invalid(detail)
    return bool(kind.value == wanted)


def _list_type(schema: Field, argument: Field) -> None:
    items = schema["items"]
    if _needs_type(schema, "array", "x-kubernetes-list-type") and argument.value == "set":
        _items_of_set(items)
    if argument.value not in _LIST_TYPES:
        argument.unsupported(_LIST_TYPES)
    if argument.value == "map":
        _list_map(schema, items)
    if argument.value in ("set", "map") and items["nullable"].value is True:
        items["nullable"].forbidden(f"cannot be nullable when x-kubernetes-list-type is {argument.value}")


def _items_of_set(items: Field) -> None:
    detail = "must be atomic as item of a list with x-kubernetes-list-type=set"
    list_type, map_type = items["x-kubernetes-list-type"], items["x-kubernetes-map-type"]
    if items["type"].value == "array" and list_type.is_set and not list_type.may_be("atomic"):
        list_type.invalid(detail)
    elif items["type"].value == "object" and not map_type.may_be("atomic"):
        map_type.invalid(detail)


def _list_map(schema: Field, items: Field) -> None:
    keys = schema["x-kubernetes-list-map-keys"]
    if not keys:
        keys.required(
            "must not be empty if x-kubernetes-list-type is map", fix="name the fields that tell the items apart"
        )
    if not items.is_set:
        items.required("must have a schema if x-kubernetes-list-type is map")
    elif items.value.__class__ is list:
        items.invalid("must only have a single schema if x-kubernetes-list-type is map")
    elif not items["type"].may_be("object"):
        items["type"].invalid(
            "must be object if parent array's x-kubernetes-list-type is map", items["type"].value or ""
        )
    elif items["type"].value == "object":
        _keys_of_items(keys, items)


def _keys_of_items(keys: Field, items: Field) -> None:
    names = [key for key in keys if key.value.__class__ is str]
    required, properties = {name.value for name in items["required"]}, items["properties"]
    for key in names:
        field = properties[key.value]
        if not field.is_set:
            keys.invalid("entries must all be names of item properties", at=key.path[-1:])
            continue
        if field["type"].value in ("array", "object"):
            field["type"].invalid("must be a scalar type if parent array's x-kubernetes-list-type is map", "object")
        if key.value not in required and HOLE not in required and not field["default"].is_set:
            field["default"].required(
                "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property"
            )
        if field["nullable"].value is True:
            field["nullable"].forbidden("this property is in x-kubernetes-list-map-keys, so it cannot be nullable")
    if len({key.value for key in names}) < len(names):
        keys.invalid("must not contain duplicate entries")


def _list_map_keys(schema: Field, argument: Field) -> None:
    list_type, detail = schema["x-kubernetes-list-type"], "must be map if x-kubernetes-list-map-keys is non-empty"
    if argument and not list_type.is_set:
        list_type.required(detail, fix="add x-kubernetes-list-type: map")
    elif argument and list_type.value != "map":
        list_type.invalid(detail)


def _rule(rule: Field) -> None:
    """A validation rule, as far as it can be checked without compiling its expression."""
    message, reason, path = rule["message"], rule["reason"], rule["fieldPath"]
    text, said = _trimmed(rule["rule"]), _trimmed(message)
    if not text:
        rule["rule"].required("rule is not specified")
    elif message and not said:
        message.invalid("must be non-empty if specified")
    elif _LINE_BREAK.search(said):
        message.invalid("must not contain line breaks")
    elif _LINE_BREAK.search(text) and not said:
        message.required("message must be specified if rule contains line breaks")
    if rule["messageExpression"] and not _trimmed(rule["messageExpression"]):
        rule["messageExpression"].required("messageExpression must be non-empty if specified")
    if reason.is_set and reason.value not in _REASONS:
        reason.unsupported(_REASONS)
    if path:
        _rule_path(path)


def _rule_path(path: Field) -> None:
    if not _trimmed(path):
        path.invalid("must be non-empty if specified")
    if _LINE_BREAK.search(path.value):
        path.invalid("must not contain line breaks")


def _trimmed(field: Field) -> str:
    return field.value.strip() if field.value.__class__ is str else ""


_KEYWORDS: Final[Mapping[str, Callable[[Field, Field], None]]] = {
    "$ref": _not_supported,
    "additionalItems": _not_supported,
    "additionalProperties": _additional_properties,
    "definitions": _not_supported,
    "dependencies": _not_supported,
    "id": _not_supported,
    "items": _items,
    "patternProperties": _not_supported,
    "type": _type,
    "uniqueItems": _unique_items,
    "x-kubernetes-list-map-keys": _list_map_keys,
    "x-kubernetes-list-type": _list_type,
    "x-kubernetes-map-type": _map_type,
    "x-kubernetes-preserve-unknown-fields": _preserve,
}
_HEARD: Final = frozenset(
    (
        *(_KEYWORDS.keys() - {"type"}),
        "allOf",
        "anyOf",
        "default",
        "not",
        "oneOf",
        "properties",
        "x-kubernetes-embedded-resource",
        "x-kubernetes-validations",
    )
)
