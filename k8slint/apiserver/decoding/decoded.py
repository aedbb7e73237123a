"""An object as it is once decoded, for defaulting and validation: a copy of its own, without what is not known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from k8slint.apiserver.validation.field import HOLE
from k8slint.loading.document import Path
from k8slint.values.placeholder import has_placeholder

# Keywords of JSON Schema, which stand in CustomResourceDefinitions.
_NO_PLACEHOLDERS: Final = ("$ref", "$schema")
# Maps by the names of their fields, and what a key without a value means in them: it is there nevertheless. The fields
# of a schema are one of them.
_OF_MAPS: Final[Mapping[Any, Callable[[], Any]]] = {
    "properties": dict,
    **dict.fromkeys(("annotations", "binaryData", "data", "labels", "matchLabels", "nodeSelector", "stringData"), str),
}
# Longer texts are files: a place in them is a part of them, or changes little.
_LONGEST_VALUE: Final = 4096


def decoded(  # noqa: C901 - one loop, kept flat for speed
    data: dict[str, Any], not_decoded: Iterable[Path], *, has_placeholders: bool
) -> dict[str, Any]:
    """A copy of the data that may be changed, of any depth.

    Fields that are null are left out, as the server takes them for absent; in a map they are empty. `HOLE` stands for
    what could not be decoded, and for what a template will fill in: a text, or a mapping of which a key is not known.
    """
    whole: dict[str, Any] = {}
    pending: list[tuple[Any, Any, Any, Any]] = [(data, whole, {}, "")]
    while pending:
        value, copy, owner, step = pending.pop()
        for key, inner in value.items() if value.__class__ is dict else enumerate(value):
            kept: Any = inner
            if inner.__class__ is str:
                if has_placeholders and len(inner) <= _LONGEST_VALUE and has_placeholder(inner):
                    kept = HOLE
            elif inner.__class__ is dict or inner.__class__ is list:
                kept = inner.__class__()
                if inner:
                    pending.append((inner, kept, copy, key))
            elif inner is None and step in _OF_MAPS:
                kept = _OF_MAPS[step]()
            if copy.__class__ is list:
                copy.append(kept)
            elif has_placeholders and key not in _NO_PLACEHOLDERS and has_placeholder(key):
                owner[step] = HOLE
            elif kept is not None:
                copy[key] = kept
    for path in not_decoded:
        _dig(whole, path)
    return whole


def _dig(data: Any, path: Path) -> None:
    """Put a hole where the path leads, if it still leads there."""
    for step in path[:-1]:
        if data is HOLE or data is None:
            return
        data = data[step] if isinstance(step, int) else data.get(step)
    if data is not HOLE and data is not None and path:
        data[path[-1]] = HOLE
