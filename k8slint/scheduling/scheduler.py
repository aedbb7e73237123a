"""The scheduler: pods one after another, each given the best node that will do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from k8slint.scheduling.cycle import CycleState, run_pre_filter
from k8slint.scheduling.equivalence import NodeVerdicts, Setup
from k8slint.scheduling.features import NEWEST_READ, OLDEST, Features
from k8slint.scheduling.fit_error import fit_error
from k8slint.scheduling.listers import Listers
from k8slint.scheduling.objects.node import Node, in_scheduling_order
from k8slint.scheduling.objects.node_affinity import NodeChoice
from k8slint.scheduling.objects.pod import Pod
from k8slint.scheduling.plugins import image_locality
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
    Result,
    Status,
    Unschedulable,
)
from k8slint.scheduling.scoring import choose, nodes_to_find
from k8slint.scheduling.snapshot import Snapshot
from k8slint.values.version import KubernetesVersion

_GATES = "SchedulingGates"
_DEVICES = "DynamicResources"
_VIEWS_KEPT = 512
_LATEST = datetime.max.replace(tzinfo=UTC)


def schedule(
    pods: Iterable[Pod],
    nodes: Iterable[Node],
    listers: Listers | None = None,
    profile: Profile | None = None,
    version: KubernetesVersion = NEWEST_READ,
    *,
    explain: bool = False,
) -> Result:
    """What becomes of each pod that has no node yet, tried by priority, age and place in the input.

    Pods that have a node occupy it first. Binding takes no time, and evicted pods stay where they are. With `explain`
    every Assigned carries the scores behind the choice. The same input gives the same result.
    """
    run = _Run(list(nodes), listers or Listers(), profile or Profile(), Features.of(version), explain=explain)
    waiting: list[Pod] = []
    for pod in pods:
        if not pod.finished:
            (run.occupy if pod.node_name else waiting.append)(pod)
    for pod in waiting:
        run.nominate(pod, pod.nominated_node)
    waiting.sort(key=lambda pod: (-pod.priority, pod.created or _LATEST))
    outcomes = [run.outcome(pod) for pod in waiting]
    _try_again(run, outcomes)
    return Result(tuple(outcomes), run.loads(), tuple(run.snapshot.assumptions))


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
    return any(status.plugin in _WOKEN_BY_PODS for status in outcome.statuses.values())


# The plugins whose refusal another pod's coming can lift.
_WOKEN_BY_PODS: Final = frozenset({"InterPodAffinity", "PodTopologySpread"})


class _Run:
    """One pass over the pods."""

    def __init__(
        self, nodes: list[Node], listers: Listers, profile: Profile, features: Features, *, explain: bool
    ) -> None:
        self.snapshot = Snapshot(in_scheduling_order(nodes), listers, loose_namespaces=features.loose_namespaces)
        self._setup = Setup(profile, features, image_locality.image_sizes(nodes))
        self._explain = explain
        self._views: dict[object, NodeVerdicts] = {}
        # By what decides it, the last failure of such a pod and how many changes had been made by then.
        self._failures: dict[object, tuple[int, Unschedulable]] = {}
        self._start = 0
        for text in (text for node in nodes for text in node.assumptions):
            self.snapshot.assumptions[text] = None

    def occupy(self, pod: Pod) -> None:
        """Let a running pod hold its node."""
        index = self.snapshot.index_of.get(pod.node_name)
        if index is None:
            self._assume(f'pod "{pod.key}" runs on node "{pod.node_name}", which is not described: it is left out')
        else:
            self.snapshot.add(pod, index)

    def nominate(self, pod: Pod, node: str) -> None:
        """Let a pod wait for a node: no less important pod may take its room."""
        index = self.snapshot.index_of.get(node)
        if index is not None:
            self.snapshot.nominated.setdefault(index, []).append(pod)

    def outcome(self, pod: Pod) -> Outcome:
        """What becomes of one pod."""
        unknown = self._unknown(pod)
        if unknown:
            return NotModelled(pod, unknown)
        if pod.gates and self._setup.profile.runs(_GATES):
            return Gated(pod, f"waiting for scheduling gates: [{' '.join(pod.gates)}]")
        if not self.snapshot.nodes:
            return Unschedulable(pod, "no nodes available to schedule pods", {})
        state = run_pre_filter(pod, self.snapshot, self._setup, self._view(pod))
        if isinstance(state, Status):
            return self._refused_whole(pod, state)
        return self._tried(pod, state)

    def loads(self) -> dict[str, Load]:
        """What each node has given away and has to give."""
        return {
            node_info.node.name: _load(node_info.node, self.snapshot.index_of[node_info.node.name], self.snapshot)
            for node_info in self.snapshot.node_infos
        }

    def _unknown(self, pod: Pod) -> str:
        """Why nothing is claimed of the pod."""
        profile = self._setup.profile
        mapped = (
            name for name, amount in pod.amounts.request.extended if amount and name in self.snapshot.listers.devices
        )
        device = next(mapped, None) if self._setup.features.maps_devices else None
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

    def _view(self, pod: Pod) -> NodeVerdicts:
        view = self._views.get(pod.signature)
        if view is None:
            if len(self._views) >= _VIEWS_KEPT:
                del self._views[next(iter(self._views))]
            view = self._views[pod.signature] = NodeVerdicts(_anywhere(pod), self.snapshot, self._setup)
        return view

    def _tried(self, pod: Pod, state: CycleState) -> Outcome:
        known = self._known_failure(pod, state)
        if known is not None:
            return known
        feasible, refused = self._on_nominated_node(pod, state)
        if not feasible:
            feasible, refused = self._find(state, refused)
        broken = next((item for item in refused.values() if item.code is Code.ERROR), None)
        if broken is not None:
            return Errored(pod, f'running "{broken.plugin}" filter plugin: {broken.reasons[0]}')
        if not feasible:
            return self._unschedulable(pod, state, refused)
        choice = choose(state, feasible, self._setup.profile, explain=self._explain)
        state.reserve(choice.index)
        self._drop_nomination(pod)
        self.snapshot.add(pod, choice.index)
        names = self.snapshot.nodes
        scores = {names[index].name: row for index, row in choice.scores.items()}
        return Assigned(
            pod, names[choice.index].name, len(feasible), tuple(names[index].name for index in choice.ties), scores
        )

    def _on_nominated_node(self, pod: Pod, state: CycleState) -> tuple[list[int], dict[int, Status]]:
        """The node the pod was promised, if it will do: then no other is looked at.

        Mirrors: pkg/scheduler/schedule_one.go evaluateNominatedNode @ v1.36
        """
        index = self.snapshot.index_of.get(pod.nominated_node)
        if index is None:
            return [], {}
        refusal = state.judge(index)
        return ([index], {}) if refusal is None else ([], {index: refusal})

    def _find(self, state: CycleState, refused: dict[int, Status]) -> tuple[list[int], dict[int, Status]]:
        """The nodes that will do, until there are enough, and the refusals on the way.

        The search starts where the last one ended, and ends at the first node too many, as with one worker.

        Mirrors: pkg/scheduler/schedule_one.go findNodesThatPassFilters @ v1.36
        """
        size = len(self.snapshot.nodes)
        candidates = state.named if state.named is not None else range(size)
        limit = nodes_to_find(len(candidates), self._setup.profile.percentage_to_score)
        plain = not state.checks and not self.snapshot.nominated
        verdicts = state.view.verdicts
        feasible: list[int] = []
        for step in range(len(candidates)):
            index = candidates[(self._start + step) % len(candidates)]
            refusal = verdicts[index] if plain else state.judge(index)
            if refusal is not None:
                refused[index] = refusal
            elif len(feasible) == limit:
                break
            else:
                feasible.append(index)
        self._start = (self._start + len(feasible) + len(refused)) % size
        return feasible, refused

    def _known_failure(self, pod: Pod, state: CycleState) -> Unschedulable | None:
        """The failure of an equal pod, while nothing has changed since: its text and rejections are shared."""
        seen, failure = self._failures.get(_cause(pod), (-1, None))
        if failure is None or seen != len(self.snapshot.changes) or state.checks or self.snapshot.nominated:
            return None
        return replace(failure, pod=pod)

    def _unschedulable(self, pod: Pod, state: CycleState, refused: dict[int, Status]) -> Unschedulable:
        self._assume_of_version()
        absent = "node(s) didn't satisfy plugin(s) [NodeAffinity]" if state.named is not None else ""
        after, preemption = self._make_room(pod, state, refused)
        nodes = self.snapshot.nodes
        message = fit_error(len(nodes), refused.values(), absent=absent, after=after)
        statuses = {nodes[index].name: item for index, item in refused.items()}
        failure = Unschedulable(pod, message, statuses, preemption=preemption)
        if not state.checks and state.named is None and not self.snapshot.nominated:
            self._failures[_cause(pod)] = len(self.snapshot.changes), failure
        return failure

    def _refused_whole(self, pod: Pod, refusal: Status) -> Outcome:
        self._assume_of_version()
        if refusal.code is Code.ERROR:
            return Errored(pod, f'running PreFilter plugin "{refusal.plugin}": {refusal.reasons[0]}')
        features, profile = self._setup.features, self._setup.profile
        if features.lost_state_tail and profile.runs(_DEVICES):
            # DynamicResources never got to look at the pod, and finds nothing of its own afterwards.
            after = features.lost_state_tail
        else:
            after, _ = self._make_room(pod, None, {})
            if features.whole_tail_is_guessed and after:
                self._assume(f'where a pod is refused before any node is tried, "{after}" follows, as in {OLDEST}')
        whole = ", ".join(refusal.reasons)
        message = fit_error(len(self.snapshot.nodes), (), whole=whole, after=after)
        return Unschedulable(pod, message, {})

    def _make_room(
        self, pod: Pod, state: CycleState | None, refused: dict[int, Status]
    ) -> tuple[str, Preemption | None]:
        """What came of trying to make room: its text, empty when pods have to go for it.

        Mirrors: pkg/scheduler/framework/runtime/framework.go RunPostFilterPlugins @ v1.36
        """
        features, profile = self._setup.features, self._setup.profile
        texts = [features.device_tail] if features.device_tail and profile.runs(_DEVICES) else []
        if profile.runs(PREEMPTION):
            found = preempt(pod, state, refused, self.snapshot, profile)
            if isinstance(found, Preemption):
                self._evict(pod, found)
                return "", found
            texts.append(found)
        return ", ".join(texts), None

    def _evict(self, pod: Pod, preemption: Preemption) -> None:
        """Let the victims end, and the pod wait for their node; less important pods wait for it no more."""
        for victim in preemption.victims:
            if not self.snapshot.is_ending(victim):
                self.snapshot.terminate(victim)
        self._drop_nomination(pod)
        index = self.snapshot.index_of[preemption.node]
        kept = [other for other in self.snapshot.nominated.get(index, ()) if other.priority >= pod.priority]
        self.snapshot.nominated[index] = [*kept, pod]

    def _drop_nomination(self, pod: Pod) -> None:
        nominated = self.snapshot.nominated
        for index in [index for index, others in nominated.items() if pod in others]:
            nominated[index].remove(pod)
            if not nominated[index]:
                del nominated[index]

    def _assume_of_version(self) -> None:
        for text in self._setup.features.assumptions:
            self._assume(text)

    def _assume(self, text: str) -> None:
        self.snapshot.assumptions[text] = None


def _cause(pod: Pod) -> tuple[object, ...]:
    """What decides the fate of a pod that no other node's pods and no claim have a say in."""
    return pod.signature, pod.priority, pod.preempts, pod.nominated_node


def _anywhere(pod: Pod) -> Pod:
    """The pod without the names of nodes, where its affinity is no more than that: only those are looked at anyway.

    So the pods of a DaemonSet, which differ in nothing else, can have one shape.
    """
    return replace(pod, node_choice=NodeChoice(pod.node_choice.labels)) if pod.node_choice.only_names else pod


def _load(node: Node, index: int, snapshot: Snapshot) -> Load:
    node_info, room = snapshot.node_infos[index], node.allocatable
    requested = {
        "cpu": node_info.cpu_millicores,
        "memory": node_info.memory_bytes,
        "ephemeral-storage": node_info.ephemeral_bytes,
        "pods": len(node_info.pods),
        **node_info.extended,
    }
    allocatable = {
        "cpu": room.cpu_millicores,
        "memory": room.memory_bytes,
        "ephemeral-storage": room.ephemeral_bytes,
        "pods": node.max_pods,
        **dict(room.extended),
    }
    return Load(requested, allocatable)
