"""Paths of fields as text, in the form of the API server."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

# In nearly all kinds, a field of one of these names is a map, so the next step of the path is a key.
_MAPS: Final = frozenset(
    {
        "annotations", "binaryData", "capacity", "data", "default", "defaultRequest", "hard", "labels", "limits",
        "matchLabels", "max", "maxLimitRequestRatio", "min", "podFixed", "properties", "requests",
        "stringData",
    }
)  # fmt: skip
_STEP: Final = re.compile(r"([^.\[\]]+)|\[(\d+)\]|\[([^\[\]]*)\]")


class Key(str):
    """A step that is the key of a map, and written in brackets, where the field before it does not tell."""

    __slots__ = ()


def field_path(path: Iterable[str | int], *, by_decoder: bool = False) -> str:
    """The text of a path, as the API server writes it.

    Validation puts the key of a map in brackets. With `by_decoder` every name has a dot before it, keys too: so write
    the decoder and the validation of custom resources by their schema.

    >>> field_path(("spec", "containers", 0, "resources", "limits", "cpu"))
    'spec.containers[0].resources.limits[cpu]'
    >>> field_path(("metadata", "labels", "app"), by_decoder=True)
    'metadata.labels.app'

    Mirrors: apimachinery pkg/util/validation/field/path.go Path.String @ v1.36
    """
    text, is_key = "", False
    for step in path:
        if isinstance(step, int) or (
            not by_decoder and (is_key or "." in step or "/" in step or step.__class__ is Key)
        ):
            text, is_key = f"{text}[{step}]", False
        else:
            text, is_key = f"{text}.{step}" if text else step, step in _MAPS
    return text


def path_of(field: str) -> tuple[str | int, ...]:
    """The path that a text means; the keys of maps must be in brackets.

    >>> path_of("spec.containers[0].resources.limits[nvidia.com/gpu]")
    ('spec', 'containers', 0, 'resources', 'limits', 'nvidia.com/gpu')
    """
    return tuple(int(index) if index else name or key for name, index, key in _STEP.findall(field))
