"""Values held against the schema of a CRD, in the dialect of OpenAPI that the API server checks custom resources with.

Every keyword differs from JSON Schema's of the same name, in what it takes, in what null means, or in its regular
expressions; so this is a dialect of its own. Descent follows the schema, whose depth the caller limits.

Mirrors: kube-openapi pkg/validation/validate, apiextensions-apiserver pkg/apiserver/validation @ v1.37
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from k8slint.loading.document import Path
from k8slint.objects.fields import mapping, sequence
from k8slint.schema.enums import unsupported
from k8slint.schema.formats import has_format, matches_pattern
from k8slint.schema.scalars import Fault
from k8slint.schema.shapes import Field
from k8slint.schema.wording import is_placeholder, path_text


class Defect(NamedTuple):
    """A value its schema does not take: of another type than `field`, or with a `fault` of its own."""

    path: Path
    value: Any
    fault: Fault | None = None
    field: Field | None = None


Keyword = Callable[[Any, Any, Mapping[str, Any], Path], Iterator[Defect]]

_FIELDS: Final = {
    "array": Field(list, None, None, "a list"),
    "boolean": Field(bool, None, None, "true or false"),
    "integer": Field(int, None, None, "an integer"),
    "number": Field(float, None, None, "a number"),
    "object": Field(dict, None, None, "a mapping"),
    "string": Field(str, None, None, "a string"),
}
_INT_OR_STRING: Final = Field(int, None, None, "an integer or a string")
_LONGEST_SHOWN: Final = 60


def defects(value: Any, schema: Any, path: Path = ()) -> Iterator[Defect]:
    """Every defect of a completed value."""
    node = mapping(schema)
    if value is None:
        yield from _check_null(node, path)
        return
    if is_placeholder(value):
        return
    if node.get("x-kubernetes-int-or-string") is True:
        if not isinstance(value, (int, str)) or isinstance(value, bool):
            yield Defect(path, value, field=_INT_OR_STRING)
    for keyword, argument in node.items():
        check = _KEYWORDS.get(keyword)
        if check is not None:
            yield from check(value, argument, node, path)


def _check_null(node: Mapping[str, Any], path: Path) -> Iterator[Defect]:
    """Of null only the type is asked."""
    field = _FIELDS.get(node.get("type", ""))
    if field is not None and not node.get("nullable"):
        yield Defect(path, None, field=field)


def _type(value: Any, argument: Any, node: Mapping[str, Any], path: Path) -> Iterator[Defect]:
    field = _FIELDS.get(argument) if isinstance(argument, str) else None
    if field is None or node.get("x-kubernetes-int-or-string") is True:
        return
    if isinstance(value, bool):
        fits = argument == "boolean"
    elif argument in ("integer", "number"):
        fits = isinstance(value, (int, float)) and (argument == "number" or value == int(value))
    else:
        fits = isinstance(value, field.python)
    if not fits:
        yield Defect(path, value, field=field)


def _properties(value: Any, argument: Any, _node: Mapping[str, Any], path: Path) -> Iterator[Defect]:
    if isinstance(value, dict) and isinstance(argument, dict):
        for key, entry in value.items():
            if key in argument:
                yield from defects(entry, argument[key], (*path, key))


def _additional_properties(value: Any, argument: Any, node: Mapping[str, Any], path: Path) -> Iterator[Defect]:
    if not isinstance(value, dict):
        return
    known = mapping(node.get("properties"))
    for key, entry in value.items():
        if key in known:
            continue
        if argument is False:
            yield _invalid((*path, key), entry, "is a forbidden property")
        else:
            yield from defects(entry, argument, (*path, key))


def _items(value: Any, argument: Any, _node: Mapping[str, Any], path: Path) -> Iterator[Defect]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from defects(item, argument, (*path, index))


def _required(value: Any, argument: Any, _node: Mapping[str, Any], path: Path) -> Iterator[Defect]:
    if isinstance(value, dict):
        for name in sequence(argument):
            if isinstance(name, str) and name not in value:
                fault = Fault("required-field", f"Required value: {name} is missing", f"add {name}")
                yield Defect((*path, name), None, fault)


def _enum(value: Any, argument: Any, _node: Mapping[str, Any], path: Path) -> Iterator[Defect]:
    allowed = sequence(argument)
    if not allowed or any(_is_same(value, word) for word in allowed):
        return
    text = value if isinstance(value, str) else _json(value)
    words = tuple(word if isinstance(word, str) else _json(word) for word in allowed)
    yield Defect(path, value, unsupported(text, words))


def _is_same(value: Any, word: Any) -> bool:
    return bool(value == word) and isinstance(value, bool) == isinstance(word, bool)


def _pattern(value: Any, argument: Any, _node: Mapping[str, Any], path: Path) -> Iterator[Defect]:
    if isinstance(value, str) and isinstance(argument, str) and not matches_pattern(value, argument):
        yield _invalid(path, value, f"should match '{argument}'")


def _format(value: Any, argument: Any, node: Mapping[str, Any], path: Path) -> Iterator[Defect]:
    if isinstance(value, str) and isinstance(argument, str) and node.get("type", "string") == "string":
        if not has_format(value, argument):
            yield _invalid(path, value, f"must be of type {argument}")


def _max_length(value: Any, argument: Any, _node: Mapping[str, Any], path: Path) -> Iterator[Defect]:
    if isinstance(value, str) and _is_number(argument) and len(value) > argument:
        yield _too_long(path, value, f"Too long: may not be more than {argument} bytes")


def _min_length(value: Any, argument: Any, _node: Mapping[str, Any], path: Path) -> Iterator[Defect]:
    if isinstance(value, str) and _is_number(argument) and len(value) < argument:
        yield _invalid(path, value, f"should be at least {argument} chars long")


def _max_items(value: Any, argument: Any, _node: Mapping[str, Any], path: Path) -> Iterator[Defect]:
    if isinstance(value, list) and _is_number(argument) and len(value) > argument:
        yield _too_long(path, value, f"Too many: {len(value)}: must have at most {argument} items")


def _min_items(value: Any, argument: Any, _node: Mapping[str, Any], path: Path) -> Iterator[Defect]:
    if isinstance(value, list) and _is_number(argument) and len(value) < argument:
        yield _invalid(path, len(value), f"should have at least {argument} items")


def _max_properties(value: Any, argument: Any, _node: Mapping[str, Any], path: Path) -> Iterator[Defect]:
    if isinstance(value, dict) and _is_number(argument) and len(value) > argument:
        yield _too_long(path, value, f"Too many: {len(value)}: must have at most {argument} items")


def _min_properties(value: Any, argument: Any, _node: Mapping[str, Any], path: Path) -> Iterator[Defect]:
    if isinstance(value, dict) and _is_number(argument) and len(value) < argument:
        yield _invalid(path, len(value), f"should have at least {argument} properties")


def _maximum(value: Any, argument: Any, node: Mapping[str, Any], path: Path) -> Iterator[Defect]:
    if not _is_number(value) or not _is_number(argument):
        return
    if node.get("exclusiveMaximum") is True:
        if value >= argument:
            yield _invalid(path, value, f"should be less than {argument}")
    elif value > argument:
        yield _invalid(path, value, f"should be less than or equal to {argument}")


def _minimum(value: Any, argument: Any, node: Mapping[str, Any], path: Path) -> Iterator[Defect]:
    if not _is_number(value) or not _is_number(argument):
        return
    if node.get("exclusiveMinimum") is True:
        if value <= argument:
            yield _invalid(path, value, f"should be greater than {argument}")
    elif value < argument:
        yield _invalid(path, value, f"should be greater than or equal to {argument}")


def _multiple_of(value: Any, argument: Any, _node: Mapping[str, Any], path: Path) -> Iterator[Defect]:
    if _is_number(value) and _is_number(argument) and argument > 0:
        times = value / argument
        if abs(times - round(times)) > 1e-9 * max(1.0, abs(times)):
            yield _invalid(path, value, f"should be a multiple of {argument}")


def _all_of(value: Any, argument: Any, _node: Mapping[str, Any], path: Path) -> Iterator[Defect]:
    for schema in sequence(argument):
        yield from defects(value, schema, path)


def _any_of(value: Any, argument: Any, _node: Mapping[str, Any], path: Path) -> Iterator[Defect]:
    schemas = sequence(argument)
    failed = []
    for schema in schemas:
        found = list(defects(value, schema, path))
        if not found:
            return
        failed.append(found)
    if failed:
        said = "must validate at least one schema (anyOf)"
        yield _of_alternatives(path, value, said, schemas, failed)


def _one_of(value: Any, argument: Any, _node: Mapping[str, Any], path: Path) -> Iterator[Defect]:
    schemas = sequence(argument)
    failed = [found for schema in schemas if (found := list(defects(value, schema, path)))]
    met = len(schemas) - len(failed)
    if schemas and met != 1:
        said = "must validate one and only one schema (oneOf). "
        said += f"Found {met} valid alternatives" if met else "Found none valid"
        yield _of_alternatives(path, value, said, schemas, [] if met else failed)


def _of_alternatives(path: Path, value: Any, said: str, schemas: list[Any], failed: list[list[Defect]]) -> Defect:
    """A defect of several schemas, with what they ask for where that can be said in few words."""
    wanted = [" and ".join(map(str, sequence(mapping(schema).get("required")))) for schema in schemas]
    if all(wanted) and isinstance(value, dict):
        how_many = "one" if "oneOf" in said else "at least one"
        choice = ", ".join(wanted)
        return _invalid(path, value, f"{said}; set {how_many} of {choice}", f"set {how_many} of {choice}")
    nearest = min(failed, key=len, default=None)
    if nearest and nearest[0].fault is not None:
        where = path_text(nearest[0].path)
        return _invalid(path, value, f"{said}; the nearest fails at {where}: {nearest[0].fault.message}")
    return _invalid(path, value, said)


def _not(value: Any, argument: Any, _node: Mapping[str, Any], path: Path) -> Iterator[Defect]:
    if isinstance(argument, dict) and next(defects(value, argument, path), None) is None:
        yield _invalid(path, value, "must not validate the schema (not)")


def _embedded_resource(value: Any, argument: Any, _node: Mapping[str, Any], path: Path) -> Iterator[Defect]:
    if argument is True and isinstance(value, dict):
        for name in ("apiVersion", "kind"):
            if name not in value:
                fault = Fault("required-field", f"Required value: {name} is missing", f"add {name}")
                yield Defect((*path, name), None, fault)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"


def _invalid(path: Path, value: Any, said: str, fix: str = "") -> Defect:
    shown = "" if isinstance(value, (dict, list)) else f"{_json(value)}: "
    return Defect(path, value, Fault("invalid-value", f"Invalid value: {shown}{said}", fix))


def _too_long(path: Path, value: Any, said: str) -> Defect:
    return Defect(path, value, Fault("too-long", said))


_KEYWORDS: Final[Mapping[str, Keyword]] = {
    "additionalProperties": _additional_properties,
    "allOf": _all_of,
    "anyOf": _any_of,
    "enum": _enum,
    "format": _format,
    "items": _items,
    "maxItems": _max_items,
    "maxLength": _max_length,
    "maxProperties": _max_properties,
    "maximum": _maximum,
    "minItems": _min_items,
    "minLength": _min_length,
    "minProperties": _min_properties,
    "minimum": _minimum,
    "multipleOf": _multiple_of,
    "not": _not,
    "oneOf": _one_of,
    "pattern": _pattern,
    "properties": _properties,
    "required": _required,
    "type": _type,
    "x-kubernetes-embedded-resource": _embedded_resource,
}
