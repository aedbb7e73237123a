"""Field specs: which fields of which kinds a transformer changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple

from k8slint.rendering.gvk import Gvk
from k8slint.rendering.order import FIRST, LAST, sort_text
from k8slint.rendering.origin import DEEPEST, Origin
from k8slint.rendering.problems import About, Refused
from k8slint.rendering.resource import Resource

Creates = Literal["mapping", "scalar", ""]
"""What a transformer makes of a field that is not there; empty if it leaves it."""

_RANKS: Final = {kind: number - len(FIRST) for number, kind in enumerate(FIRST)} | {
    kind: number + 1 for number, kind in enumerate(LAST)
}


class FieldSpec(NamedTuple):
    """A path of fields in the kinds that the type selects; `[]` ends the names of lists."""

    gvk: Gvk
    path: str
    create: bool = False


class Slot(NamedTuple):
    """A field in a mapping, or an item of a list, with the origin of that mapping or list."""

    container: Any
    key: Any
    origin: Origin

    @property
    def value(self) -> Any:
        """What is there."""
        return self.container[self.key]

    def value_origin(self) -> Origin:
        """The origin of what is there, which keeps what is changed in it."""
        if isinstance(self.container, list):
            found: Origin = self.origin.items(len(self.container))[self.key]
            return found
        return self.origin.child(self.key)

    def put(self, value: Any, origin: Origin | None = None) -> None:
        """Set the value; without an origin it keeps the one it has."""
        self.container[self.key] = value
        if origin is None:
            return
        if isinstance(self.container, list):
            self.origin.items(len(self.container))[self.key] = origin
        else:
            self.origin.set(self.key, origin)


Setter = Callable[[Slot], None]


class ConflictError(ValueError):
    """Two field specs for one path differ in whether the field is made."""


def merged_specs(known: Iterable[FieldSpec], new: Iterable[FieldSpec]) -> tuple[FieldSpec, ...]:
    """The specs with those added that are not among them.

    Raises:
        ConflictError: if two for one path differ.

    Mirrors: sigs.k8s.io/kustomize/api types/fieldspec.go FsSlice.MergeAll @ v0.21.1
    """
    result = list(known)
    by_path: dict[str, list[FieldSpec]] = {}
    for each in result:
        by_path.setdefault(each.path, []).append(each)
    for spec in new:
        same = by_path.setdefault(spec.path, [])
        found = next((each for each in same if each.gvk.is_selected_by(spec.gvk)), None)
        if found is None:
            result.append(spec)
            same.append(spec)
        elif found.create != spec.create:
            raise ConflictError(f"conflicting fieldspecs for {spec.path}")
    return tuple(result)


def sorted_specs(specs: Iterable[FieldSpec]) -> tuple[FieldSpec, ...]:
    """The specs in kustomize's order of types."""
    return tuple(sorted(specs, key=lambda spec: rank(spec.gvk)))


def rank(gvk: Gvk) -> tuple[int, str]:
    """The place of a type in kustomize's order.

    Mirrors: sigs.k8s.io/kustomize/kyaml resid/gvk.go Gvk.IsLessThan @ v0.21.1
    """
    return _RANKS.get(gvk.kind, 0), sort_text(gvk)


@lru_cache(maxsize=4096)  # the tables name few paths, and each object asks for all of its kind
def split_path(path: str, delimiter: str = "/") -> tuple[str, ...]:
    r"""The steps of a path; a delimiter after a backslash belongs to its step.

    >>> split_path(r"metadata/annotations/example.org\/name")
    ('metadata', 'annotations', 'example.org/name')

    Mirrors: sigs.k8s.io/kustomize/kyaml utils/pathsplitter.go PathSplitter @ v0.21.1
    """
    parts = path.split(delimiter)
    if len(parts) > 1 and not parts[0]:
        parts = parts[1:]
    steps = parts[:1]
    for part in parts[1:]:
        if steps[-1].endswith("\\"):
            steps[-1] = f"{steps[-1][:-1]}{delimiter}{part}"
        else:
            steps.append(part)
    return tuple(steps)


@lru_cache(maxsize=4096)
def specs_for(specs: tuple[FieldSpec, ...], gvk: Gvk) -> tuple[FieldSpec, ...]:
    """The specs that select a type."""
    return tuple(spec for spec in specs if gvk.is_selected_by(spec.gvk))


def visit(resource: Resource, specs: tuple[FieldSpec, ...], set_value: Setter, creates: Creates = "") -> None:
    """Call the setter with each field of an object that the specs name.

    Raises:
        Refused: if a path leads through a scalar.
    """
    for spec in specs_for(specs, resource.gvk):
        visit_path(resource, spec, set_value, creates)


def visit_path(resource: Resource, spec: FieldSpec, set_value: Setter, creates: Creates = "") -> None:
    """Call the setter with each field that the spec names, whatever the type of the object.

    Mirrors: sigs.k8s.io/kustomize/api filters/fieldspec/fieldspec.go Filter.filter @ v0.21.1
    """
    steps = split_path(spec.path)
    if len(steps) > DEEPEST:
        raise Refused(f"a path of more than {DEEPEST} steps", resource.origin, About.LIMIT)
    _Visit(steps, spec.create and bool(creates), creates, set_value, spec.path).map(resource.data, resource.origin, 0)


class _Visit(NamedTuple):
    steps: Sequence[str]
    create: bool
    creates: Creates
    set_value: Setter
    path: str

    def visit(self, slot: Slot, at: int) -> None:
        if at == len(self.steps):
            self.set_value(slot)
            return
        value = slot.value
        if value is None:
            return
        if isinstance(value, list):
            origin = slot.value_origin()
            for index in range(len(value)):
                self.visit(Slot(value, index, origin), at)
        elif isinstance(value, dict):
            self.map(value, slot.value_origin(), at)
        else:
            raise Refused(
                f'considering field "{self.path}": expected a list or mapping where a scalar is', slot.value_origin()
            )

    def map(self, data: dict[str, Any], origin: Origin, at: int) -> None:
        step = self.steps[at]
        name = step.removesuffix("[]")
        is_list = name != step
        if not name:
            raise Refused(f'the path "{self.path}" has an empty field name', origin)
        if name not in data or data[name] is None:
            made: Any
            if not self.create or is_list:
                if name not in data:
                    return
                made = [] if is_list else None
            elif at + 1 < len(self.steps) or self.creates == "mapping":
                made = {}
            else:
                made = ""
            data[name] = made
        self.visit(Slot(data, name, origin), at + 1)
