"""The results of a dry run, grouped for people."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

from k8slint.apiserver.admission.refusal import Refusal
from k8slint.objects.object import Object
from k8slint.report.escape import visible
from k8slint.report.wording import counted
from k8slint.simulation.explain import Explainer
from k8slint.simulation.feasible_nodes import requests_of
from k8slint.simulation.results import DryRun, NodeResult, PodResult, Verdict
from k8slint.values.well_known import OLD_ZONE, ZONE

_NAMED: Final = 2
_BASIC: Final = ("cpu", "memory", "ephemeral-storage", "pods")
_NUMBER: Final = re.compile(r"[0-9]{1,9}$", re.ASCII)
_NUMBERS: Final = re.compile(r"[0-9]+", re.ASCII)

TITLES: Final[Mapping[Verdict, str]] = {
    Verdict.ASSIGNED: "assigned",
    Verdict.UNSCHEDULABLE: "fit nowhere",
    Verdict.REFUSED: "refused by the API server",
    Verdict.REJECTED: "rejected by a kubelet",
    Verdict.GATED: "gated",
    Verdict.WAITING: "waiting for others",
    Verdict.NOT_MODELLED: "not modelled",
}


@dataclass(frozen=True, slots=True)
class Group:
    """Pods of one owner with the same verdict, for the same reason."""

    owner: Object
    verdict: Verdict
    pods: tuple[PodResult, ...]

    @property
    def first(self) -> PodResult:
        """The pod that stands for all."""
        return self.pods[0]


@dataclass(frozen=True)
class Subject:
    """A dry run, its explanations, and the Kubernetes minor it was made for.

    `gaps` are sentences about what could not be read and is left out.
    """

    run: DryRun
    explainer: Explainer
    version: str
    gaps: tuple[str, ...] = ()

    def nodes(self) -> tuple[NodeResult, ...]:
        """The nodes of the run; a run without a description of nodes is never reported."""
        return self.run.nodes or ()

    def counts(self) -> dict[Verdict, int]:
        """The number of pods of each verdict that occurs, in the order of the verdicts."""
        found = dict.fromkeys(Verdict, 0)
        for pod in self.run.pods:
            found[pod.verdict] += 1
        return {verdict: count for verdict, count in found.items() if count}

    def groups(self, verdict: Verdict) -> tuple[Group, ...]:
        """The pods of a verdict in groups; messages within a group differ only in numbers and the name of the pod."""
        found: dict[tuple[Object, str], list[PodResult]] = {}
        for pod in self.run.pods:
            if pod.verdict is verdict:
                kind = _NUMBERS.sub("#", pod.message.replace(pod.name, ""))
                found.setdefault((pod.owner, kind), []).append(pod)
        return tuple(Group(owner, verdict, tuple(pods)) for (owner, _), pods in found.items())

    def residents(self, node: NodeResult) -> list[str]:
        """The pods on a node, those of the manifests first; an owner of several is named once, with their number."""
        return [*self.newcomers(node), *self.others(node)]

    def newcomers(self, node: NodeResult) -> list[str]:
        """The pods of the run on a node; an owner of several is named once, with their number."""
        counts = Counter(self._owners[key] for key in node.pods if key in self._owners)
        return [f"{visible(owner)} ({count})" if count > 1 else visible(owner) for owner, count in counts.items()]

    def others(self, node: NodeResult) -> list[str]:
        """The pods that ran on a node before."""
        return [visible(key) for key in node.pods if key not in self._owners]

    @cached_property
    def whole(self) -> NodeResult:
        """All nodes as if they were one; what one of them gives no amount of has none."""
        nodes = self.nodes()
        known = (
            [name for name in nodes[0].allocatable if all(name in each.allocatable for each in nodes)] if nodes else []
        )
        offered = {name for node in nodes for name in node.allocatable} - set(_BASIC)
        # A node that does not have an extended resource has none of it.
        known += sorted(offered - set(known))
        requested: Counter[str] = Counter()
        for node in nodes:
            requested.update(node.requested)
        allocatable = {name: sum(node.allocatable.get(name, 0) for node in nodes) for name in known}
        return NodeResult("", allocatable, dict(requested), ())

    @cached_property
    def left(self) -> Mapping[str, int]:
        """What is left of each resource on all nodes together; a node that gave too much away has none left."""
        return {
            name: sum(max(node.allocatable.get(name, 0) - node.requested.get(name, 0), 0) for node in self.nodes())
            for name in self.whole.allocatable
        }

    @cached_property
    def without_requests(self) -> int:
        """How many pods of the run ask for neither cpu nor memory, nor for anything else that a node has little of."""
        scene = self.run.scene
        if scene is None:
            return 0
        keys = {pod.key for pod in self.run.pods}
        pods = {pod.key: pod for pod in (*scene.snapshot.pods, *(each.pod for each in scene.outcomes.values()))}
        return sum(1 for key, pod in pods.items() if key in keys and not requests_of(pod))

    def is_chosen(self, node: NodeResult) -> bool:
        """Whether a pod of the manifests went to the node."""
        return any(key in self._owners for key in node.pods)

    def total(self, pods: Iterable[PodResult]) -> int:
        """The number of all pods of the owner of these pods."""
        return len(self.run.of(next(iter(pods)).owner))

    @cached_property
    def zones(self) -> Mapping[str, str]:
        """The zone of each node that has one."""
        nodes = self.run.scene.stage.nodes if self.run.scene is not None else ()
        found = {node.name: node.labels.get(ZONE, node.labels.get(OLD_ZONE, "")) for node in nodes}
        return {name: visible(zone) for name, zone in found.items() if zone}

    @cached_property
    def _owners(self) -> Mapping[str, str]:
        return {pod.key: f"{pod.namespace}/{pod.owner.name or pod.name}" for pod in self.run.pods}


def owner_text(pod: PodResult) -> str:
    """What a pod comes from: `Deployment shop/web`."""
    return visible(f"{pod.owner.kind} {pod.namespace}/{pod.owner.name or pod.name}")


def place_of(obj: Object) -> str:
    """The file and line where an object is written, the file as seen from the working directory."""
    file, line, _ = obj.document.source.place(obj.document.span((*obj.path, "kind"), key=True)[0])
    return f"{visible(os.path.relpath(file) if os.path.isabs(file) else file)}:{line}"


def listed(names: Iterable[str], dots: str) -> str:
    """Names in short: consecutive numbers as the first and the last name, any others as the first two.

    >>> listed(["node-1", "node-2", "node-3"], "..."), listed(["node-1", "node-2", "node-7"], "...")
    ('node-1 ... node-3 (3)', 'node-1, node-2 and 1 more')
    """
    shown = [visible(name) for name in names]
    if len(shown) <= _NAMED:
        return ", ".join(shown)
    if all(_follows(one, other) for one, other in pairwise(shown)):
        return f"{shown[0]} {dots} {shown[-1]} ({len(shown)})"
    return f"{', '.join(shown[:_NAMED])} and {len(shown) - _NAMED} more"


def ranged(names: Iterable[str], dots: str) -> str:
    """All the names, three or more with consecutive numbers as the first and the last.

    >>> ranged(["web-1", "web-2", "web-3", "web-7", "web-8"], "...")
    'web-1 ... web-3 (3), web-7, web-8'
    """
    runs: list[list[str]] = []
    for name in map(visible, names):
        if runs and _follows(runs[-1][-1], name):
            runs[-1].append(name)
        else:
            runs.append([name])
    return ", ".join(f"{run[0]} {dots} {run[-1]} ({len(run)})" if len(run) > _NAMED else ", ".join(run) for run in runs)


def _follows(one: str, other: str) -> bool:
    """Whether the second name is the first with the next number at its end."""
    here, there = _NUMBER.search(one), _NUMBER.search(other)
    if here is None or there is None or one[: here.start()] != other[: there.start()]:
        return False
    return int(there[0]) == int(here[0]) + 1


def notes(run: DryRun) -> Iterator[str]:
    """A line for each workload with a note, and for each claim that gets no volume."""
    for workload in run.workloads:
        if workload.note:
            name = f"{workload.obj.kind} {workload.namespace}/{workload.obj.name}"
            yield visible(f"{name}, {workload.pods} pods: {workload.note}")
    for (namespace, name), why in run.unbound.items():
        yield visible(f"PersistentVolumeClaim {namespace}/{name} gets no volume: {why.message}")


def idle_text(subject: Subject) -> str:
    """A sentence if pods ask for nothing, so that any node takes them; else empty."""
    idle, pods = subject.without_requests, len(subject.run.pods)
    if not idle:
        return ""
    start = f"{idle:,} of {counted(pods, 'pod')} request{'s' if idle == 1 else ''} nothing"
    return (
        f"{start}: this proves nothing about capacity"
        if idle == pods
        else f"{start}: what they will use is not counted"
    )


def rejected_text(group: Group, dots: str) -> str:
    """Whose kubelets reject the pods, and what follows."""
    nodes = ranged(dict.fromkeys(pod.node for pod in group.pods), dots)
    start = f"by the kubelet of {nodes}; ends as Failed"
    return start if group.owner.kind == "Pod" else f"{start}, and its controller makes another"


def comings_to_nothing(run: DryRun) -> Iterator[str]:
    """A line for each object that would not be created, with the reason; those of a kind with one reason share it."""
    alike: dict[tuple[str, str], list[Refusal]] = {}
    for refusal in run.refusals:
        alike.setdefault((refusal.obj.kind, refusal.message), []).append(refusal)
    for (kind, _), (first, *others) in alike.items():
        more = visible(f" (and so {len(others):,} more of kind {kind})") if others else ""
        yield f"{place_of(first.obj)}: {refusal_text(first)}{more}"


def refusal_text(refusal: Refusal) -> str:
    """The object that would not be created, and why."""
    obj, text = refusal.obj, refusal.message
    name = f"{obj.namespace}/{obj.name}" if obj.namespace else obj.name
    label = f"{obj.kind} {name}".rstrip(" ")
    if not refusal.is_known:
        text = f"not judged, for it holds a placeholder: {text}"
    return visible(text if text.startswith(label) else f"{label}: {text}")
