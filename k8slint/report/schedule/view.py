"""The results of a dry run, grouped for people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

from k8slint.objects.object import Object
from k8slint.report.escape import visible
from k8slint.simulation.explain import Explainer
from k8slint.simulation.results import DryRun, NodeResult, PodResult, Verdict
from k8slint.values.well_known import OLD_ZONE, ZONE

_NAMED: Final = 2
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
        counts: dict[str, int] = {}
        for key in sorted(node.pods, key=lambda key: key not in self._owners):
            owner = self._owners.get(key, key)
            counts[owner] = counts.get(owner, 0) + 1
        return [f"{visible(owner)} ({count})" if count > 1 else visible(owner) for owner, count in counts.items()]

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
    """The file and line where an object is written."""
    file, line, _ = obj.document.source.place(obj.document.span((*obj.path, "kind"), key=True)[0])
    return f"{visible(file)}:{line}"


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


def comings_to_nothing(run: DryRun) -> Iterator[str]:
    """A line for each object that would not be created, with the reason."""
    for refusal in run.refusals:
        obj, text = refusal.obj, refusal.message
        name = f"{obj.namespace}/{obj.name}" if obj.namespace else obj.name
        label = f"{obj.kind} {name}".rstrip(" ")
        if not refusal.is_known:
            text = f"not judged, for it holds a placeholder: {text}"
        yield f"{place_of(obj)}: {visible(text if text.startswith(label) else f'{label}: {text}')}"
