"""The scheduler: pods one after another, each given the best node that will do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from k8slint.scheduling.choosing import choose, nodes_to_find
from k8slint.scheduling.facts import Facts
from k8slint.scheduling.ledger import Ledger
from k8slint.scheduling.look import Look, look_at
from k8slint.scheduling.message import fit_error
from k8slint.scheduling.nodes import Node, in_scheduling_order
from k8slint.scheduling.plugins import image_locality
from k8slint.scheduling.pods import Pod
from k8slint.scheduling.preemption import NAME as PREEMPTION
from k8slint.scheduling.preemption import preempt
from k8slint.scheduling.profile import Profile
from k8slint.scheduling.result import (
    Assigned,
    Code,
    Errored,
    Gated,
    Load,
    NotModelled,
    Outcome,
    Preemption,
    Rejection,
    Result,
    Unschedulable,
)
from k8slint.scheduling.selection import NodeChoice
from k8slint.scheduling.shape_view import Setup, ShapeView
from k8slint.scheduling.wording import NEWEST_READ, OLDEST, Wording
from k8slint.values.version import KubernetesVersion

_GATES = "SchedulingGates"
_DEVICES = "DynamicResources"
_VIEWS_KEPT = 512
_LATEST = datetime.max.replace(tzinfo=UTC)


def schedule(
    pods: Iterable[Pod],
    nodes: Iterable[Node],
    facts: Facts | None = None,
    profile: Profile | None = None,
    version: KubernetesVersion = NEWEST_READ,
    *,
    explain: bool = False,
) -> Result:
    """What becomes of each pod that has no node yet, tried by priority, age and place in the input.

    Pods that have a node occupy it first. Binding takes no time, and evicted pods stay where they are. With `explain`
    every Assigned carries the scores behind the choice. The same input gives the same result.
    """
    run = _Run(list(nodes), facts or Facts(), profile or Profile(), Wording.of(version), explain=explain)
    waiting: list[Pod] = []
    for pod in pods:
        if not pod.finished:
            (run.occupy if pod.node_name else waiting.append)(pod)
    for pod in waiting:
        run.nominate(pod, pod.nominated_node)
    waiting.sort(key=lambda pod: (-pod.priority, pod.created or _LATEST))
    outcomes = [run.outcome(pod) for pod in waiting]
    _try_again(run, outcomes)
    return Result(tuple(outcomes), run.loads(), tuple(run.ledger.assumptions))


def _try_again(run: _Run, outcomes: list[Outcome]) -> None:
    """Try those again that failed for want of other pods' company, as long as one of them finds its place.

    They move behind the others, so that the outcomes stay in the order in which they came about.

    A pod that is given a node wakes those that wait for such a pod; they come behind all that never were tried.

    Mirrors: pkg/scheduler/backend/queue/scheduling_queue.go AssignedPodAdded @ v1.36
    """
    while True:
        failed = [outcome for outcome in outcomes if _waits_for_pods(outcome)]
        again = [run.outcome(outcome.pod) for outcome in failed]
        tried = {id(outcome) for outcome in failed}
        outcomes[:] = [outcome for outcome in outcomes if id(outcome) not in tried] + again
        if not any(isinstance(outcome, Assigned) for outcome in again):
            return


def _waits_for_pods(outcome: Outcome) -> bool:
    if not isinstance(outcome, Unschedulable) or outcome.preemption is not None:
        return False
    return any(rejection.plugin in _WOKEN_BY_PODS for rejection in outcome.rejections.values())


# The plugins whose refusal another pod's coming can lift.
_WOKEN_BY_PODS: Final = frozenset({"InterPodAffinity", "PodTopologySpread"})


class _Run:
    """One pass over the pods."""

    def __init__(self, nodes: list[Node], facts: Facts, profile: Profile, wording: Wording, *, explain: bool) -> None:
        self.ledger = Ledger(in_scheduling_order(nodes), facts, loose_namespaces=wording.loose_namespaces)
        self._setup = Setup(profile, wording, image_locality.image_sizes(nodes))
        self._explain = explain
        self._views: dict[object, ShapeView] = {}
        # By what decides it, the last failure of such a pod and how many changes had been made by then.
        self._failures: dict[object, tuple[int, Unschedulable]] = {}
        self._start = 0
        for text in (text for node in nodes for text in node.assumptions):
            self.ledger.assumptions[text] = None

    def occupy(self, pod: Pod) -> None:
        """Let a running pod hold its node."""
        index = self.ledger.index_of.get(pod.node_name)
        if index is None:
            self._assume(f'pod "{pod.key}" runs on node "{pod.node_name}", which is not described: it is left out')
        else:
            self.ledger.add(pod, index)

    def nominate(self, pod: Pod, node: str) -> None:
        """Let a pod wait for a node: no less important pod may take its room."""
        index = self.ledger.index_of.get(node)
        if index is not None:
            self.ledger.nominated.setdefault(index, []).append(pod)

    def outcome(self, pod: Pod) -> Outcome:
        """What becomes of one pod."""
        unknown = self._unknown(pod)
        if unknown:
            return NotModelled(pod, unknown)
        if pod.gates and self._setup.profile.runs(_GATES):
            return Gated(pod, f"waiting for scheduling gates: [{' '.join(pod.gates)}]")
        if not self.ledger.nodes:
            return Unschedulable(pod, "no nodes available to schedule pods", {})
        look = look_at(pod, self.ledger, self._setup, self._view(pod))
        if isinstance(look, Rejection):
            return self._refused_whole(pod, look)
        return self._tried(pod, look)

    def loads(self) -> dict[str, Load]:
        """What each node has given away and has to give."""
        return {
            usage.node.name: _load(usage.node, self.ledger.index_of[usage.node.name], self.ledger)
            for usage in self.ledger.usages
        }

    def _unknown(self, pod: Pod) -> str:
        """Why nothing is claimed of the pod."""
        profile = self._setup.profile
        mapped = (name for name, amount in pod.amounts.request.extended if amount and name in self.ledger.facts.devices)
        device = next(mapped, None) if self._setup.wording.maps_devices else None
        for applies, reason in (
            (pod.terminating, f"skip schedule deleting pod: {pod.key}"),
            (
                pod.scheduler_name != profile.scheduler_name,
                f'scheduler "{pod.scheduler_name}" is not described, expected "{profile.scheduler_name}"',
            ),
            (profile.has_extenders, "the scheduler asks extenders, whose answers are not known"),
            (pod.group, "the pod is scheduled together with its group"),
            (pod.device_claims, "the pod claims devices"),
            (device is not None, f'a DeviceClass answers for the resource "{device}"'),
        ):
            if applies:
                return reason
        return ""

    def _view(self, pod: Pod) -> ShapeView:
        view = self._views.get(pod.shape)
        if view is None:
            if len(self._views) >= _VIEWS_KEPT:
                del self._views[next(iter(self._views))]
            view = self._views[pod.shape] = ShapeView(_anywhere(pod), self.ledger, self._setup)
        return view

    def _tried(self, pod: Pod, look: Look) -> Outcome:
        known = self._known_failure(pod, look)
        if known is not None:
            return known
        feasible, refused = self._on_nominated_node(pod, look)
        if not feasible:
            feasible, refused = self._find(look, refused)
        broken = next((item for item in refused.values() if item.code is Code.ERROR), None)
        if broken is not None:
            return Errored(pod, f'running "{broken.plugin}" filter plugin: {broken.reasons[0]}')
        if not feasible:
            return self._unschedulable(pod, look, refused)
        choice = choose(look, feasible, self._setup.profile, explain=self._explain)
        look.reserve(choice.index)
        self._drop_nomination(pod)
        self.ledger.add(pod, choice.index)
        names = self.ledger.nodes
        scores = {names[index].name: row for index, row in choice.scores.items()}
        return Assigned(
            pod, names[choice.index].name, len(feasible), tuple(names[index].name for index in choice.ties), scores
        )

    def _on_nominated_node(self, pod: Pod, look: Look) -> tuple[list[int], dict[int, Rejection]]:
        """The node the pod was promised, if it will do: then no other is looked at.

        Mirrors: pkg/scheduler/schedule_one.go evaluateNominatedNode @ v1.36
        """
        index = self.ledger.index_of.get(pod.nominated_node)
        if index is None:
            return [], {}
        refusal = look.judge(index)
        return ([index], {}) if refusal is None else ([], {index: refusal})

    def _find(self, look: Look, refused: dict[int, Rejection]) -> tuple[list[int], dict[int, Rejection]]:
        """The nodes that will do, until there are enough, and the refusals on the way.

        The search starts where the last one ended, and ends at the first node too many, as with one worker.

        Mirrors: pkg/scheduler/schedule_one.go findNodesThatPassFilters @ v1.36
        """
        size = len(self.ledger.nodes)
        candidates = look.named if look.named is not None else range(size)
        limit = nodes_to_find(len(candidates), self._setup.profile.percentage_to_score)
        plain = not look.checks and not self.ledger.nominated
        verdicts = look.view.verdicts
        feasible: list[int] = []
        for step in range(len(candidates)):
            index = candidates[(self._start + step) % len(candidates)]
            refusal = verdicts[index] if plain else look.judge(index)
            if refusal is not None:
                refused[index] = refusal
            elif len(feasible) == limit:
                break
            else:
                feasible.append(index)
        self._start = (self._start + len(feasible) + len(refused)) % size
        return feasible, refused

    def _known_failure(self, pod: Pod, look: Look) -> Unschedulable | None:
        """The failure of an equal pod, while nothing has changed since: its text and rejections are shared."""
        seen, failure = self._failures.get(_cause(pod), (-1, None))
        if failure is None or seen != len(self.ledger.changes) or look.checks or self.ledger.nominated:
            return None
        return replace(failure, pod=pod)

    def _unschedulable(self, pod: Pod, look: Look, refused: dict[int, Rejection]) -> Unschedulable:
        self._assume_of_version()
        absent = "node(s) didn't satisfy plugin(s) [NodeAffinity]" if look.named is not None else ""
        after, preemption = self._make_room(pod, look, refused)
        nodes = self.ledger.nodes
        message = fit_error(len(nodes), refused.values(), absent=absent, after=after)
        rejections = {nodes[index].name: item for index, item in refused.items()}
        failure = Unschedulable(pod, message, rejections, preemption=preemption)
        if not look.checks and look.named is None and not self.ledger.nominated:
            self._failures[_cause(pod)] = len(self.ledger.changes), failure
        return failure

    def _refused_whole(self, pod: Pod, refusal: Rejection) -> Outcome:
        self._assume_of_version()
        if refusal.code is Code.ERROR:
            return Errored(pod, f'running PreFilter plugin "{refusal.plugin}": {refusal.reasons[0]}')
        wording, profile = self._setup.wording, self._setup.profile
        if wording.lost_state_tail and profile.runs(_DEVICES):
            # DynamicResources never got to look at the pod, and finds nothing of its own afterwards.
            after = wording.lost_state_tail
        else:
            after, _ = self._make_room(pod, None, {})
            if wording.whole_tail_is_guessed and after:
                self._assume(f'where a pod is refused before any node is tried, "{after}" follows, as in {OLDEST}')
        whole = ", ".join(refusal.reasons)
        message = fit_error(len(self.ledger.nodes), (), whole=whole, after=after)
        return Unschedulable(pod, message, {}, refused_whole=refusal)

    def _make_room(self, pod: Pod, look: Look | None, refused: dict[int, Rejection]) -> tuple[str, Preemption | None]:
        """What came of trying to make room: its text, empty when pods have to go for it.

        Mirrors: pkg/scheduler/framework/runtime/framework.go RunPostFilterPlugins @ v1.36
        """
        wording, profile = self._setup.wording, self._setup.profile
        texts = [wording.device_tail] if wording.device_tail and profile.runs(_DEVICES) else []
        if profile.runs(PREEMPTION):
            found = preempt(pod, look, refused, self.ledger, profile)
            if isinstance(found, Preemption):
                self._evict(pod, found)
                return "", found
            texts.append(found)
        return ", ".join(texts), None

    def _evict(self, pod: Pod, preemption: Preemption) -> None:
        """Let the victims end, and the pod wait for their node; less important pods wait for it no more."""
        for victim in preemption.victims:
            if not self.ledger.is_ending(victim):
                self.ledger.terminate(victim)
        self._drop_nomination(pod)
        index = self.ledger.index_of[preemption.node]
        kept = [other for other in self.ledger.nominated.get(index, ()) if other.priority >= pod.priority]
        self.ledger.nominated[index] = [*kept, pod]

    def _drop_nomination(self, pod: Pod) -> None:
        nominated = self.ledger.nominated
        for index in [index for index, others in nominated.items() if pod in others]:
            nominated[index].remove(pod)
            if not nominated[index]:
                del nominated[index]

    def _assume_of_version(self) -> None:
        for text in self._setup.wording.assumptions:
            self._assume(text)

    def _assume(self, text: str) -> None:
        self.ledger.assumptions[text] = None


def _cause(pod: Pod) -> tuple[object, ...]:
    """What decides the fate of a pod that no other node's pods and no claim have a say in."""
    return pod.shape, pod.priority, pod.preempts, pod.nominated_node


def _anywhere(pod: Pod) -> Pod:
    """The pod without the names of nodes, where its affinity is no more than that: only those are looked at anyway.

    So the pods of a DaemonSet, which differ in nothing else, can have one shape.
    """
    return replace(pod, node_choice=NodeChoice(pod.node_choice.labels)) if pod.node_choice.only_names else pod


def _load(node: Node, index: int, ledger: Ledger) -> Load:
    usage, room = ledger.usages[index], node.allocatable
    requested = {
        "cpu": usage.cpu_millicores,
        "memory": usage.memory_bytes,
        "ephemeral-storage": usage.ephemeral_bytes,
        "pods": len(usage.pods),
        **usage.extended,
    }
    allocatable = {
        "cpu": room.cpu_millicores,
        "memory": room.memory_bytes,
        "ephemeral-storage": room.ephemeral_bytes,
        "pods": node.max_pods,
        **node.allocatable_extended,
    }
    return Load(requested, allocatable)
