"""Paths into the schema of a CustomResourceDefinition, as its rules and selectable fields write them."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from k8slint.apiserver.validation.field import Field
from k8slint.values.regex import regex

_PART: Final = regex(r"'(?:[^'\\]|\\.)*'|[.\[\]]|[^.\[\]]+", re.DOTALL)
_NO_FIELD: Final = "does not refer to a valid field"
_TOO_SHORT: Final = "unexpected end of JSON path"


class Target(NamedTuple):
    """What a path leads to: the names on the way and the part of the schema; or the `fault`, if it leads nowhere."""

    names: tuple[str, ...]
    schema: Any
    fault: str = ""


def target(path: str, schema: Field, *, has_keys: bool = True) -> Target:
    """The part of a schema that a path leads to. `has_keys`: the path may have keys in brackets and single quotes.

    Mirrors: apiextensions-apiserver pkg/apiserver/schema/cel/validation.go ValidFieldPath @ v1.37
    """
    parts = iter(_PART.findall(path))
    names: list[str] = []
    node = schema.value
    for part in parts:
        if part == "[" and has_keys:
            quoted = next(parts, None)
            if quoted is None:
                return Target((), None, _TOO_SHORT)
            if len(quoted) < 2 or quoted[0] != "'" or quoted[-1] != "'":
                return Target((), None, f"expected single quoted string but got {quoted}")
            name = re.sub(r"\\(.)", r"\1", quoted[1:-1])
            closing = next(parts, None)
            fault = _TOO_SHORT if closing is None else f"expected ] but got {closing}" if closing != "]" else ""
        elif part == "[":
            return Target((), None, "array notation is not allowed")
        elif part == ".":
            name, fault = next(parts, ""), ""
        else:
            return Target((), None, f"expected [ or . but got: {part}")
        found = _child(node, name)
        if found is None or fault:
            return Target((), None, fault if found is not None else _NO_FIELD)
        names.append(name)
        node = found
    return Target(tuple(names), node)


def _child(node: Any, name: str) -> Any:
    """The part of a schema for a field or key; None if it has none, `node` if that is no mapping."""
    if node.__class__ is not dict:
        return None if node is True else node
    properties = node.get("properties")
    if properties.__class__ is dict and properties:
        return properties.get(name)
    return properties or node.get("additionalProperties")
