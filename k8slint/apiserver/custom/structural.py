"""Data checked against the structure of a CRD's schema: unknown fields, and duplicate items."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from k8slint.loading.document import Path
from k8slint.objects.fields import mapping, sequence


class Itself:
    """A part of a schema, compared by identity: caches derive something from it once, however many values there are."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Itself) and self.value is other.value

    def __hash__(self) -> int:
        return id(self.value)


TYPE_META: Final = frozenset({"apiVersion", "kind", "metadata"})


def unknown_fields(data: Any, schema: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """The paths of fields that the API server does not know, each with the schema of the mapping that has the field.

    Mirrors: apiextensions-apiserver pkg/apiserver/schema/pruning/algorithm.go PruneWithOptions @ v1.37
    """
    pending: list[tuple[Any, Any, Path, bool]] = [(data, schema, (), False)]
    while pending:
        value, node, path, is_kept = pending.pop()
        known = mapping(node)
        is_kept = is_kept or known.get("x-kubernetes-preserve-unknown-fields") is True
        if isinstance(value, list):
            items = known.get("items")
            pending += [(item, items, (*path, index), is_kept) for index, item in enumerate(value)]
        elif isinstance(value, dict):
            properties, further = mapping(known.get("properties")), known.get("additionalProperties")
            has_type_meta = not path or known.get("x-kubernetes-embedded-resource") is True
            for key, entry in value.items():
                if has_type_meta and key in TYPE_META:
                    continue
                if key in properties:
                    pending.append((entry, properties[key], (*path, key), False))
                elif further is not None:
                    pending.append((entry, further, (*path, key), False))
                elif not is_kept:
                    yield (*path, key), known


def duplicates(value: Any, schema: Any, path: Path = ()) -> Iterator[tuple[Path, str, Mapping[str, Any]]]:
    """Duplicate items that a schema forbids in the lists of a value.

    Each is the path of its second occurrence, the item or its map keys as JSON, and the schema of the list.

    Mirrors: apiextensions-apiserver pkg/apiserver/schema/listtype/validation.go ValidateListSetsAndMaps @ v1.37
    """
    if not isinstance(schema, dict):
        return
    if isinstance(value, list):
        yield from ((*found, schema) for found in items_twice(value, schema, path))
        for index, item in enumerate(value):
            yield from duplicates(item, schema.get("items"), (*path, index))
    elif isinstance(value, dict):
        properties, further = mapping(schema.get("properties")), schema.get("additionalProperties")
        for key, entry in value.items():
            if isinstance(entry, (dict, list)):
                yield from duplicates(entry, properties.get(key, further), (*path, key))


def items_twice(value: list[Any], node: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, str]]:
    """Duplicate items that this list must not have: the path of the second, and the item or its map keys as JSON."""
    list_type = node.get("x-kubernetes-list-type")
    if list_type not in ("set", "map") or len(value) < 2:
        return
    keys = {key for key in sequence(node.get("x-kubernetes-list-map-keys")) if isinstance(key, str)}
    seen: dict[str, int] = {}
    for index, item in enumerate(value):
        if list_type == "map":
            if not isinstance(item, dict):
                continue
            identity = _json({key: item[key] for key in item if key in keys})
        else:
            identity = _json(item)
        seen[identity] = seen.get(identity, 0) + 1
        if seen[identity] == 2:
            yield (*path, index), identity


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def depth_of(data: Any) -> int:
    """The number of nested levels of mappings and lists."""
    level, depth = [data], 0
    while level:
        depth += 1
        level = [
            child
            for part in level
            for child in (part.values() if isinstance(part, dict) else part)
            if isinstance(child, (dict, list))
        ]
    return depth
