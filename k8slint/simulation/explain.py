"""What the scheduler's message leaves out: all obstacles of a pod on each node, and the smallest changes that help."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from k8slint.scheduling.diagnosis import Diagnoser, Diagnosis
from k8slint.scheduling.objects.pod import Pod
from k8slint.scheduling.profile import Profile
from k8slint.scheduling.result import Assigned, Outcome, Unschedulable
from k8slint.scheduling.snapshot import Snapshot
from k8slint.simulation.in_words import enumerated
from k8slint.simulation.obstacles import Obstacle, Remedy, obstacles_of
from k8slint.simulation.results import DryRun, PodResult, Scene

_MOST_CHANGES: Final = 3
# If no change helps on the two nearest nodes with the same obstacles, none is tried on the others.
_MOST_TRIES: Final = 2
# A filter may name one obstacle at a time, so that new ones appear once the first are gone: this many rounds are tried.
_ROUNDS: Final = 4


@dataclass(frozen=True, slots=True)
class Change:
    """A change after which one such pod fits on the node, while the other pods stay; the change has been tried."""

    node: str
    text: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """What keeps a pod from each node, with all other pods in their places, or with those that came before it.

    `whole` are the reasons against the pod on any node. `nodes` has the obstacles on each node, empty if the pod would
    fit there now; if the pod names its nodes, like a DaemonSet's pod, `nodes` has only those. `nearest` is the node
    with the fewest and smallest obstacles, or empty if a node would take the pod or `whole` has reasons. Each of the
    `changes` is enough by itself; those on nearer nodes come first.
    """

    whole: tuple[str, ...] = ()
    nodes: Mapping[str, tuple[Obstacle, ...]] = field(default_factory=dict)
    nearest: str = ""
    changes: tuple[Change, ...] = ()

    @property
    def fits_on(self) -> tuple[str, ...]:
        """The nodes that would take the pod now."""
        return () if self.whole else tuple(name for name, obstacles in self.nodes.items() if not obstacles)


class Explainer:
    """Explains pods of one dry run; equal pods that fit nowhere are explained once."""

    def __init__(self, run: DryRun) -> None:
        self._run = run
        self._known: dict[Hashable, Explanation] = {}
        self._moment: tuple[int, Diagnoser] | None = None

    def explain(self, result: PodResult) -> Explanation | None:
        """The explanation of a pod's verdict, or None if the scheduler never tried the pod."""
        scene = self._run.scene
        outcome = scene.outcomes.get(result.key) if scene is not None else None
        if scene is None or not isinstance(outcome, Assigned | Unschedulable):
            return None
        pod = outcome.pod
        if isinstance(outcome, Assigned) or outcome.preemption is not None:
            return self._explained(pod, self._diagnoser.without(pod), scene)
        signature = _signature(pod)
        if signature not in self._known:
            self._known[signature] = self._explained(pod, self._diagnoser, scene)
        return self._known[signature]

    def explain_attempt(self, result: PodResult) -> Explanation | None:
        """The same at the moment of the pod's message, when what was tried after it had no place yet."""
        scene = self._run.scene
        outcome = scene.outcomes.get(result.key) if scene is not None else None
        if scene is None or not isinstance(outcome, Unschedulable):
            return self.explain(result)
        outcomes = list(scene.outcomes.values())
        place = next(index for index, other in enumerate(outcomes) if other is outcome)
        before, later = outcomes[:place], outcomes[place:]
        # Between two changes of the cluster, all attempts meet with the same.
        changes = sum(isinstance(other, Assigned) or _makes_room(other) for other in before)
        if self._moment is None or self._moment[0] != changes:
            snapshot = scene.tried.without(*(other.pod for other in later))
            self._moment = changes, _promised(snapshot, before, scene)
        return self._explained(outcome.pod, self._moment[1], scene)

    @cached_property
    def _diagnoser(self) -> Diagnoser:
        """A diagnoser of the cluster after the run, with pods that others make room for on their nodes already."""
        scene = self._run.scene
        if scene is None:
            raise ValueError("no node is described")
        return _promised(scene.snapshot, scene.outcomes.values(), scene)

    def _explained(self, pod: Pod, diagnoser: Diagnoser, scene: Scene) -> Explanation:
        profile = scene.profile_for(pod)
        diagnosis = diagnoser.diagnose(pod, profile)
        named = pod.node_choice.named_nodes() or frozenset()
        every = [node.name for node in scene.snapshot.nodes]
        names = [name for name in every if name in named] or every
        nodes = {name: _obstacles(name, pod, diagnosis, diagnoser) for name in names}
        if diagnosis.whole:
            return Explanation(tuple(self._said_of_whole(pod, diagnosis)), nodes)
        if not all(nodes.values()):
            return Explanation((), nodes)
        ranked = sorted(nodes, key=lambda name: _distance(nodes[name], diagnoser, name))
        changes = tuple(_changes(pod, ranked, nodes, diagnoser, profile))
        return Explanation((), nodes, ranked[0], changes)

    def _said_of_whole(self, pod: Pod, diagnosis: Diagnosis) -> Iterator[str]:
        yield from dict.fromkeys(reason for rejection in diagnosis.whole for reason in rejection.reasons)
        for volume in pod.volumes:
            name = pod.claim_of(volume)
            why = self._run.unbound.get((pod.namespace, name)) if name is not None else None
            if why:
                yield f'claim "{name}": {why.message}'


