"""The schema of a CRD as types with fields, for hints: what a field roughly holds, and no more."""

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
    """The mappings or lists that a part of a schema describes. A part that an anchor shares has one outline."""

    node: Mapping[str, Any]
    _known: dict[int, Outline] = field(default_factory=dict, repr=False)

    @cached_property
    def fields(self) -> Mapping[str, OutlineField]:
        """The fields by name."""
        return {name: OutlineField(self, mapping(part)) for name, part in mapping(self.node.get("properties")).items()}

    @cached_property
    def only(self) -> OutlineField | None:
        """The field for every entry of a list, or of a mapping with any keys; None if there is none."""
        part = self.node.get("items", self.node.get("additionalProperties"))
        return OutlineField(self, part) if isinstance(part, dict) and not self.node.get("properties") else None

    def part(self, node: Mapping[str, Any]) -> Outline:
        """The outline of a part of the same schema."""
        return self._known.setdefault(id(node), Outline(node, self._known))


@dataclass(frozen=True, eq=False)
class OutlineField:
    """A field: the type of its values, further types, and what they hold."""

    owner: Outline
    node: Mapping[str, Any]

    @cached_property
    def python(self) -> type:
        """The usual type of its values; `object` if the schema names none."""
        return int if self._takes_both else _TYPES.get(text(self.node.get("type")), object)

    @property
    def others(self) -> Mapping[type, OutlineField]:
        """Other types that it accepts."""
        if self._takes_both:
            return {str: self}
        if self.python is float:
            return {int: self}
        return dict.fromkeys(_TYPES.values(), self) if self.python is object else {}

    @cached_property
    def inside(self) -> Outline | None:
        """The outline of a mapping or list in it, or None if it takes anything."""
        is_open = self.node.get("x-kubernetes-preserve-unknown-fields") is True
        has_parts = any(key in self.node for key in ("properties", "items", "additionalProperties"))
        return self.owner.part(self.node) if has_parts and not is_open else None

    @property
    def _takes_both(self) -> bool:
        return self.node.get("x-kubernetes-int-or-string") is True
