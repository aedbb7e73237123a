"""Data checked against a type as the API server decodes it; a loop, not a recursion, for data may nest to any depth."""

from __future__ import annotations

from typing import Any, Final, NamedTuple, TypeAlias

from k8slint.apiserver.decoding.scalars import Fault
from k8slint.apiserver.decoding.types import Every, Field, Struct
from k8slint.loading.document import Path

# The API server lists no more decoding errors than this.
MOST_MISMATCHES: Final = 100
# A path as links back to the root: only a mismatch pays for a tuple of its own.
_Steps: TypeAlias = "tuple[_Steps, str | int] | None"


class Mismatch(NamedTuple):
    """A value that its type does not accept.

    `field` is None if `owner` has no field of that name. `fault` is None unless the type is right and the value is
    not.
    """

    path: Path
    value: Any
    owner: Struct | Every
    field: Field | None
    fault: Fault | None = None


def mismatches(  # noqa: C901 - one loop, kept flat for speed
    root: Struct, data: dict[str, Any], zeros: list[tuple[Path, Any]]
) -> list[Mismatch]:
    """The mismatches in a mapping of a type, in no order, and no more than the API server lists.

    Null is the zero value of every type, so it is accepted everywhere. A null field is absent then, but a null entry of
    a map is there: `zeros` gets the path of each, and its value.
    """
    found: list[Mismatch] = []
    pending: list[tuple[Struct | Every, Any, _Steps]] = [(root, data, None)]
    while pending and len(found) < MOST_MISMATCHES:
        shape, value, steps = pending.pop()
        only, named = shape.only, shape.fields.get
        pairs: Any = value.items() if value.__class__ is dict else enumerate(value)
        for key, entry in pairs:
            field = only or named(key)
            if field is None:
                if not shape.is_lenient:
                    found.append(Mismatch(_path((steps, key)), entry, shape, None))
                continue
            if entry.__class__ is not field.python:
                if entry is None:
                    if only is not None and value.__class__ is dict and only.zero is not None:
                        zeros.append((_path((steps, key)), only.zero))
                    continue
                other = field.others.get(entry.__class__)
                if other is None:
                    found.append(Mismatch(_path((steps, key)), entry, shape, field))
                    continue
                field = other
            if field.inside is not None:
                if entry:
                    pending.append((field.inside, entry, (steps, key)))
            elif field.check is not None:
                fault = field.check(entry)
                if fault is not None:
                    found.append(Mismatch(_path((steps, key)), entry, shape, field, fault))
    return found[:MOST_MISMATCHES]


def _path(steps: _Steps) -> Path:
    path: list[str | int] = []
    while steps is not None:
        steps, key = steps
        path.append(key)
    return tuple(reversed(path))
