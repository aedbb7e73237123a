"""The structure of a CustomResourceDefinition's schema: every value that it may hold needs a known type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from k8slint.apiserver.custom.patterns import go_fault
from k8slint.apiserver.validation.field import HOLE, Field
from k8slint.values.field_path import field_path

_ROOT: Final = "at the root"
_ITEM: Final = "for specified array items"
_FIELD: Final = "for specified object fields"
_INNER: Final = (("items", _ITEM), ("additionalProperties", _FIELD))
_INT_OR_STRING: Final = [{"type": "integer"}, {"type": "string"}]
# Keywords that define a value rather than restrict it: they are forbidden below anyOf and the like.
_NOT_NESTED: Final[Mapping[str, str]] = {
    "additionalProperties": "must be undefined to be structural",
    "default": "must be undefined to be structural",
    "description": "must be empty to be structural",
    "nullable": "must be false to be structural",
    "title": "must be empty to be structural",
    "type": "must be empty to be structural",
    "x-kubernetes-embedded-resource": "must be false to be structural",
    "x-kubernetes-int-or-string": "must be false to be structural",
    "x-kubernetes-list-map-keys": "must be empty to be structural",
    "x-kubernetes-list-type": "must be undefined to be structural",
    "x-kubernetes-map-type": "must be undefined to be structural",
    "x-kubernetes-preserve-unknown-fields": "must be false to be structural",
    "x-kubernetes-validations": "must be empty to be structural",
}
# These forbid a field even if it is empty: Go holds them as pointers.
_POINTERS: Final = frozenset(("default", "x-kubernetes-list-type", "x-kubernetes-map-type"))
_UNSUPPORTED: Final = frozenset(
    ("$ref", "$schema", "additionalItems", "definitions", "dependencies", "id", "patternProperties")
)
_PARTS: Final = frozenset(("additionalProperties", "allOf", "anyOf", "items", "not", "oneOf"))
# A fast path: a part below the root that has a type and none of these is structural.
_TELLING: Final = frozenset(
    (
        "additionalProperties",
        "allOf",
        "anyOf",
        "not",
        "oneOf",
        "pattern",
        "x-kubernetes-embedded-resource",
        "x-kubernetes-int-or-string",
    )
)
_SAID: Final[Mapping[str, str]] = {"$schema": "schema"}


def unsupported_keyword(schema: Field) -> str:
    """Why a schema cannot be converted to a structural one at all; empty if it can.

    Mirrors: apiextensions-apiserver pkg/apiserver/schema/convert.go NewStructural @ v1.37
    """
    pending: list[Any] = [schema.value]
    while pending:
        node = pending.pop()
        if node.__class__ is not dict:
            continue
        for keyword in () if _UNSUPPORTED.isdisjoint(node) else sorted(_UNSUPPORTED):
            if node.get(keyword):
                return f"OpenAPIV3Schema '{_SAID.get(keyword, keyword)}' is not supported"
        if node.get("x-kubernetes-preserve-unknown-fields") is False:
            return "internal error: 'x-kubernetes-preserve-unknown-fields' must be true or undefined"
        if node.get("items") and node["items"].__class__ is list:
            return "OpenAPIV3Schema 'items' must be a schema, but is an array"
        if not _PARTS.isdisjoint(node):
            pending += [node.get("items"), node.get("additionalProperties"), node.get("not")]
            for keyword in ("allOf", "anyOf", "oneOf"):
                parts = node.get(keyword)
                pending += parts if parts.__class__ is list else ()
        properties = node.get("properties")
        pending += properties.values() if properties.__class__ is dict else ()
    return ""


def check_structure(root: Field) -> None:
    """Everything that keeps a schema from being structural.

    Mirrors: apiextensions-apiserver pkg/apiserver/schema/validation.go ValidateStructural @ v1.37
    """
    pending = [(root, _ROOT)]
    while pending:
        schema, level = pending.pop()
        keywords = schema.value
        if keywords.__class__ is not dict:
            continue
        if not (level is not _ROOT and _is_plain(keywords)) and HOLE not in keywords.values():
            _invariants(schema, level)
        if "properties" in keywords:
            properties = schema["properties"]
            parts = properties.value if properties.value.__class__ is dict else {}
            pending += [(properties[name], _FIELD) for name, part in parts.items() if not _is_plain_leaf(part)]
        for keyword, inner in _INNER:
            if keyword in keywords:
                pending.append((schema[keyword], inner))
    _completeness(root)


def _is_plain(keywords: Mapping[str, Any]) -> bool:
    kind = keywords.get("type")
    return bool(kind) and (kind != "array" or "items" in keywords) and _TELLING.isdisjoint(keywords)


def _is_plain_leaf(part: Any) -> bool:
    return part.__class__ is dict and "properties" not in part and "items" not in part and _is_plain(part)


def _invariants(schema: Field, level: str) -> None:
    kind, further = schema["type"], schema["additionalProperties"]
    is_embedded = schema["x-kubernetes-embedded-resource"].value is True
    if kind.value == "array" and not schema["items"].is_set:
        schema["items"].required("must be specified", fix="add items with the type of the items")
    if further.is_set:
        if level is _ROOT:
            further.forbidden("must not be used at the root")
        if is_embedded:
            further.forbidden("must not be used if x-kubernetes-embedded-resource is set")
    if schema["x-kubernetes-int-or-string"].value is True:
        for keyword in ("x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"):
            if schema[keyword].value is True:
                schema[keyword].invalid("must be false if x-kubernetes-int-or-string is true")
    _values(schema)
    _kind(schema, level, is_embedded=is_embedded)
    if "properties" in schema.value:
        _metadata(schema, level, is_embedded=is_embedded)
    if is_embedded and not schema["x-kubernetes-preserve-unknown-fields"] and not schema["properties"]:
        schema["properties"].required(
            "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields"
        )


def _kind(schema: Field, level: str, *, is_embedded: bool) -> None:
    kind = schema["type"]
    if is_embedded and kind.value != "object":
        detail = "must be object if x-kubernetes-embedded-resource is true"
        if kind:
            kind.invalid(detail)
        else:
            kind.required(detail, fix="add type: object")
    elif not kind and not any(schema[f"x-kubernetes-{name}"] for name in ("int-or-string", "preserve-unknown-fields")):
        kind.required(
            f"must not be empty {level}", fix=f"add the type of its values, as type: {_likely(schema, level)}"
        )
    if level is _ROOT and kind and kind.value != "object":
        kind.invalid("must be object at the root", fix="write type: object")


def _likely(schema: Field, level: str) -> str:
    if "items" in schema.value:
        return "array"
    return (
        "object" if level is _ROOT or not {"additionalProperties", "properties"}.isdisjoint(schema.value) else "string"
    )


def _metadata(schema: Field, level: str, *, is_embedded: bool) -> None:
    """The fields that every object has: their types; the root may restrict only the names in metadata."""
    properties = schema["properties"]
    if level is _ROOT or is_embedded:
        for name, wanted in (("kind", "string"), ("apiVersion", "string"), ("metadata", "object")):
            part = properties[name]
            if part.is_set and not part.is_hole and not part["type"].may_be(wanted):
                part["type"].invalid(f"must be {wanted}", part["type"].value or "")
    metadata = properties["metadata"]
    if level is _ROOT and metadata.value.__class__ is dict:
        rest = {keyword for keyword, argument in metadata.value.items() if argument} - {"default", "type"}
        if {name for name, _ in metadata["properties"].entries()} <= {"generateName", "name"}:
            rest.discard("properties")
        if rest:
            metadata.forbidden(
                "must not specify anything other than name and generateName, but metadata is implicitly specified",
                fix="write metadata: {type: object}",
            )


def _values(schema: Field) -> None:
    """The keywords of a part and of the alternatives below its anyOf and the like."""
    is_any = schema["anyOf"].value == _INT_OR_STRING
    first = next(iter(schema["allOf"]), None)
    is_all = first is not None and first["anyOf"].value == _INT_OR_STRING
    _pattern(schema)
    pending = [(part, is_all and part.path[-2:] == ("allOf", 0)) for part in _alternatives(schema, without_any=is_any)]
    while pending:
        part, is_first = pending.pop()
        if part.value.__class__ is not dict:
            continue
        for keyword, argument in part.value.items():
            detail = _NOT_NESTED.get(keyword)
            if detail is not None and argument is not HOLE and (argument or keyword in _POINTERS):
                part[keyword].forbidden(
                    detail, fix=f"write {keyword} beside it, outside of anyOf, allOf, oneOf and not"
                )
        if part["properties"]["metadata"].is_set:
            part["properties"]["metadata"].forbidden("must not be specified in a nested context")
        _pattern(part)
        pending += [(inner, False) for inner in _alternatives(part, without_any=is_first)]
        pending += [(inner, False) for _, inner in part["properties"].entries()]
        pending.append((part["items"], False))


def _alternatives(schema: Field, *, without_any: bool) -> Iterator[Field]:
    if not without_any:
        yield from schema["anyOf"]
    yield from schema["allOf"]
    yield from schema["oneOf"]
    yield schema["not"]


def _pattern(schema: Field) -> None:
    pattern = schema["pattern"]
    if pattern.value.__class__ is str and pattern:
        fault = go_fault(pattern.value)
        if fault:
            pattern.invalid(f"must be a valid regular expression, but isn't: {fault}")


def _completeness(root: Field) -> None:
    """Fields in the root's anyOf and the like, which must be described outside of them too.

    Mirrors: apiextensions-apiserver pkg/apiserver/schema/complete.go validateStructuralCompleteness @ v1.37
    """
    if root.value.__class__ is not dict:
        return
    pending = [(part, root) for part in _alternatives(root, without_any=False)]
    while pending:
        nested, schema = pending.pop()
        if nested.value.__class__ is not dict or schema.is_hole:
            continue
        if not schema.is_set:
            schema.required(f"because it is defined in {field_path(nested.named)}")
            continue
        pending += [(part, schema) for part in _alternatives(nested, without_any=False)]
        pending.append((nested["items"], schema["items"]))
        pending += [(part, schema["properties"][name]) for name, part in nested["properties"].entries()]
