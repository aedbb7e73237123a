"""Which of the nodes that will do is taken: scores, and the winner among equals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from k8slint.scheduling.cycle import CycleState
from k8slint.scheduling.plugins import inter_pod_affinity, node_affinity, pod_topology_spread, taint_toleration
from k8slint.scheduling.profile import Profile

MAX_SCORE = 100
_Weighted = tuple[str, list[int]]


@dataclass(frozen=True, slots=True)
class Choice:
    """The index of the node taken, those that scored as high, and the weighted scores by plugin when asked for."""

    index: int
    ties: tuple[int, ...]
    scores: dict[int, dict[str, int]]


def choose(state: CycleState, feasible: Sequence[int], profile: Profile, *, explain: bool) -> Choice:
    """The best of the nodes that will do; a single one is taken unseen.

    Mirrors: pkg/scheduler/schedule_one.go schedulePod, prioritizeNodes @ v1.36
    """
    if len(feasible) == 1:
        return Choice(feasible[0], (), {})
    totals = [state.view.totals[index] for index in feasible]
    compared = _compared(state, feasible, profile)
    for _, scores in compared:
        totals = [total + score for total, score in zip(totals, scores, strict=True)]
    best = max(totals)
    position = totals.index(best)
    ties: tuple[int, ...] = ()
    if totals.count(best) > 1:
        equal = [place for place, total in enumerate(totals) if total == best]
        ranks = heap_ranks(len(totals))
        position = min(equal, key=ranks.__getitem__)
        ties = tuple(feasible[place] for place in equal if place != position)
    table = _explained(state, feasible, compared, profile) if explain else {}
    return Choice(feasible[position], ties, table)


def scores_by_plugin(state: CycleState, feasible: Sequence[int], profile: Profile) -> dict[int, dict[str, int]]:
    """The weighted score of each plugin, by node index."""
    return _explained(state, feasible, _compared(state, feasible, profile), profile)


def nodes_to_find(nodes: int, percentage: int) -> int:
    """How many nodes that will do are enough: all of less than 100, then a falling share.

    Mirrors: pkg/scheduler/schedule_one.go numFeasibleNodesToFind @ v1.36
    """
    if nodes < 100:
        return nodes
    share = percentage or max(50 - nodes // 125, 5)
    return max(nodes * share // 100, 100)


def _compared(state: CycleState, feasible: Sequence[int], profile: Profile) -> list[_Weighted]:
    """The weighted scores of the plugins that set the nodes against each other."""
    view, found = state.view, []
    weight = profile.weight(taint_toleration.NAME)
    if weight and view.disliked is not None:
        raw = [view.disliked[index] for index in feasible]
        most = max(raw)
        found.append(
            (
                taint_toleration.NAME,
                [weight * (MAX_SCORE - MAX_SCORE * score // most if most else MAX_SCORE) for score in raw],
            )
        )
    weight = profile.weight(node_affinity.NAME)
    if weight and view.preferred is not None:
        raw = [view.preferred[index] for index in feasible]
        most = max(raw)
        found.append(
            (node_affinity.NAME, [weight * (MAX_SCORE * score // most if most > 0 else score) for score in raw])
        )
    weight = profile.weight(pod_topology_spread.NAME)
    spread = pod_topology_spread.raw_scores(state.pod, state.snapshot, profile, feasible) if weight else None
    if spread is not None:
        found.append((pod_topology_spread.NAME, [weight * score for score in pod_topology_spread.normalise(spread)]))
    weight = profile.weight(inter_pod_affinity.NAME)
    near = inter_pod_affinity.raw_scores(state.pod, state.snapshot, profile, feasible) if weight else None
    if near is not None:
        found.append((inter_pod_affinity.NAME, [weight * score for score in inter_pod_affinity.normalise(near)]))
    return found


def _explained(
    state: CycleState, feasible: Sequence[int], compared: list[_Weighted], profile: Profile
) -> dict[int, dict[str, int]]:
    table: dict[int, dict[str, int]] = {}
    for place, index in enumerate(feasible):
        row = {name: profile.weight(name) * score for name, score in state.view.parts(index).items()}
        if state.view.disliked is None:
            row[taint_toleration.NAME] = profile.weight(taint_toleration.NAME) * MAX_SCORE
        row |= {name: scores[place] for name, scores in compared}
        table[index] = {name: score for name, score in sorted(row.items()) if profile.weight(name)}
    return table


@lru_cache(maxsize=64)
def heap_ranks(size: int) -> tuple[str, ...]:
    """For each place in a list, where it comes in a walk through the list as a binary heap, roots before branches.

    Up to 1.34 the scheduler drew lots among equals. Since 1.35 it takes the root of a heap built of the list, and that
    is the first of the highest in this walk.

    Mirrors: pkg/scheduler/schedule_one.go newSortedNodeScores @ v1.36
    """
    return tuple(f"{place:b}"[1:] for place in range(1, size + 1))
