"""Obstacles in words, and nodes with the same ones taken together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from k8slint.report.escape import visible
from k8slint.simulation.explain import Explanation
from k8slint.simulation.in_words import enumerated, in_words
from k8slint.simulation.obstacles import Obstacle

# More rows than this, and nodes that lack different amounts of the same are taken together.
_MOST_EXACT: Final = 12

Obstacles = tuple[Obstacle, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """Nodes that have the same against a pod, and what that is; nothing where they would take it."""

    nodes: tuple[str, ...]
    obstacles: tuple[Obstacles, ...]

    @property
    def text(self) -> str:
        """The obstacles in one line, amounts from the least to the most."""
        return obstacles_text(self.obstacles) or "would take it"

    @property
    def plugins(self) -> frozenset[str]:
        """The filters that refuse."""
        return frozenset(obstacle.plugin for obstacles in self.obstacles for obstacle in obstacles)


def rows(explanation: Explanation) -> list[Row]:
    """The nodes in their order, each in the row of the first that is like it."""
    exact = _grouped(explanation.nodes, exact=True)
    return exact if len(exact) <= _MOST_EXACT else _grouped(explanation.nodes, exact=False)


def obstacles_text(alternatives: Sequence[Obstacles]) -> str:
    """What nodes that differ in amounts only have against a pod.

    >>> obstacles_text([(Obstacle("NodeResourcesFit", "", "cpu", 500), Obstacle("NodeName", "is cordoned"))])
    'is cordoned; lacks 500m cpu'
    """
    if not alternatives:
        return ""
    texts = [visible(obstacle.text) for obstacle in alternatives[0] if not obstacle.resource]
    lacks = []
    for place, obstacle in enumerate(alternatives[0]):
        if obstacle.resource:
            lacks.append(_lack(obstacle.resource, [obstacles[place].lack for obstacles in alternatives]))
    if lacks:
        texts.append(f"lacks {enumerated(lacks)}")
    return "; ".join(texts)


def _lack(resource: str, amounts: Sequence[int]) -> str:
    least, most = (in_words(resource, amount, up=True) for amount in (min(amounts), max(amounts)))
    return visible(f"{least} {resource}" if least == most else f"{least} to {most} {resource}")


def _grouped(nodes: Mapping[str, Obstacles], *, exact: bool) -> list[Row]:
    found: dict[tuple[tuple[str, str, int], ...], list[tuple[str, Obstacles]]] = {}
    for name, obstacles in nodes.items():
        found.setdefault(_likeness(obstacles, exact=exact), []).append((name, obstacles))
    return [
        Row(tuple(name for name, _ in members), tuple(obstacles for _, obstacles in members))
        for members in found.values()
    ]


def _likeness(obstacles: Iterable[Obstacle], *, exact: bool) -> tuple[tuple[str, str, int], ...]:
    return tuple((obstacle.plugin, obstacle.text, obstacle.lack if exact else 0) for obstacle in obstacles)
