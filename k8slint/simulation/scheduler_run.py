"""The scheduler's run over all pods, without those that are never created, or that a kubelet turns away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from k8slint.scheduling import Assigned, Listers, Load, Node, Outcome, Pod, Profile, Result, Snapshot, schedule
from k8slint.scheduling.cache import Cache
from k8slint.scheduling.features import Features
from k8slint.simulation.kubelet import Rejection, evicts_for, os_rejection, rejection_of
from k8slint.values.version import KubernetesVersion

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
    has those that a kubelet turns away, which hold their nodes in `tried`, as the scheduler leaves the cluster, and are
    gone from the `snapshot`.
    """

    outcomes: Mapping[str, Outcome]
    waiting: Mapping[str, str]
    rejected: Mapping[str, Rejection]
    tried: Snapshot
    snapshot: Snapshot
    loads: Mapping[str, Load]
    assumptions: tuple[str, ...]


def place(
    stage: SchedulerInput, running: Sequence[Pod], pods: Sequence[Pod], chains: Iterable[Sequence[str]]
) -> SchedulerRun:
    """Schedule the pods beside those that run; each of `chains` names pods that are created one after the other.

    First all pods are tried. If one of a chain does not get to run, the pods behind it are left out and the run is
    repeated. What a kubelet turns away holds its node while the others are tried, for its answer comes later.
    """
    chains = tuple(chains)
    waiting: dict[str, str] = {}
    while True:
        tried = [pod for pod in pods if pod.key not in waiting]
        rejected, assumed = _turned_away(stage, running, tried)
        outcomes, results = _run(stage, [*running, *tried])
        rejected |= _of_another_system(stage, outcomes)
        runs = {
            pod.key for pod in tried if pod.node_name or isinstance(outcomes.get(pod.key), Assigned)
        } - rejected.keys()
        left_out = len(waiting)
        for chain in chains:
            stuck = next((key for key in chain if key not in runs), None)
            if stuck is not None:
                waiting |= {key: stuck for key in chain[chain.index(stuck) + 1 :] if key not in waiting}
        if len(waiting) == left_out:
            break
    assumptions = dict.fromkeys((*assumed, *(text for result in results for text in result.assumptions)))
    last = results[-1]
    gone = [pod for pod in last.snapshot.pods if pod.key in rejected]
    after = schedule((), last.snapshot.without(*gone), version=stage.version) if gone else last
    return SchedulerRun(outcomes, waiting, rejected, last.snapshot, after.snapshot, after.nodes, tuple(assumptions))


def _turned_away(
    stage: SchedulerInput, running: Iterable[Pod], pods: Iterable[Pod]
) -> tuple[dict[str, Rejection], list[str]]:
    """What the kubelets say of the pods that name a node which exists, and what is assumed of those they let in.

    Each kubelet judges its pods one after the other.
    """
    named = [pod for pod in pods if pod.node_name]
    if not named:
        return {}, []
    new = {pod.key for pod in named}
    cache, features = Cache(Snapshot.of(stage.nodes)), Features.of(stage.version)
    found: dict[str, Rejection] = {}
    assumed: list[str] = []
    for pod in (*running, *named):
        index = cache.index_of.get(pod.node_name)
        if index is None:
            continue
        usage, rejection = cache.node_infos[index], None
        if pod.key in new:
            rejection = rejection_of(pod, usage, features)
            if rejection is None and evicts_for(pod, usage, features):
                assumed.append(f"{_EVICTED}: {pod.key}")
        if rejection is None:
            cache.add(pod, index)
        else:
            found[pod.key] = rejection
    return found, assumed


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
