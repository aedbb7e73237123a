"""Where a field that its type does not know may belong: under another name, or in another place nearby."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final, Protocol

from k8slint.loading.document import Path
from k8slint.objects.fields import dig
from k8slint.values.field_path import field_path
from k8slint.values.nearest import nearest, worth_comparing

_DEEPEST: Final = 6
# The first items are representative of a list or mapping.
_LOOKED_AT: Final = 8
# Names of fields in so many types that the name alone does not tell the place.
_COMMON_NAMES: Final = frozenset({"apiVersion", "key", "kind", "name", "namespace", "path", "type", "value"})


class Slot(Protocol):
    """A field of a type."""

    @property
    def python(self) -> type:
        """The type its values usually have."""

    @property
    def others(self) -> Mapping[type, Slot]:
        """Other types that it accepts."""

    @property
    def inside(self) -> Shape | None:
        """The type of the mappings or lists in it, or None if it holds scalars or anything."""


class Shape(Protocol):
    """A type: fields by name, or one for all entries."""

    def __hash__(self) -> int:
        """The identity: a type equals no other, however alike."""

    @property
    def fields(self) -> Mapping[str, Slot]:
        """The fields by name."""

    @property
    def only(self) -> Slot | None:
        """The field that describes every entry, or None if the fields have names."""


def takes(slot: Slot, value: Any) -> bool:
    """Whether a field can hold a value, judged down to the first mapping that has named fields."""
    if value is None:
        return True
    if value.__class__ is not slot.python:
        other = slot.others.get(value.__class__)
        if other is None:
            return False
        slot = other
    inside = slot.inside
    # A schema with properties and no type takes a scalar too.
    if inside is None or not value or not isinstance(value, (dict, list)):
        return True
    only, entries = inside.only, list(value.values() if isinstance(value, dict) else value)[:_LOOKED_AT]
    if only is not None:
        return all(takes(only, entry) for entry in entries)
    return any(key in inside.fields for key in value)


def meant(shape: Shape, name: str, value: Any, present: Iterable[str]) -> str | None:
    """The field that a name misspells, or None: a similar name that can hold the value and is not `present`."""
    there, fields = frozenset(present), shape.fields
    near = worth_comparing(name, fields)
    return nearest(name, (each for each in near if each not in there and takes(fields[each], value)))


def home(root: Shape, data: Any, path: Path, value: Any) -> str:
    """The path to the one place nearby that takes the field with its value; empty if there is none, or several.

    `path` leads to the field in `data`, and `root` is the type of `data`.
    """
    name, shapes = str(path[-1]), reached(root, path[:-1])
    for depth in range(len(shapes) - 1, -1, -1):
        around = path[:depth]
        # The cluster writes the status, so no field of a manifest belongs there.
        found = [hit for hit in paths_to(shapes[depth], name, value) if around or hit[0] != "status"]
        if found:
            hit = _the_one(found, dig(data, *around))
            is_own = depth == len(shapes) - 1
            if hit is None or not _is_near(name, hit, dig(data, *around), is_own=is_own):
                return ""
            return "" if _is_written(data, (*around, *hit)) else _holder(around, hit)
    return ""


def _the_one(hits: list[Path], data: Any) -> Path | None:
    """The one place of the likeliest sort, or None: left empty, in the containers, begun, or any, in this order."""
    for is_likely in (_is_left_empty, _is_of_containers, _is_begun):
        likely = [hit for hit in hits if is_likely(data, hit)]
        if likely:
            return likely[0] if len(likely) == 1 else None
    return hits[0] if len(hits) == 1 else None


def _is_near(name: str, hit: Path, data: Any, *, is_own: bool) -> bool:
    """Whether a place is near enough to suggest: further up, beside the field, or, for a rare name, below."""
    if len(hit) == 1 or _is_left_empty(data, hit) or (is_own and len(hit) == 2 and _is_begun(data, hit)):
        return True
    return name not in _COMMON_NAMES and (is_own or "containers" in hit)


def _is_left_empty(data: Any, hit: Path) -> bool:
    """Whether the mapping that the field belongs in is written without a value: it was meant to hold the field."""
    return len(hit) > 1 and isinstance(data, dict) and hit[0] in data and not data[hit[0]]


def _is_begun(data: Any, hit: Path) -> bool:
    return len(hit) > 1 and bool(dig(data, *hit[:-1]))


def _is_of_containers(_data: Any, hit: Path) -> bool:
    return "containers" in hit


def _is_written(data: Any, path: Path) -> bool:
    holder = dig(data, *path[:-1])
    return isinstance(holder, dict) and path[-1] in holder


def _holder(around: Path, hit: Path) -> str:
    """The path to the mapping that the field belongs in; `[]` stands for any item of the lists below `around`."""
    text = field_path(around, by_decoder=True)
    for step in hit[:-1]:
        text += "[]" if step == 0 else f".{step}" if text else str(step)
    return text or "the object itself"


def reached(root: Shape, path: Path) -> list[Shape]:
    """The types along a path, the root first, as far as the path is typed."""
    shapes: list[Shape] = [root]
    for key in path:
        slot = shapes[-1].only or (shapes[-1].fields.get(key) if isinstance(key, str) else None)
        if slot is None or slot.inside is None:
            break
        shapes.append(slot.inside)
    return shapes


def paths_to(root: Shape, name: str, value: Any) -> list[Path]:
    """The paths below a type to the shallowest fields of a name that take a value; `0` is any item of a list."""
    for places in _places_below(root).get(name, ()):
        hits = [path for slot, path in places if takes(slot, value)]
        if hits:
            return hits
    return []


@lru_cache(maxsize=64)
def _places_below(root: Shape) -> Mapping[str, list[list[tuple[Slot, Path]]]]:
    """The fields below a type by name, level by level, each with the path to it."""
    level: list[tuple[Shape, Path]] = [(root, ())]
    seen: set[int] = set()
    found: dict[str, list[list[tuple[Slot, Path]]]] = {}
    for depth in range(_DEEPEST):
        for shape, path in level:
            for name, slot in shape.fields.items():
                levels = found.setdefault(name, [])
                levels += ([] for _ in range(depth + 1 - len(levels)))
                levels[depth].append((slot, (*path, name)))
        seen.update(id(shape) for shape, _ in level)
        level = [
            (slot.inside, (*path, key))
            for shape, path in level
            for key, slot in (shape.fields.items() if shape.only is None else ((0, shape.only),))
            if slot.inside is not None and id(slot.inside) not in seen
        ]
    return found
