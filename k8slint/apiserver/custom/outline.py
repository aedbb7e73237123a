"""The schema of a CRD as types with fields, as hints need them: what a field roughly holds, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from k8slint.objects.fields import mapping, text

_TYPES: Final[Mapping[str, type]] = {
    "array": list,
    "boolean": bool,
    "integer": int,
    "number": float,
    "object": dict,
    "string": str,
}


@dataclass(frozen=True, eq=False)
class Outline:
    """What a part of a schema says of mappings or lists. Parts that are shared, as by an anchor, are one."""

    node: Mapping[str, Any]
    _known: dict[int, Outline] = field(default_factory=dict, repr=False)

    @cached_property
    def fields(self) -> Mapping[str, OutlineField]:
        """The fields by name."""
        return {name: OutlineField(self, mapping(part)) for name, part in mapping(self.node.get("properties")).items()}

    @cached_property
    def only(self) -> OutlineField | None:
        """What every entry is held to, of a list or of a mapping with any keys."""
        part = self.node.get("items", self.node.get("additionalProperties"))
        return OutlineField(self, part) if isinstance(part, dict) and not self.node.get("properties") else None

    def part(self, node: Mapping[str, Any]) -> Outline:
        """A part of the same schema."""
        return self._known.setdefault(id(node), Outline(node, self._known))


@dataclass(frozen=True, eq=False)
class OutlineField:
    """A field: the type of its values, further types, and what they hold."""

    owner: Outline
    node: Mapping[str, Any]

    @cached_property
    def python(self) -> type:
        """The type its values usually have; of none in particular, that is `object`."""
        return int if self._takes_both else _TYPES.get(text(self.node.get("type")), object)

    @property
    def others(self) -> Mapping[type, OutlineField]:
        """Further types that it takes."""
        if self._takes_both:
            return {str: self}
        if self.python is float:
            return {int: self}
        return dict.fromkeys(_TYPES.values(), self) if self.python is object else {}

    @cached_property
    def inside(self) -> Outline | None:
        """What a mapping or list in it is held to; none where it takes anything."""
        is_open = self.node.get("x-kubernetes-preserve-unknown-fields") is True
        has_parts = any(key in self.node for key in ("properties", "items", "additionalProperties"))
        return self.owner.part(self.node) if has_parts and not is_open else None

    @property
    def _takes_both(self) -> bool:
        return self.node.get("x-kubernetes-int-or-string") is True
