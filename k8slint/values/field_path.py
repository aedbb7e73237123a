"""Paths of fields, as the API server writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

# Fields whose names are those of maps in nearly all kinds: what follows is a key.
_MAPS: Final = frozenset(
    {
        "annotations", "binaryData", "capacity", "data", "hard", "labels", "limits", "matchLabels", "podFixed",
        "properties", "requests", "stringData",
    }
)  # fmt: skip
_STEP: Final = re.compile(r"([^.\[\]]+)|\[(\d+)\]|\[([^\[\]]*)\]")


def field_path(path: Iterable[str | int], *, by_decoder: bool = False) -> str:
    """A path as the API server writes it.

    Validation puts the key of a map in brackets. The decoder, and whatever holds custom resources against their schema,
    puts a dot before each name, key or not: `by_decoder`.

    >>> field_path(("spec", "containers", 0, "resources", "limits", "cpu"))
    'spec.containers[0].resources.limits[cpu]'
    >>> field_path(("metadata", "labels", "app"), by_decoder=True)
    'metadata.labels.app'

    Mirrors: apimachinery pkg/util/validation/field/path.go Path.String @ v1.36
    """
    text, is_key = "", False
    for step in path:
        if isinstance(step, int) or (not by_decoder and (is_key or "." in step or "/" in step)):
            text, is_key = f"{text}[{step}]", False
        else:
            text, is_key = f"{text}.{step}" if text else step, step in _MAPS
    return text


def path_of(field: str) -> tuple[str | int, ...]:
    """The path that a field's text names, keys in brackets.

    >>> path_of("spec.containers[0].resources.limits[nvidia.com/gpu]")
    ('spec', 'containers', 0, 'resources', 'limits', 'nvidia.com/gpu')
    """
    return tuple(int(index) if index else name or key for name, index, key in _STEP.findall(field))
