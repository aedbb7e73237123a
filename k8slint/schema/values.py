"""Values held against the schema of a CRD, in the dialect of OpenAPI that the API server checks custom resources with.

Every keyword differs from JSON Schema's of the same name, in what it takes, in what null means, or in its regular
expressions; so this is a dialect of its own. Descent follows the schema, whose depth the caller limits.

Mirrors: kube-openapi pkg/validation/validate, apiextensions-apiserver pkg/apiserver/validation @ v1.37
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from k8slint.loading.document import Path
from k8slint.objects.fields import mapping, sequence
from k8slint.schema.enums import unsupported
from k8slint.schema.formats import has_format
from k8slint.schema.patterns import matches_pattern
from k8slint.schema.scalars import Fault
from k8slint.schema.shapes import Field
from k8slint.schema.wording import is_placeholder, named, path_text


class Defect(NamedTuple):
    """A value that its schema does not take: with a fault, or, where `field` is given, of another type than that."""

    path: Path
    value: Any
    fault: Fault
    field: Field | None = None


# A check of one keyword: the value, the argument of the keyword, the schema it stands in, the path, what was found.
Keyword = Callable[[Any, Any, Mapping[str, Any], Path, list[Defect]], None]

FIELDS: Final = {
    "array": Field(list, None, None, "a list"),
    "boolean": Field(bool, None, None, "true or false"),
    "integer": Field(int, None, None, "an integer"),
    "number": Field(float, None, None, "a number"),
    "object": Field(dict, None, None, "a mapping"),
    "string": Field(str, None, None, "a string"),
}
_INT_OR_STRING: Final = Field(int, None, None, "an integer or a string")
_LONGEST_SHOWN: Final = 60
_NEAREST: Final = "; the nearest fails at "


def defects(value: Any, schema: Any, path: Path = ()) -> list[Defect]:
    """Every defect of a completed value; a text that is yet to be filled in has none."""
    found: list[Defect] = []
    _collect(value, schema, path, found)
    return found


def _collect(value: Any, schema: Any, path: Path, found: list[Defect]) -> None:
    node = mapping(schema)
    if value is None:
        _check_null(node, path, found)
        return
    before = len(found)
    if node.get("x-kubernetes-int-or-string") is True and not is_int_or_string(value):
        found.append(_of_type(path, value, _INT_OR_STRING))
    for keyword, argument in node.items():
        check = KEYWORDS.get(keyword)
        if check is not None:
            check(value, argument, node, path, found)
    if len(found) > before and is_placeholder(value):
        del found[before:]


def is_int_or_string(value: Any) -> bool:
    """Whether a value is what `x-kubernetes-int-or-string` asks for."""
    return isinstance(value, (int, str)) and not isinstance(value, bool)


def _check_null(node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    """Of null only type and words are asked."""
    takes_both = node.get("x-kubernetes-int-or-string") is True
    field = _INT_OR_STRING if takes_both else FIELDS.get(node.get("type", ""))
    words = sequence(node.get("enum"))
    if field is not None and not node.get("nullable"):
        found.append(_of_type(path, None, field))
    elif words and None not in words:
        _enum(None, words, node, path, found)


def _of_type(path: Path, value: Any, field: Field) -> Defect:
    return Defect(path, value, Fault("wrong-type", f"expected {field.word}, found {named(value)}"), field)


def _type(value: Any, argument: Any, node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    field = FIELDS.get(argument) if isinstance(argument, str) else None
    if field is None or node.get("x-kubernetes-int-or-string") is True:
        return
    if isinstance(value, bool):
        fits = argument == "boolean"
    elif argument in ("integer", "number"):
        fits = isinstance(value, (int, float)) and (argument == "number" or value == int(value))
    else:
        fits = isinstance(value, field.python)
    if not fits:
        found.append(_of_type(path, value, field))


def _properties(value: Any, argument: Any, _node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    if isinstance(value, dict) and isinstance(argument, dict):
        for key, entry in value.items():
            if key in argument:
                _collect(entry, argument[key], (*path, key), found)


def _additional_properties(value: Any, argument: Any, node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    if not isinstance(value, dict):
        return
    known = mapping(node.get("properties"))
    for key, entry in value.items():
        if key in known:
            continue
        if argument is False:
            found.append(_invalid((*path, key), entry, "is a forbidden property"))
        else:
            _collect(entry, argument, (*path, key), found)


def _items(value: Any, argument: Any, _node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    if isinstance(value, list):
        for index, item in enumerate(value):
            _collect(item, argument, (*path, index), found)


def _required(value: Any, argument: Any, _node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    if isinstance(value, dict):
        for name in sequence(argument):
            if isinstance(name, str) and name not in value:
                fault = Fault("required-field", f"Required value: {name} is missing", f"add {name}")
                found.append(Defect((*path, name), None, fault))


def _enum(value: Any, argument: Any, _node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    allowed = sequence(argument)
    if not allowed or any(_is_same(value, word) for word in allowed):
        return
    text = value if isinstance(value, str) else _json(value)
    words = tuple(word if isinstance(word, str) else _json(word) for word in allowed)
    found.append(Defect(path, value, unsupported(text, words)))


def _is_same(value: Any, word: Any) -> bool:
    return bool(value == word) and isinstance(value, bool) == isinstance(word, bool)


def _pattern(value: Any, argument: Any, _node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    if isinstance(value, str) and isinstance(argument, str) and not matches_pattern(value, argument):
        found.append(_invalid(path, value, f"should match '{argument}'"))


def _format(value: Any, argument: Any, node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    is_text = isinstance(value, str) and node.get("type", "string") == "string"
    if is_text and isinstance(argument, str) and not has_format(value, argument):
        found.append(_invalid(path, value, f"must be of type {argument}"))


def _max_length(value: Any, argument: Any, _node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    if isinstance(value, str) and _is_number(argument) and len(value) > argument:
        found.append(_too_long(path, value, f"Too long: may not be more than {argument} bytes"))


def _min_length(value: Any, argument: Any, _node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    if isinstance(value, str) and _is_number(argument) and len(value) < argument:
        found.append(_invalid(path, value, f"should be at least {argument} chars long"))


def _max_items(value: Any, argument: Any, _node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    if isinstance(value, list) and _is_number(argument) and len(value) > argument:
        found.append(_too_long(path, value, f"Too many: {len(value)}: must have at most {argument} items"))


def _min_items(value: Any, argument: Any, _node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    if isinstance(value, list) and _is_number(argument) and len(value) < argument:
        found.append(_invalid(path, len(value), f"should have at least {argument} items"))


def _max_properties(value: Any, argument: Any, _node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    if isinstance(value, dict) and _is_number(argument) and len(value) > argument:
        found.append(_too_long(path, value, f"Too many: {len(value)}: must have at most {argument} items"))


def _min_properties(value: Any, argument: Any, _node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    if isinstance(value, dict) and _is_number(argument) and len(value) < argument:
        found.append(_invalid(path, len(value), f"should have at least {argument} properties"))


def _maximum(value: Any, argument: Any, node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    if not _is_number(value) or not _is_number(argument):
        return
    if node.get("exclusiveMaximum") is True:
        if value >= argument:
            found.append(_invalid(path, value, f"should be less than {argument}"))
    elif value > argument:
        found.append(_invalid(path, value, f"should be less than or equal to {argument}"))


def _minimum(value: Any, argument: Any, node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    if not _is_number(value) or not _is_number(argument):
        return
    if node.get("exclusiveMinimum") is True:
        if value <= argument:
            found.append(_invalid(path, value, f"should be greater than {argument}"))
    elif value < argument:
        found.append(_invalid(path, value, f"should be greater than or equal to {argument}"))


def _multiple_of(value: Any, argument: Any, _node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    if _is_number(value) and _is_number(argument) and argument > 0:
        times = float(value) / argument
        if abs(times - round(times)) > 1e-9 * max(1.0, abs(times)):
            found.append(_invalid(path, value, f"should be a multiple of {argument}"))


def _all_of(value: Any, argument: Any, _node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    for schema in sequence(argument):
        _collect(value, schema, path, found)


def _any_of(value: Any, argument: Any, _node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    schemas = sequence(argument)
    failed = [defects(value, schema, path) for schema in schemas]
    if all(failed) and failed:
        said = "must validate at least one schema (anyOf)"
        found.append(_of_alternatives(path, value, said, schemas, failed))


def _one_of(value: Any, argument: Any, _node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    schemas = sequence(argument)
    outcomes = [defects(value, schema, path) for schema in schemas]
    met = outcomes.count([])
    if schemas and met != 1:
        said = "must validate one and only one schema (oneOf). "
        said += f"Found {met} valid alternatives" if met else "Found none valid"
        found.append(_of_alternatives(path, value, said, schemas, [] if met else outcomes))


def _of_alternatives(path: Path, value: Any, said: str, schemas: list[Any], failed: list[list[Defect]]) -> Defect:
    """A defect of several schemas, with what they ask for where that can be said in few words."""
    wanted = [" and ".join(map(str, sequence(mapping(schema).get("required")))) for schema in schemas]
    if all(wanted) and isinstance(value, dict):
        how_many = "one" if "oneOf" in said else "at least one"
        choice = ", ".join(wanted)
        return _invalid(path, value, f"{said}; set {how_many} of {choice}", f"set {how_many} of {choice}")
    nearest = min(failed, key=len, default=None)
    if nearest:
        message = nearest[0].fault.message
        reason = message.partition(_NEAREST)[2] or f"{path_text(nearest[0].path)}: {message}"
        return _invalid(path, value, f"{said}{_NEAREST}{reason}")
    return _invalid(path, value, said)


def _not(value: Any, argument: Any, _node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    if isinstance(argument, dict) and not defects(value, argument, path):
        found.append(_invalid(path, value, "must not validate the schema (not)"))


def _embedded_resource(value: Any, argument: Any, _node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    if argument is True and isinstance(value, dict):
        for name in ("apiVersion", "kind"):
            if name not in value:
                fault = Fault("required-field", f"Required value: {name} is missing", f"add {name}")
                found.append(Defect((*path, name), None, fault))


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


KEYWORDS: Final[Mapping[str, Keyword]] = {
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
