"""An object while its defaults are filled in: its mappings and lists may be absent or unknown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def mapping_in(data: Any, name: str) -> dict[str, Any]:
    """The mapping in a field, which is added if it is absent; a detached one if the field is unknown."""
    inner = data.setdefault(name, {})
    return inner if isinstance(inner, dict) else {}


def items_in(data: Any, name: str) -> Iterator[dict[str, Any]]:
    """The mappings in the list in a field; other items are left out."""
    inner = data.get(name)
    if isinstance(inner, list):
        yield from (item for item in inner if isinstance(item, dict))


def fill(data: dict[str, Any], **defaults: Any) -> None:
    """Set the fields that are absent or empty: those that Go holds as values."""
    for name, value in defaults.items():
        if not data.get(name):
            data[name] = value


def fill_absent(data: dict[str, Any], **defaults: Any) -> None:
    """Set the fields that are absent, and not those that are empty: those that Go holds as pointers."""
    for name, value in defaults.items():
        if data.get(name) is None:
            data[name] = value
