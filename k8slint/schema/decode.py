"""Data held against a type as the API server decodes it: iterative, for data may nest as deep as it likes."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from k8slint.loading.document import Path
from k8slint.schema.scalars import Fault
from k8slint.schema.shapes import Every, Field, Struct

# The API server lists no more errors of decoding than this.
MOST_MISMATCHES: Final = 100


class Mismatch(NamedTuple):
    """A value that its type does not take.

    `field` is none where `owner` has no field of that name. `fault` is told where the type is right and the text is
    not.
    """

    path: Path
    value: Any
    owner: Struct | Every
    field: Field | None
    fault: Fault | None = None


def mismatches(root: Struct | Every, data: dict[str, Any]) -> list[Mismatch]:
    """Every mismatch in a mapping of a type, up to as many as the API server tells, in no order.

    Null is the zero value of everything, so it is taken everywhere.
    """
    found: list[Mismatch] = []
    pending: list[tuple[Struct | Every, Any, Path]] = [(root, data, ())]
    while pending and len(found) < MOST_MISMATCHES:
        shape, value, path = pending.pop()
        field_of = shape.fields.get
        for key, entry in value.items() if value.__class__ is dict else enumerate(value):
            field = field_of(key)
            if field is None:
                if not shape.is_lenient:  # type: ignore[union-attr]  # an Every has a field for each key
                    found.append(Mismatch((*path, key), entry, shape, None))
                continue
            if entry.__class__ is not field.python:
                if entry is None:
                    continue
                other = field.others.get(entry.__class__)
                if other is None:
                    found.append(Mismatch((*path, key), entry, shape, field))
                    continue
                field = other
            if field.inside is not None:
                if entry:
                    pending.append((field.inside, entry, (*path, key)))
            elif field.check is not None:
                fault = field.check(entry)
                if fault is not None:
                    found.append(Mismatch((*path, key), entry, shape, field, fault))
    return found[:MOST_MISMATCHES]


def reached(root: Struct | Every, path: Path) -> list[Struct | Every]:
    """The types along a path, the root first, as far as the path is typed."""
    shapes = [root]
    for key in path:
        field = shapes[-1].fields.get(key)  # type: ignore[arg-type]  # a Struct has no field of a number
        if field is None or field.inside is None:
            break
        shapes.append(field.inside)
    return shapes


def paths_to(root: Struct | Every, name: str, depth: int = 4) -> list[Path]:
    """Where below a type fields of a name are, the shallowest only; `0` stands for any item of a list."""
    level: list[tuple[Struct | Every, Path]] = [(root, ())]
    for _ in range(depth):
        hits: list[Path] = []
        below: list[tuple[Struct | Every, Path]] = []
        for shape, path in level:
            if isinstance(shape, Every):
                inside = shape.entry.inside
                if inside is not None and shape.entry.python is dict:
                    below.append((inside, (*path, 0)))
                continue
            if name in shape.fields:
                hits.append((*path, name))
            below += [(field.inside, (*path, key)) for key, field in shape.fields.items() if field.inside is not None]
        if hits:
            return hits
        level = below
    return []
