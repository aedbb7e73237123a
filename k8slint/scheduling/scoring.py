"""Which of the nodes that will do is taken: scores, and the winner among equals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from k8slint.scheduling.cycle import CycleState
from k8slint.scheduling.equivalence import NodeScores


@dataclass(frozen=True, slots=True)
class Choice:
    """The index of the node taken, and those that scored as high."""

    index: int
    ties: tuple[int, ...] = ()


def choose(state: CycleState, feasible: Sequence[int]) -> Choice:
    """The best of the nodes that will do; a single one is taken unseen.

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
    """The weighted score of each plugin, by node index: what the choice among these nodes rests on."""
    found = {scores.plugin: scores for scores in (*state.verdicts.scores, *_of_cluster(state, feasible))}
    columns = {name: found[name].weighted(feasible) for name in sorted(found)}
    return {index: {name: column[place] for name, column in columns.items()} for place, index in enumerate(feasible)}


def _of_cluster(state: CycleState, feasible: Sequence[int]) -> list[NodeScores]:
    """The scores of the plugins that set the nodes against each other."""
    scorers = state.framework.cluster_scorers
    ready = [NodeScores.of(one, state.pod, state.cache, feasible) for one in scorers]
    return [scores for scores in ready if scores is not None]


def nodes_to_find(nodes: int, percentage: int) -> int:
    """How many nodes that will do are enough: all of less than 100, then a falling share.

    Mirrors: pkg/scheduler/schedule_one.go numFeasibleNodesToFind @ v1.36
    """
    if nodes < 100:
        return nodes
    share = percentage or max(50 - nodes // 125, 5)
    return max(nodes * share // 100, 100)


@lru_cache(maxsize=64)
def heap_ranks(size: int) -> tuple[str, ...]:
    """For each place in a list, where it comes in a walk through the list as a binary heap, roots before branches.

    Up to 1.34 the scheduler drew lots among equals. Since 1.35 it takes the root of a heap built of the list, and that
    is the first of the highest in this walk.

    Mirrors: pkg/scheduler/schedule_one.go newSortedNodeScores @ v1.36
    """
    return tuple(f"{place:b}"[1:] for place in range(1, size + 1))
