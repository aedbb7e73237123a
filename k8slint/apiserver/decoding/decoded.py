"""An object as it is once decoded, for defaulting and validation: a copy of its own, without what is not known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from k8slint.apiserver.validation.field import HOLE
from k8slint.loading.document import Path
from k8slint.values.placeholder import has_placeholder

# Keywords of JSON Schema, which stand in CustomResourceDefinitions.
_NO_PLACEHOLDERS: Final = ("$ref", "$schema")
# Longer texts are files: a place in them is a part of them, or changes little.
_LONGEST_VALUE: Final = 4096


def decoded(  # noqa: C901 - one loop, kept flat for speed
    data: dict[str, Any], not_decoded: Iterable[Path], zeros: Iterable[tuple[Path, Any]], *, has_placeholders: bool
) -> dict[str, Any]:
    """A copy of the data that may be changed, of any depth.

    Fields that are null are left out, as the server takes them for absent; `zeros` are entries of maps that are null,
    and what the server takes them for. `HOLE` stands for what could not be decoded, and for what a template will fill
    in: a text, or a mapping of which a key is not known.
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
            if copy.__class__ is list:
                copy.append(kept)
            elif has_placeholders and key not in _NO_PLACEHOLDERS and has_placeholder(key):
                owner[step] = HOLE
            elif kept is not None:
                copy[key] = kept
    for path, zero in zeros:
        _put(whole, path, zero)
    for path in not_decoded:
        _put(whole, path, HOLE)
    return whole


def _put(data: Any, path: Path, value: Any) -> None:
    """Put the value where the path leads, if it still leads there."""
    for step in path[:-1]:
        if data is HOLE or data is None:
            return
        data = data[step] if isinstance(step, int) else data.get(step)
    if data is not HOLE and data is not None and path:
        data[path[-1]] = value
