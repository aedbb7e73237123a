"""How a node keeps pods off, and which pods may come anyway: taints and tolerations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from k8slint.values.reading import text_at

_BLOCKING = ("NoSchedule", "NoExecute")


@dataclass(frozen=True, slots=True)
class Taint:
    """A mark on a node that keeps pods off."""

    key: str
    value: str
    effect: str

    @classmethod
    def of(cls, data: Mapping[str, Any], where: str) -> Taint:
        """The taint that a Node writes."""
        return cls(text_at(data, "key", where), text_at(data, "value", where), text_at(data, "effect", where))

    @property
    def blocks(self) -> bool:
        """Whether the taint keeps new pods off, instead of being a preference."""
        return self.effect in _BLOCKING

    def __str__(self) -> str:
        """The taint as kubectl writes it: `key=value:effect`, or `key:effect` without a value."""
        return f"{self.key}={self.value}:{self.effect}" if self.value else f"{self.key}:{self.effect}"


@dataclass(frozen=True, slots=True)
class Toleration:
    """A pod's permission to run on a node despite a taint."""

    key: str
    operator: str
    value: str
    effect: str

    @classmethod
    def of(cls, data: Mapping[str, Any], where: str) -> Toleration:
        """The toleration that a Pod writes."""
        names: tuple[Literal["key", "operator", "value", "effect"], ...] = ("key", "operator", "value", "effect")
        return cls(*(text_at(data, name, where) for name in names))

    def tolerates(self, taint: Taint) -> bool:
        """Whether the pod may come despite this taint.

        The numeric operators Lt and Gt tolerate nothing, because their gate is alpha.

        Mirrors: api core/v1 Toleration.ToleratesTaint @ v1.36
        """
        if (self.effect and self.effect != taint.effect) or (self.key and self.key != taint.key):
            return False
        if self.operator in ("", "Equal"):
            return self.value == taint.value
        return self.operator == "Exists"


def untolerated(taints: tuple[Taint, ...], tolerations: tuple[Toleration, ...]) -> Taint | None:
    """The first taint that keeps a pod with these tolerations off, or None if it may come."""
    for taint in taints:
        if taint.blocks and not any(toleration.tolerates(taint) for toleration in tolerations):
            return taint
    return None
