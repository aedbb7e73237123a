"""The scheduler's run over all pods, without those that are never created, or that a kubelet turns away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final

from k8slint.scheduling import Assigned, Listers, Load, Node, Outcome, Pod, Profile, Result, Snapshot, schedule
from k8slint.scheduling.cache import Cache
from k8slint.scheduling.features import Features
from k8slint.simulation.kubelet import Rejection, evicts_for, os_rejection, rejection_of
from k8slint.values.version import KubernetesVersion

# What a kubelet turns away frees its node for others of its kind: of very many, the last ones are taken to stay there.
_MOST_TURNS: Final = 4
_EVICTED: Final = "what the kubelet evicts to let in a critical pod that names its node is not worked out"


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

    `waiting` maps each pod that is never created to the pod for which it waits, both by namespace and name; `rejected`
    has those that a kubelet turns away.
    """

    outcomes: Mapping[str, Outcome]
    waiting: Mapping[str, str]
    rejected: Mapping[str, Rejection]
    snapshot: Snapshot
    loads: Mapping[str, Load]
    assumptions: tuple[str, ...]


def place(
    stage: SchedulerInput, running: Sequence[Pod], pods: Sequence[Pod], chains: Iterable[Sequence[str]]
) -> SchedulerRun:
    """Schedule the pods beside those that run; each of `chains` names pods that are created one after the other.

    First all pods are tried. If one of a chain does not get to run, the pods behind it are left out; so is what a
    kubelet turns away, which then holds no node; and the run is repeated.
    """
    chains = tuple(chains)
    waiting: dict[str, str] = {}
    unfit: dict[str, Rejection] = {}
    evicting: dict[str, None] = {}
    for turn in count(1):
        tried = [pod for pod in pods if pod.key not in waiting and pod.key not in unfit]
        rejected = unfit | _turned_away(stage, running, tried, evicting)
        kept = [pod for pod in tried if pod.key not in rejected]
        held = {pod.key for pod in kept if pod.node_name}
        outcomes, results = _run(stage, [*running, *kept])
        left_out = len(waiting)
        strangers = _of_another_system(stage, outcomes)
        unfit |= strangers
        for chain in chains:
            stuck = next(
                (key for key in chain if key not in held and not isinstance(outcomes.get(key), Assigned)), None
            )
            if stuck is not None:
                waiting |= {key: stuck for key in chain[chain.index(stuck) + 1 :] if key not in waiting}
        if len(waiting) == left_out and (not strangers or turn >= _MOST_TURNS):
            break
    assumptions = evicting | dict.fromkeys(text for result in results for text in result.assumptions)
    rejected |= unfit
    return SchedulerRun(outcomes, waiting, rejected, results[-1].snapshot, results[-1].nodes, tuple(assumptions))


def _turned_away(
    stage: SchedulerInput, running: Iterable[Pod], pods: Iterable[Pod], evicting: dict[str, None]
) -> dict[str, Rejection]:
    """What the kubelets say of the pods that name a node which exists: each judges them one after the other.

    What is taken for granted of those that are let in is added to `evicting`.
    """
    named = [pod for pod in pods if pod.node_name]
    if not named:
        return {}
    new = {pod.key for pod in named}
    cache, features = Cache(Snapshot.of(stage.nodes)), Features.of(stage.version)
    found: dict[str, Rejection] = {}
    for pod in (*running, *named):
        index = cache.index_of.get(pod.node_name)
        if index is None:
            continue
        usage, rejection = cache.node_infos[index], None
        if pod.key in new:
            rejection = rejection_of(pod, usage, features)
            if rejection is None and evicts_for(pod, usage, features):
                evicting[f"{_EVICTED}: {pod.key}"] = None
        if rejection is None:
            cache.add(pod, index)
        else:
            found[pod.key] = rejection
    return found


def _of_another_system(stage: SchedulerInput, outcomes: Mapping[str, Outcome]) -> dict[str, Rejection]:
    """The scheduled pods that their kubelets turn away: the scheduler does not look at the operating system."""
    nodes = {node.name: node for node in stage.nodes}
    placed = ((key, outcome) for key, outcome in outcomes.items() if isinstance(outcome, Assigned))
    judged = ((key, os_rejection(outcome.pod, nodes[outcome.node])) for key, outcome in placed)
    return {key: rejection for key, rejection in judged if rejection is not None}


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
