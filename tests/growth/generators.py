"""Manifests of any size: as many objects of a kind as asked for, or one object with a list as long as asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from k8slint.apiserver.discovery.definitions import definitions_of

Make = Callable[[int], str]
MINOR = 37
DEEPEST = 12
_SCALARS: Mapping[str, Callable[[int], Any]] = {
    "string": lambda number: f"name-{number}",
    "integer": lambda number: 1000 + number,
    "number": float,
    "boolean": lambda number: bool(number % 2),
}


def _schema(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = definitions_of(MINOR).schema(schema["$ref"].removeprefix("#/$defs/"))
    return schema


def _type(schema: dict[str, Any]) -> str:
    kinds = schema.get("type", "string")
    return kinds if isinstance(kinds, str) else kinds[0]


def entry(schema: dict[str, Any], number: int, depth: int = 2) -> Any:
    """A value of the schema: scalars of their type, different for each number, and mappings down to a depth."""
    schema = _schema(schema)
    kind = _type(schema)
    if kind in _SCALARS:
        return schema["enum"][0] if "enum" in schema else _SCALARS[kind](number)
    if kind == "array":
        return [entry(schema["items"], number, depth - 1)] if depth else []
    properties = schema.get("properties", {}) if depth else {}
    return {name: entry(inner, number, depth - 1) for name, inner in properties.items()}


def lists(schema: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Every list and map below a schema that no list is above, by its path; a definition's own only once."""
    pending: list[tuple[tuple[str, ...], dict[str, Any]]] = [((), schema)]
    seen = set()
    while pending:
        path, at = pending.pop(0)
        reference = at.get("$ref")
        if reference in seen or len(path) > DEEPEST:
            continue
        seen.update({reference} - {None})
        at = _schema(at)
        if _type(at) == "array" or isinstance(at.get("additionalProperties"), dict):
            yield path, at
        for name, inner in at.get("properties", {}).items():
            pending.append(((*path, name), inner))
        if _type(at) == "array":
            pending.append(((*path, "*"), at["items"]))


def long(schema: dict[str, Any], size: int) -> Any:
    """A list or map of that many entries."""
    if _type(schema) == "array":
        return [entry(schema["items"], number) for number in range(size)]
    return {f"key-{number}": entry(schema["additionalProperties"], number) for number in range(size)}


def put(data: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """The data with a value at a path, a step `*` being the one entry of a list."""
    at: Any = data
    for step, following in zip(path, (*path[1:], None), strict=True):
        empty = value if following is None else [] if following == "*" else {}
        if step == "*":
            at.append(empty)
            at = at[-1]
        elif following is None:
            at[step] = value
        else:
            at = at.setdefault(step, empty)
    return data


def _named(api_version: str, kind: str, number: int, **more: Any) -> dict[str, Any]:
    return {
        "apiVersion": api_version,
        "kind": kind,
        "metadata": {"name": f"name-{number}", "namespace": "shop"},
        **more,
    }


def _text(objects: Iterator[dict[str, Any]]) -> str:
    return "\n---\n".join(map(json.dumps, objects))


def of_kinds() -> Iterator[tuple[str, Make]]:
    """For each kind, as many objects of it, with all that lies at their tops."""
    for (api_version, kind), name in sorted(definitions_of(MINOR).kinds.items()):
        schema = definitions_of(MINOR).schema(name)

        def make(size: int, gvk: tuple[str, str] = (api_version, kind), schema: dict[str, Any] = schema) -> str:
            return _text({**entry(schema, number, 3), **_named(*gvk, number)} for number in range(size))

        yield f"{size_free(api_version)} {kind}", make


def size_free(text: str) -> str:
    """An apiVersion as an id of a test may hold it."""
    return text.replace("/", ".")


def of_lists() -> Iterator[tuple[str, Make]]:
    """For each list and map of a definition, one object with as many entries in it."""
    told = set()
    for (api_version, kind), name in sorted(definitions_of(MINOR).kinds.items()):
        for path, schema in lists({"$ref": f"#/$defs/{name}"}):
            key = (json.dumps(schema, sort_keys=True), path[-1])
            if key in told:
                continue
            told.add(key)

            def make(
                size: int,
                gvk: tuple[str, str] = (api_version, kind),
                path: tuple[str, ...] = path,
                schema: dict[str, Any] = schema,
            ) -> str:
                return json.dumps(put(_named(*gvk, 0), path, long(schema, size)))

            yield f"{size_free(api_version)} {kind} {'.'.join(path)}", make
