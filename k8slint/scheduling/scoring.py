"""The choice among the nodes that will do: by score, then among equals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from k8slint.scheduling.cycle import CycleState
from k8slint.scheduling.equivalence import NodeScores


@dataclass(frozen=True, slots=True)
class Choice:
    """The index of the chosen node, and those of the others with the same score."""

    index: int
    ties: tuple[int, ...] = ()


def choose(state: CycleState, feasible: Sequence[int]) -> Choice:
    """The best of the nodes that will do; a single one is chosen without scoring.

    Mirrors: pkg/scheduler/schedule_one.go schedulePod, prioritizeNodes @ v1.36
    """
    if len(feasible) == 1:
        return Choice(feasible[0])
    totals = [state.verdicts.totals[index] for index in feasible]
    for scores in (*state.verdicts.compared, *_of_cluster(state, feasible)):
        totals = [total + score for total, score in zip(totals, scores.weighted(feasible), strict=True)]
    best = max(totals)
    position = totals.index(best)
    ties: tuple[int, ...] = ()
    if totals.count(best) > 1:
        equal = [place for place, total in enumerate(totals) if total == best]
        ranks = heap_ranks(len(totals))
        position = min(equal, key=ranks.__getitem__)
        ties = tuple(feasible[place] for place in equal if place != position)
    return Choice(feasible[position], ties)


def scores_by_plugin(state: CycleState, feasible: Sequence[int]) -> dict[int, dict[str, int]]:
    """The weighted score by plugin of each node, by node index: all that decides among these nodes."""
    found = {scores.plugin: scores for scores in (*state.verdicts.scores, *_of_cluster(state, feasible))}
    columns = {name: found[name].weighted(feasible) for name in sorted(found)}
    return {index: {name: column[place] for name, column in columns.items()} for place, index in enumerate(feasible)}


def _of_cluster(state: CycleState, feasible: Sequence[int]) -> list[NodeScores]:
    """The scores of the plugins that look at the whole cluster."""
    scorers = state.framework.cluster_scorers
    ready = [NodeScores.of(one, state.pod, state.cache, feasible) for one in scorers]
    return [scores for scores in ready if scores is not None]


def nodes_to_find(nodes: int, percentage: int) -> int:
    """How many nodes that will do are enough: all if there are fewer than 100, else the percentage, at least 100.

    A percentage of 0 means one that falls with the number of nodes, from 50 to 5.

    Mirrors: pkg/scheduler/schedule_one.go numFeasibleNodesToFind @ v1.36
    """
    if nodes < 100:
        return nodes
    share = percentage or max(50 - nodes // 125, 5)
    return max(nodes * share // 100, 100)


@lru_cache(maxsize=64)
def heap_ranks(size: int) -> tuple[str, ...]:
    """A sort key for each place in a list of this size: sorted by it, a node of the binary heap precedes its subtrees.

    Up to 1.34 the scheduler drew lots among equals. Since 1.35 it takes the root of a heap that is built from the list:
    of the places with the highest score, the one with the smallest key.

    Mirrors: pkg/scheduler/schedule_one.go newSortedNodeScores @ v1.36
    """
    return tuple(f"{place:b}"[1:] for place in range(1, size + 1))
