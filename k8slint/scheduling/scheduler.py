"""The scheduler: gives one pod after another the best node that will do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from k8slint.scheduling.cache import Cache, NodeInfo
from k8slint.scheduling.cycle import CycleState, run_pre_filter
from k8slint.scheduling.equivalence import NodeVerdicts
from k8slint.scheduling.features import NEWEST, Features
from k8slint.scheduling.fit_error import fit_error
from k8slint.scheduling.framework import Code, Status
from k8slint.scheduling.objects.node_affinity import NodeChoice
from k8slint.scheduling.objects.pod import Pod
from k8slint.scheduling.profile import Profile
from k8slint.scheduling.queue import in_queue_order, try_again
from k8slint.scheduling.registry import DEFAULT_PLUGINS
from k8slint.scheduling.result import (
    Assigned,
    Errored,
    Gated,
    Load,
    NotModelled,
    Outcome,
    Preemption,
    Result,
    Unschedulable,
)
from k8slint.scheduling.runtime import Framework
from k8slint.scheduling.scoring import choose, nodes_to_find, scores_by_plugin
from k8slint.scheduling.snapshot import Snapshot
from k8slint.values.version import KubernetesVersion

_VERDICTS_KEPT = 512


def schedule(
    pods: Iterable[Pod],
    snapshot: Snapshot,
    profile: Profile | None = None,
    version: KubernetesVersion = NEWEST,
    *,
    explain: bool = False,
    stops: bool = False,
) -> Result:
    """Try each pod that has no node yet, by priority, age and place in the input.

    Pods that name a node are put on it first; finished pods, and those that the snapshot has already, are skipped.
    Binding takes no time, and evicted pods stay on their nodes. With `explain`, each Assigned has the scores behind a
    choice among several nodes. With `stops`, the first pod without a node is the last that is tried. The same input
    gives the same result. The given snapshot does not change: the result has another one, from which the next run can
    start.
    """
    run = _Run(snapshot, profile or Profile(), Features.of(version), explain=explain)
    waiting: list[Pod] = []
    for pod in pods:
        if not pod.finished and pod not in snapshot.pods:
            (run.occupy if pod.node_name else waiting.append)(pod)
    for pod in waiting:
        run.cache.nominate(pod, pod.nominated_node)
    outcomes: list[Outcome] = []
    for pod in in_queue_order(waiting):
        outcomes.append(run.outcome(pod))
        if stops and not isinstance(outcomes[-1], Assigned):
            break
    else:
        outcomes = try_again(outcomes, run.outcome, run.framework.woken_by_pods)
    return Result(tuple(outcomes), run.cache.to_snapshot(), run.loads(), tuple(run.cache.assumptions))


class _Run:
    """One pass over the pods."""

    def __init__(self, snapshot: Snapshot, profile: Profile, features: Features, *, explain: bool) -> None:
        self.cache = Cache(snapshot, loose_namespaces=features.loose_namespaces)
        self.framework = Framework(profile, features, DEFAULT_PLUGINS)
        self._explain = explain
        self._verdicts: dict[object, NodeVerdicts] = {}
        # By `_cause`: how many changes the cache had seen at the last failure of such a pod, and the failure.
        self._failures: dict[object, tuple[int, Unschedulable]] = {}
        self._start = 0
        for text in (text for node in snapshot.nodes for text in node.assumptions):
            self._assume(text)

    def occupy(self, pod: Pod) -> None:
        """Put a running pod on its node; note an assumption if the node is unknown."""
        index = self.cache.index_of.get(pod.node_name)
        if index is None:
            self._assume(f'pod "{pod.key}" runs on node "{pod.node_name}", which is not described: it is left out')
        else:
            self.cache.add(pod, index)

    def outcome(self, pod: Pod) -> Outcome:
        """Try one pod; if it gets a node, or others must make room for it, the cache changes."""
        unknown = self._unknown(pod)
        if unknown:
            return NotModelled(pod, unknown)
        gate = self._gate(pod)
        if gate:
            return Gated(pod, gate)
        if not self.cache.nodes:
            return Unschedulable(pod, "no nodes available to schedule pods", {})
        state = run_pre_filter(pod, self.cache, self.framework, self._verdicts_for(pod))
        if isinstance(state, Status):
            return self._refused_whole(pod, state)
        return self._tried(pod, state)

    def loads(self) -> dict[str, Load]:
        """The load of each node, by name."""
        return {node_info.node.name: _load(node_info) for node_info in self.cache.node_infos}

    def _unknown(self, pod: Pod) -> str:
        """Why the pod cannot be simulated; empty if it can."""
        profile = self.framework.profile
        mapped = (
            name for name, amount in pod.amounts.request.extended if amount and name in self.cache.listers.devices
        )
        device = next(mapped, None) if self.framework.features.maps_devices else None
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

    def _gate(self, pod: Pod) -> str:
        """Why the pod does not enter the queue; empty if it does."""
        for pre_enqueue in self.framework.gates:
            text = pre_enqueue(pod)
            if text:
                return text
        return ""

    def _verdicts_for(self, pod: Pod) -> NodeVerdicts:
        verdicts = self._verdicts.get(pod.signature)
        if verdicts is None:
            if len(self._verdicts) >= _VERDICTS_KEPT:
                del self._verdicts[next(iter(self._verdicts))]
            verdicts = NodeVerdicts(_anywhere(pod), self.cache, self.framework)
            self._verdicts[pod.signature] = verdicts
        return verdicts

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
        choice, names = choose(state, feasible), self.cache.nodes
        scores = {}
        if self._explain and len(feasible) > 1:
            scores = {names[index].name: row for index, row in scores_by_plugin(state, feasible).items()}
        state.reserve(choice.index)
        self._drop_nomination(pod)
        self.cache.add(pod, choice.index)
        return Assigned(
            pod, names[choice.index].name, len(feasible), tuple(names[index].name for index in choice.ties), scores
        )

    def _on_nominated_node(self, pod: Pod, state: CycleState) -> tuple[list[int], dict[int, Status]]:
        """The node for which the pod is nominated if it will do, so that no other is tried; else its refusal.

        Mirrors: pkg/scheduler/schedule_one.go evaluateNominatedNode @ v1.36
        """
        index = self.cache.index_of.get(pod.nominated_node)
        if index is None:
            return [], {}
        refusal = state.filter_with_nominated(index)
        return ([index], {}) if refusal is None else ([], {index: refusal})

    def _find(self, state: CycleState, refused: dict[int, Status]) -> tuple[list[int], dict[int, Status]]:
        """The nodes that will do, until there are enough, and the given refusals with those met on the way.

        The search starts where the last one ended and stops at the first node beyond the limit, like upstream's with
        one worker.

        Mirrors: pkg/scheduler/schedule_one.go findNodesThatPassFilters @ v1.36
        """
        size = len(self.cache.nodes)
        candidates = state.named if state.named is not None else range(size)
        limit = nodes_to_find(len(candidates), self.framework.profile.percentage_to_score)
        plain = not state.states and not self.cache.nominated
        statuses = state.verdicts.statuses
        feasible: list[int] = []
        for step in range(len(candidates)):
            index = candidates[(self._start + step) % len(candidates)]
            refusal = statuses[index] if plain else state.filter_with_nominated(index)
            if refusal is not None:
                refused[index] = refusal
            elif len(feasible) == limit:
                break
            else:
                feasible.append(index)
        self._start = (self._start + len(feasible) + len(refused)) % size
        return feasible, refused

    def _known_failure(self, pod: Pod, state: CycleState) -> Unschedulable | None:
        """The failure of an equal pod, with this pod in it, if nothing has changed since then; else None."""
        seen, failure = self._failures.get(_cause(pod), (-1, None))
        if failure is None or seen != len(self.cache.changes) or state.states or self.cache.nominated:
            return None
        return replace(failure, pod=pod)

    def _unschedulable(self, pod: Pod, state: CycleState, refused: dict[int, Status]) -> Unschedulable:
        self._assume_of_version()
        absent = "node(s) didn't satisfy plugin(s) [NodeAffinity]" if state.named is not None else ""
        after, preemption = self._make_room(pod, state, refused)
        nodes = self.cache.nodes
        message = fit_error(len(nodes), refused.values(), absent=absent, after=after)
        statuses = {nodes[index].name: item for index, item in refused.items()}
        failure = Unschedulable(pod, message, statuses, preemption=preemption)
        if not state.states and state.named is None and not self.cache.nominated:
            self._failures[_cause(pod)] = len(self.cache.changes), failure
        return failure

    def _refused_whole(self, pod: Pod, refusal: Status) -> Outcome:
        self._assume_of_version()
        if refusal.code is Code.ERROR:
            return Errored(pod, f'running PreFilter plugin "{refusal.plugin}": {refusal.reasons[0]}')
        after, _ = self._make_room(pod, None, {})
        whole = ", ".join(refusal.reasons)
        message = fit_error(len(self.cache.nodes), (), whole=whole, after=after)
        return Unschedulable(pod, message, {}, refused_whole=refusal)

    def _make_room(
        self, pod: Pod, state: CycleState | None, refused: dict[int, Status]
    ) -> tuple[str, Preemption | None]:
        """The text that PostFilter adds to the message, and the preemption; from 1.37 on the text tells of it too.

        Mirrors: pkg/scheduler/framework/runtime/framework.go RunPostFilterPlugins @ v1.36
        """
        texts: list[str] = []
        for plugin, handle, _ in self.framework.post_filters:
            found = plugin.post_filter and plugin.post_filter(pod, state, refused, self.cache, handle)
            if isinstance(found, Preemption):
                self._evict(pod, found)
                return self._said(found), found
            if found is None:
                continue
            if found.code is Code.ERROR:
                return found.reasons[0], None
            texts += found.reasons
        return ", ".join(texts), None

    def _said(self, preemption: Preemption) -> str:
        """The text of a preemption, empty up to 1.36.

        Mirrors: pkg/scheduler/framework/plugins/defaultpreemption PostFilter @ v1.37
        """
        if not self.framework.features.names_preemption:
            return ""
        victims = len(preemption.victims)
        return (
            f"preemption: found a potential placement for pod on node {preemption.node}, preempting {victims} victims"
        )

    def _evict(self, pod: Pod, preemption: Preemption) -> None:
        """Mark the victims as ending and nominate the pod for their node, in place of less important pods."""
        for victim in preemption.victims:
            if not self.cache.is_ending(victim):
                self.cache.terminate(victim)
        self._drop_nomination(pod)
        index = self.cache.index_of[preemption.node]
        kept = [other for other in self.cache.nominated.get(index, ()) if other.priority >= pod.priority]
        self.cache.nominated[index] = [*kept, pod]

    def _drop_nomination(self, pod: Pod) -> None:
        nominated = self.cache.nominated
        for index in [index for index, others in nominated.items() if pod in others]:
            nominated[index].remove(pod)
            if not nominated[index]:
                del nominated[index]

    def _assume_of_version(self) -> None:
        for text in self.framework.features.assumptions:
            self._assume(text)

    def _assume(self, text: str) -> None:
        self.cache.assumptions[text] = None


def _cause(pod: Pod) -> tuple[object, ...]:
    """What decides the outcome of a pod for which neither claims nor the pods on other nodes matter."""
    return pod.signature, pod.priority, pod.preempts, pod.nominated_node


def _anywhere(pod: Pod) -> Pod:
    """The pod without its node affinity, if this only names nodes: no other nodes are tried anyway.

    So the pods of a DaemonSet, which differ in nothing else, can share their verdicts.
    """
    return replace(pod, node_choice=NodeChoice(pod.node_choice.labels)) if pod.node_choice.only_names else pod


def _load(node_info: NodeInfo) -> Load:
    room = node_info.node.allocatable
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
        "pods": node_info.node.max_pods,
        **dict(room.extended),
    }
    return Load(requested, allocatable)
