"""Data as the API server checks it against a CRD's schema: with defaults, and without nulls that are not allowed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from k8slint.apiserver.custom.keywords import defects
from k8slint.apiserver.custom.structural import TYPE_META, Itself, duplicates
from k8slint.objects.fields import mapping, sequence, text

# The verdict of these keywords on a mapping may depend on any default in it.
_WEIGHING: Final = frozenset(
    {"allOf", "anyOf", "enum", "maxProperties", "minProperties", "not", "oneOf", "x-kubernetes-validations"}
)


def completed(value: Any, schema: Any) -> Any:
    """The value with the defaults that may change what is found in it.

    A valid default is left out unless the field is required or a keyword judges the mapping as a whole: many defaults
    in each of many items would take memory for nothing.

    Mirrors: apiextensions-apiserver pkg/apiserver/schema/defaulting/algorithm.go Default @ v1.37
    """
    return _completed(value, schema, (), is_weighed=False)


def _completed(value: Any, schema: Any, keys: tuple[str, ...], *, is_weighed: bool) -> Any:
    """The same for a part: `keys` are the map keys of its list; if `is_weighed`, every default is filled in."""
    if not isinstance(schema, dict):
        return value
    is_weighed = is_weighed or not _WEIGHING.isdisjoint(schema) or schema.get("x-kubernetes-list-type") == "set"
    if isinstance(value, list):
        items, keys = schema.get("items"), tuple(map(text, sequence(schema.get("x-kubernetes-list-map-keys"))))
        several = []
        for item in value:  # a plain loop: a comprehension would add a stack frame per level
            filled = _instead_of_null(items) if item is None else item
            several.append(_completed(filled, items, keys, is_weighed=is_weighed))
        return several
    if not isinstance(value, dict):
        return value
    properties, further = mapping(schema.get("properties")), schema.get("additionalProperties")
    result: dict[str, Any] = {}
    for key, entry in value.items():
        inner = properties.get(key, further)
        if entry is None and isinstance(inner, dict) and not inner.get("nullable"):
            entry = inner.get("default")  # noqa: PLW2901 - the default replaces the null
            if entry is None:
                continue
        result[key] = _completed(entry, inner, (), is_weighed=is_weighed)
    for key, default in _defaults(Itself(schema), keys, is_weighed=is_weighed).items() if properties else ():
        result.setdefault(key, default)
    return result


@lru_cache(maxsize=256)
def _defaults(node: Itself, keys: tuple[str, ...], *, is_weighed: bool) -> Mapping[str, Any]:
    """The fields of a mapping whose defaults may change what is found, each with its default."""
    asked_for = {*keys, *map(text, sequence(node.value.get("required"))), *TYPE_META}
    found: dict[str, Any] = {}
    for key, inner in node.value["properties"].items():
        if isinstance(inner, dict) and inner.get("default") is not None:
            default = _completed(inner["default"], inner, (), is_weighed=is_weighed)
            if is_weighed or key in asked_for or defects(default, inner) or any(duplicates(default, inner)):
                found[key] = default
    return found


def _instead_of_null(schema: Any) -> Any:
    node = mapping(schema)
    return None if node.get("nullable") else node.get("default")
