"""An object as it is once decoded, for defaulting and validation: a copy of its own, without what is not known."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from k8slint.apiserver.validation.field import HOLE
from k8slint.apiserver.words import is_placeholder
from k8slint.loading.document import Path

# A text without any of these has no place that a template will fill in.
_SIGNS = re.compile(r"[$<{#%@]|__|ENC\[|(?i:change|replace)|PLACEHOLDER")


def may_hold_placeholders(text: str) -> bool:
    """Whether a look at each value is worth it, for a whole source."""
    return _SIGNS.search(text) is not None


def decoded(data: dict[str, Any], not_decoded: Iterable[Path], *, has_placeholders: bool) -> dict[str, Any]:
    """A copy of the data that may be changed.

    Fields that are null are left out, as the server takes them for absent. `HOLE` stands for what could not be decoded,
    and for what a template will fill in.
    """
    copy: dict[str, Any] = _copied(data) if not has_placeholders else _filled(data)
    for path in not_decoded:
        _dig(copy, path)
    return copy


def _copied(value: Any) -> Any:
    if value.__class__ is dict:
        return {key: _copied(inner) for key, inner in value.items() if inner is not None}
    if value.__class__ is list:
        return [_copied(item) for item in value]
    return value


def _filled(value: Any) -> Any:
    if value.__class__ is dict:
        pairs = value.items()
        return {key: _filled(inner) for key, inner in pairs if inner is not None and not is_placeholder(key)}
    if value.__class__ is list:
        return [_filled(item) for item in value]
    return HOLE if value.__class__ is str and is_placeholder(value) else value


def _dig(data: Any, path: Path) -> None:
    """Put a hole where the path leads, if it still leads there."""
    for step in path[:-1]:
        if data is HOLE or data is None:
            return
        data = data[step] if isinstance(step, int) else data.get(step)
    if data is not HOLE and data is not None and path:
        data[path[-1]] = HOLE
