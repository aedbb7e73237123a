"""Values held against the schema of a CRD, in the dialect of OpenAPI that the API server checks custom resources with.

Every keyword differs from JSON Schema's of the same name, in what it takes, in what null means, or in its regular
expressions; so this is a dialect of its own. Descent follows the schema, whose depth the caller limits.

Mirrors: kube-openapi pkg/validation/validate, apiextensions-apiserver pkg/apiserver/validation @ v1.37
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

from k8slint.apiserver.custom.formats import has_format
from k8slint.apiserver.custom.patterns import matches_pattern
from k8slint.apiserver.custom.structural import Itself
from k8slint.apiserver.decoding.decode import MOST_MISMATCHES
from k8slint.apiserver.decoding.scalars import Fault
from k8slint.apiserver.decoding.types import Field
from k8slint.apiserver.words import named
from k8slint.loading.document import Path
from k8slint.objects.fields import mapping, sequence
from k8slint.values.field_path import field_path
from k8slint.values.nearest import nearest
from k8slint.values.placeholder import has_placeholder


class Defect(NamedTuple):
    """A value that its schema does not take: with a fault, or, where `field` is given, of another type than that.

    `node` is the part of the schema that refuses it, by what `keyword` says there.
    """

    path: Path
    value: Any
    fault: Fault
    field: Field | None = None
    node: Mapping[str, Any] | None = None
    keyword: str = ""


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
_MOST_LISTED: Final = 100
_LONGEST_SHOWN: Final = 60
_NEAREST: Final = "; the nearest fails: "
# From here on Go writes whole numbers with an exponent.
_LARGEST_WRITTEN_OUT: Final = 1e21
# What a format asks for, in words, each with an example.
_FORMATS: Final = {
    "byte": "bytes in base64, as aGVsbG8=",
    "cidr": "a network, as 10.0.0.0/8",
    "date": "a date, as 2026-01-31",
    "date-time": "a time, as 2026-01-31T09:00:00Z",
    "datetime": "a time, as 2026-01-31T09:00:00Z",
    "duration": "a duration, as 90s or 1h30m",
    "email": "an address, as web@example.com",
    "hostname": "a host name, as web.example.com",
    "ipv4": "an IPv4 address, as 192.0.2.7",
    "ipv6": "an IPv6 address, as 2001:db8::7",
    "uri": "a URI, as https://example.com/web",
    "uuid": "a UUID, as 123e4567-e89b-12d3-a456-426614174000",
}


def defects(value: Any, schema: Any, path: Path = ()) -> list[Defect]:
    """Every defect of a completed value, up to as many as are told; a text that is yet to be filled in has none."""
    found: list[Defect] = []
    _collect(value, schema, path, found)
    return found


def _collect(value: Any, schema: Any, path: Path, found: list[Defect]) -> None:
    if len(found) >= MOST_MISMATCHES:
        return
    node = mapping(schema)
    if value is None:
        _check_null(node, path, found)
        return
    before = len(found)
    if node.get("x-kubernetes-int-or-string") is True and not is_int_or_string(value):
        found.append(_of_type(path, value, _INT_OR_STRING, node))
    for keyword, argument in node.items():
        check = KEYWORDS.get(keyword)
        if check is not None:
            size = len(found)
            check(value, argument, node, path, found)
            if len(found) > size:
                _sign(found, size, node, keyword)
    if len(found) > before and has_placeholder(value):
        del found[before:]


def _sign(found: list[Defect], start: int, node: Mapping[str, Any], keyword: str) -> None:
    """Say of new defects which part of the schema found them, where no part further down has said so."""
    found[start:] = [
        defect if defect.node is not None else defect._replace(node=node, keyword=keyword) for defect in found[start:]
    ]


def is_int_or_string(value: Any) -> bool:
    """Whether a value is what `x-kubernetes-int-or-string` asks for."""
    return isinstance(value, (int, str)) and not isinstance(value, bool)


def _check_null(node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    """Of null only type and words are asked."""
    takes_both = node.get("x-kubernetes-int-or-string") is True
    field = _INT_OR_STRING if takes_both else FIELDS.get(node.get("type", ""))
    words = sequence(node.get("enum"))
    if field is not None and not node.get("nullable"):
        found.append(_of_type(path, None, field, node))
    elif words and None not in words:
        size = len(found)
        _enum(None, words, node, path, found)
        _sign(found, size, node, "enum")


def _of_type(path: Path, value: Any, field: Field, node: Mapping[str, Any]) -> Defect:
    fault = Fault("wrong-type", at_path(path, f"expected {field.word}, found {named(value)}"))
    return Defect(path, value, fault, field, node, "type")


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
        found.append(_of_type(path, value, field, node))


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
            said = (
                f'Invalid value: "{key}": {field_path((*path, key), by_decoder=True)} in body is a forbidden property'
            )
            fault = Fault("invalid-value", at_path(path, said), "take it away: the schema allows no further fields")
            found.append(Defect((*path, key), entry, fault))
        else:
            _collect(entry, argument, (*path, key), found)


def _items(value: Any, argument: Any, _node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    if isinstance(value, list):
        for index, item in enumerate(value):
            _collect(item, argument, (*path, index), found)


def _required(value: Any, argument: Any, _node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    if isinstance(value, dict):
        names = (name for name in sequence(argument) if isinstance(name, str))
        found.extend(_missing(path, name) for name in names if name not in value)


def _missing(path: Path, name: str) -> Defect:
    fault = Fault("required-field", f"{field_path((*path, name), by_decoder=True)}: Required value", f"add {name}")
    return Defect((*path, name), None, fault)


def _enum(value: Any, argument: Any, _node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    if not sequence(argument):
        return
    allowed = _words(Itself(argument))
    if _key(value) in allowed.keys:
        return
    text = value if isinstance(value, str) else as_json(value)
    listed = ", ".join(f'"{word}"' for word in allowed.texts[:_MOST_LISTED])
    if len(allowed.texts) > _MOST_LISTED:
        listed += f" and {len(allowed.texts) - _MOST_LISTED} more"
    near = nearest(text, allowed.names)
    hint, fix = (f'; did you mean "{near}"?', f'write "{near}"') if near is not None else ("", f"write one of {listed}")
    said = f'Unsupported value: "{text}": supported values: {listed}{hint}'
    found.append(Defect(path, value, Fault("unsupported-value", at_path(path, said), fix)))


class _Words(NamedTuple):
    """The values of an enum: to be looked up, as texts, and as texts to find the nearest of."""

    keys: frozenset[Any]
    texts: tuple[str, ...]
    names: frozenset[str]


@lru_cache(maxsize=256)
def _words(argument: Itself) -> _Words:
    texts = tuple(word if isinstance(word, str) else as_json(word) for word in argument.value)
    return _Words(frozenset(map(_key, argument.value)), texts, frozenset(texts))


def _key(value: Any) -> Any:
    """What equal values have in common, and no others; true is not 1."""
    return isinstance(value, bool), _frozen(value)


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return frozenset((key, _frozen(entry)) for key, entry in value.items())
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _pattern(value: Any, argument: Any, _node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    if isinstance(value, str) and isinstance(argument, str) and not matches_pattern(value, argument):
        found.append(_invalid(path, value, f"should match '{argument}'", f"write a text that matches {argument}"))


def _format(value: Any, argument: Any, node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    is_text = isinstance(value, str) and node.get("type", "string") == "string"
    if is_text and isinstance(argument, str) and not has_format(value, argument):
        wanted = _FORMATS.get(argument, f"a text of the format {argument}")
        found.append(_invalid(path, value, f"must be of type {argument}: {as_json(value)}", f"write {wanted}"))


def _max_length(value: Any, argument: Any, _node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    if isinstance(value, str) and _is_number(argument) and len(value) > argument:
        said = f"Too long: may not be more than {argument} bytes"
        found.append(_too_long(path, value, said, f"write at most {_counted(argument, 'character')}"))


def _min_length(value: Any, argument: Any, _node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    if isinstance(value, str) and _is_number(argument) and len(value) < argument:
        said = f"should be at least {argument} chars long"
        found.append(_invalid(path, value, said, f"write at least {_counted(argument, 'character')}"))


def _max_items(value: Any, argument: Any, _node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    if isinstance(value, list) and _is_number(argument) and len(value) > argument:
        found.append(_too_many(path, value, argument, "item"))


def _min_items(value: Any, argument: Any, _node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    if isinstance(value, list) and _is_number(argument) and len(value) < argument:
        said = f"should have at least {argument} items"
        found.append(_invalid(path, len(value), said, f"write at least {_counted(argument, 'item')}"))


def _max_properties(value: Any, argument: Any, _node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    if isinstance(value, dict) and _is_number(argument) and len(value) > argument:
        found.append(_too_many(path, value, argument, "key"))


def _min_properties(value: Any, argument: Any, _node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    if isinstance(value, dict) and _is_number(argument) and len(value) < argument:
        said = f"should have at least {argument} properties"
        found.append(_invalid(path, len(value), said, f"write at least {_counted(argument, 'key')}"))


def _maximum(value: Any, argument: Any, node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    if not _is_number(value) or not _is_number(argument):
        return
    is_open = node.get("exclusiveMaximum") is True
    if value > argument or (is_open and value == argument):
        bound = _bound(value, argument)
        said, fix = ("less than", "less than") if is_open else ("less than or equal to", "at most")
        found.append(_invalid(path, value, f"should be {said} {bound}", f"write {fix} {bound}"))


def _minimum(value: Any, argument: Any, node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    if not _is_number(value) or not _is_number(argument):
        return
    is_open = node.get("exclusiveMinimum") is True
    if value < argument or (is_open and value == argument):
        bound = _bound(value, argument)
        said, fix = ("greater than", "more than") if is_open else ("greater than or equal to", "at least")
        found.append(_invalid(path, value, f"should be {said} {bound}", f"write {fix} {bound}"))


def _multiple_of(value: Any, argument: Any, _node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    if _is_number(value) and _is_number(argument) and argument > 0:
        times = float(value) / argument
        if abs(times - round(times)) > 1e-9 * max(1.0, abs(times)):
            step = _number(argument)
            found.append(_invalid(path, value, f"should be a multiple of {step}", f"write a multiple of {step}"))


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
        return _of_whole(path, value, f"{said}; set {how_many} of {choice}", f"set {how_many} of {choice}")
    nearest = min(failed, key=len, default=None)
    if nearest:
        fault = nearest[0].fault
        reason = fault.message.partition(_NEAREST)[2] or fault.message
        return _of_whole(path, value, f"{said}{_NEAREST}{reason}", fault.fix)
    return _of_whole(path, value, said)


def _not(value: Any, argument: Any, _node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    if isinstance(argument, dict) and not defects(value, argument, path):
        found.append(_of_whole(path, value, "must not validate the schema (not)"))


def _embedded_resource(value: Any, argument: Any, _node: Mapping[str, Any], path: Path, found: list[Defect]) -> None:
    if argument is True and isinstance(value, dict):
        found.extend(_missing(path, name) for name in ("apiVersion", "kind") if name not in value)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _bound(value: float, argument: float) -> str:
    """A bound as the API server writes it: as a whole number beside one."""
    return _number(int(argument) if isinstance(value, int) else argument)


def _number(value: float) -> str:
    """A number as Go writes it."""
    return str(int(value) if abs(value) < _LARGEST_WRITTEN_OUT and value == int(value) else value)


def _counted(count: float, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def as_json(value: Any) -> str:
    """A value as the API server writes it in a message, cut where it is long."""
    text = _number(value) if _is_number(value) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"


def at_path(path: Path, said: str) -> str:
    """What the API server says of a value, after the path to it; the object itself has none."""
    return f"{field_path(path, by_decoder=True)}: {said}" if path else said


def _invalid(path: Path, value: Any, said: str, fix: str) -> Defect:
    message = at_path(path, f"Invalid value: {as_json(value)}: {field_path(path, by_decoder=True)} in body {said}")
    return Defect(path, value, Fault("invalid-value", message, fix))


def _of_whole(path: Path, value: Any, said: str, fix: str = "") -> Defect:
    """A defect of a value as a whole, of which the API server gives the path alone."""
    return Defect(path, value, Fault("invalid-value", f'"{field_path(path, by_decoder=True)}" {said}', fix))


def _too_many(path: Path, value: Any, most: float, word: str) -> Defect:
    said = f"Too many: {len(value)}: must have at most {_counted(most, 'item')}"
    return _too_long(path, value, said, f"leave at most {_counted(most, word)}")


def _too_long(path: Path, value: Any, said: str, fix: str) -> Defect:
    return Defect(path, value, Fault("too-long", at_path(path, said), fix))


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
