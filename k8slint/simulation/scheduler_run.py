"""The scheduler's run over all pods, without those that are never created because the one before found no node."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from k8slint.scheduling import Assigned, Listers, Load, Node, Outcome, Pod, Profile, Result, Snapshot, schedule
from k8slint.values.version import KubernetesVersion


@dataclass(frozen=True, slots=True)
class SchedulerInput:
    """What the scheduler needs besides the pods."""

    nodes: Sequence[Node]
    facts: Listers
    profiles: Sequence[Profile]
    version: KubernetesVersion
    explain: bool = False


@dataclass(frozen=True, slots=True)
class SchedulerRun:
    """The outcome of each pod by namespace and name, and the cluster and the load of its nodes afterwards.

    `waiting` maps each pod that is never created to the pod for which it waits, both by namespace and name.
    """

    outcomes: Mapping[str, Outcome]
    waiting: Mapping[str, str]
    snapshot: Snapshot
    loads: Mapping[str, Load]
    assumptions: tuple[str, ...]


def place(stage: SchedulerInput, pods: Sequence[Pod], chains: Iterable[Sequence[str]]) -> SchedulerRun:
    """Schedule the pods; each of `chains` names pods, by namespace and name, that are created one after the other.

    First all pods are tried. If one of a chain finds no node, the pods behind it are left out and the run is repeated.
    """
    chains = tuple(chains)
    held = frozenset(pod.key for pod in pods if pod.node_name)
    waiting: dict[str, str] = {}
    while True:
        outcomes, results = _run(stage, [pod for pod in pods if pod.key not in waiting])
        left_out = len(waiting)
        for chain in chains:
            stuck = next(
                (key for key in chain if key not in held and not isinstance(outcomes.get(key), Assigned)), None
            )
            if stuck is not None:
                waiting |= {key: stuck for key in chain[chain.index(stuck) + 1 :] if key not in waiting}
        if len(waiting) == left_out:
            break
    assumptions = dict.fromkeys(text for result in results for text in result.assumptions)
    return SchedulerRun(outcomes, waiting, results[-1].snapshot, results[-1].nodes, tuple(assumptions))


def _run(stage: SchedulerInput, pods: Sequence[Pod]) -> tuple[dict[str, Outcome], list[Result]]:
    """Schedule the pods of one profile after the other.

    The first profile also gets the pods that have a node, and those of unknown schedulers, which it does not model.
    """
    places = {profile.scheduler_name: number for number, profile in enumerate(stage.profiles)}
    snapshot = Snapshot.of(stage.nodes, stage.facts)
    outcomes: dict[str, Outcome] = {}
    results: list[Result] = []
    for number, profile in enumerate(stage.profiles):
        own = [pod for pod in pods if number == (0 if pod.node_name else places.get(pod.scheduler_name, 0))]
        result = schedule(own, snapshot, profile, stage.version, explain=stage.explain)
        snapshot = result.snapshot
        results.append(result)
        outcomes |= {outcome.pod.key: outcome for outcome in result.outcomes}
    return outcomes, results
