"""Reads fields of data that may have any shape: a value of a wrong type reads as absent, as null does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from k8slint.loading.document import Path

_NOTHING: dict[str, Any] = {}


def mapping(value: Any) -> dict[str, Any]:
    """The value, if it is a mapping; else an empty mapping, which all callers share and must not change."""
    return value if isinstance(value, dict) else _NOTHING


def sequence(value: Any) -> list[Any]:
    """The value, if it is a sequence; else an empty one."""
    return value if isinstance(value, list) else []


def text(value: Any) -> str:
    """The value, if it is a string; else the empty string."""
    return value if isinstance(value, str) else ""


def integer(value: Any) -> int | None:
    """The value, if it is a whole number; else None, also for a bool."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def dig(data: Any, *path: str | int) -> Any:
    """The value at the path, or None if the path leads nowhere."""
    for step in path:
        if isinstance(data, dict):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return None
    return data


def items(value: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    """The mappings in a sequence with their indices; items of other types are left out."""
    for index, item in enumerate(sequence(value)):
        if isinstance(item, dict):
            yield index, item


def strings(value: Any) -> dict[str, str]:
    """The entries of a mapping, such as labels, whose values are strings; empty for any other type."""
    if not isinstance(value, dict):
        return {}
    return {key: entry for key, entry in value.items() if isinstance(entry, str)}


def reach(data: Any, path: tuple[str, ...]) -> Iterator[tuple[Path, Any]]:
    """The values at a path, each with its own path; a step `*` goes through every item of a list."""
    places: list[tuple[Path, Any]] = [((), data)]
    for step in path:
        if step == "*":
            places = [((*at, index), item) for at, value in places for index, item in enumerate(sequence(value))]
        else:
            places = [((*at, step), value[step]) for at, value in places if isinstance(value, dict) and step in value]
    yield from places
