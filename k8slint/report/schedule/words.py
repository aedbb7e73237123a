"""Obstacles in words, and nodes with the same obstacles in one row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from k8slint.report.escape import visible
from k8slint.simulation.explain import Explanation
from k8slint.simulation.in_words import enumerated, in_words
from k8slint.simulation.obstacles import Obstacle

# If there are more rows than this, nodes that lack different amounts of the same resource share one.
_MOST_EXACT: Final = 12

Obstacles = tuple[Obstacle, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """Nodes with the same obstacles to a pod, and those of each node; they are empty if the nodes would take it."""

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
    """The rows of nodes with the same obstacles, in order of the first node of each."""
    exact = _grouped(explanation.nodes, exact=True)
    return exact if len(exact) <= _MOST_EXACT else _grouped(explanation.nodes, exact=False)


def obstacles_text(alternatives: Sequence[Obstacles]) -> str:
    """The obstacles of nodes that differ only in amounts, as one text.

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