def _makes_room(outcome: Outcome) -> bool:
    return isinstance(outcome, Unschedulable) and outcome.preemption is not None


def _promised(snapshot: Snapshot, outcomes: Iterable[Outcome], scene: Scene) -> Diagnoser:
    """A diagnoser of a cluster with the pods for which others make room on their nodes already."""
    promised = {
        outcome.pod: outcome.preemption.node
        for outcome in outcomes
        if isinstance(outcome, Unschedulable) and outcome.preemption is not None
    }
    # Victims stay until they have ended, so they count like any other pod.
    return Diagnoser(replace(snapshot.with_pods(promised), terminating=frozenset()), scene.stage.version)


def _signature(pod: Pod) -> Hashable:
    """A value that is equal for pods with the same explanation."""
    labels = tuple(sorted(pod.labels.items()))
    claims = pod.key if any(pod.claim_of(volume) is not None or volume.disk for volume in pod.volumes) else ""
    peers = (pod.spread, pod.affinity, pod.anti_affinity, pod.owner)
    return (pod.signature, pod.namespace, labels, pod.scheduler_name, claims, peers)


def _obstacles(name: str, pod: Pod, diagnosis: Diagnosis, diagnoser: Diagnoser) -> tuple[Obstacle, ...]:
    usage = diagnoser.node_info(name)
    found: dict[str, Obstacle] = {}
    for rejection in diagnosis.nodes[name]:
        for obstacle in obstacles_of(rejection, pod, usage):
            # Two filters may refuse for the same reason: a cordoned node also has a taint.
            found.setdefault(obstacle.text, obstacle)
    return tuple(found.values())


def _distance(obstacles: Iterable[Obstacle], diagnoser: Diagnoser, name: str) -> tuple[bool, int, float]:
    """A sort key that puts the nearest node first: nodes meant for other pods last, then by number, then by amount."""
    obstacles = tuple(obstacles)
    node = diagnoser.node_info(name).node
    missing = 0.0
    for obstacle in obstacles:
        if obstacle.lack:
            has = node.allocatable.of(obstacle.resource)
            missing += obstacle.lack / has if has else 1
    return any(obstacle.is_meant for obstacle in obstacles), len(obstacles), missing


def _changes(
    pod: Pod, ranked: list[str], nodes: Mapping[str, tuple[Obstacle, ...]], diagnoser: Diagnoser, profile: Profile
) -> Iterator[Change]:
    """Changes that help, nearest nodes first; obstacles that include those of an earlier change are skipped."""
    seen: list[frozenset[tuple[str, str]]] = []
    tried: Counter[frozenset[tuple[str, str]]] = Counter()
    for name in ranked:
        kinds = frozenset((obstacle.plugin, obstacle.resource) for obstacle in nodes[name])
        if any(other <= kinds for other in seen) or tried[kinds] == _MOST_TRIES:
            continue
        tried[kinds] += 1
        change = _change(pod, name, nodes[name], diagnoser, profile)
        if change is not None:
            seen.append(kinds)
            yield change
            if len(seen) == _MOST_CHANGES:
                return


def _change(
    pod: Pod, name: str, obstacles: tuple[Obstacle, ...], diagnoser: Diagnoser, profile: Profile
) -> Change | None:
    """The change that makes the pod fit on the node, tried, or None if none is known."""
    remedies: list[Remedy] = []
    for _ in range(_ROUNDS):
        new = [obstacle.remedy for obstacle in obstacles if obstacle.remedy is not None]
        if len(new) < len(obstacles):
            return None
        remedies += new
        for remedy in new:
            if remedy.on_pod is not None:
                pod = remedy.on_pod(pod)
            if remedy.on_node is not None:
                diagnoser = diagnoser.with_node(remedy.on_node(diagnoser.node_info(name).node))
        diagnosis = diagnoser.diagnose(pod, profile)
        if diagnosis.whole:
            return None
        obstacles = _obstacles(name, pod, diagnosis, diagnoser)
        if not obstacles and not diagnosis.nodes[name]:
            return Change(name, _joined([remedy.text for remedy in remedies]))
    return None


def _joined(texts: list[str]) -> str:
    """The texts as one; all amounts to ask for come after one "ask for at most".

    >>> _joined(["ask for at most 1 cpu", "ask for at most 2Gi memory", "uncordon node-1"])
    'ask for at most 1 cpu and 2Gi memory, and uncordon node-1'
    """
    ask = "ask for at most "
    amounts = [text.removeprefix(ask) for text in texts if text.startswith(ask)]
    others = list(dict.fromkeys(text for text in texts if not text.startswith(ask)))
    return ", and ".join([*([ask + enumerated(amounts)] if amounts else []), *others])
