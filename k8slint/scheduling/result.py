"""The outcome of each pod, and the result of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from k8slint.scheduling.framework import Status
from k8slint.scheduling.objects.pod import Pod
from k8slint.scheduling.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Preemption:
    """The pods that must leave a node to make room, the most important first."""

    node: str
    victims: tuple[Pod, ...]
    budget_violations: int


@dataclass(frozen=True, slots=True)
class Assigned:
    """A pod that got a node.

    `feasible` is how many nodes were found that would do. `ties` are the other nodes with the same score: if there are
    any, the choice is arbitrary. `scores` has the weighted scores of each node by plugin, if the run was to explain and
    found more than one node.
    """

    pod: Pod
    node: str
    feasible: int
    ties: tuple[str, ...] = ()
    scores: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unschedulable:
    """A pod that fits nowhere. `message` is the text of the pod's condition PodScheduled.

    The event that `kubectl describe pod` shows has the same text, cut to 1,024 characters. `statuses` has the refusal
    of each node that was tried, by name. `refused_whole` is set if the pod was refused before any node was tried. With
    a `preemption` the pod waits for its victims to end; like the scheduler's, the message does not mention it.
    """

    pod: Pod
    message: str
    statuses: Mapping[str, Status]
    preemption: Preemption | None = None
    refused_whole: Status | None = None


@dataclass(frozen=True, slots=True)
class Gated:
    """A pod that is not tried because it has scheduling gates."""

    pod: Pod
    message: str


@dataclass(frozen=True, slots=True)
class Errored:
    """A pod whose attempt ends in an error; the scheduler tries it again later."""

    pod: Pod
    message: str


@dataclass(frozen=True, slots=True)
class NotModelled:
    """A pod that is not simulated, and why."""

    pod: Pod
    reason: str


Outcome = Assigned | Unschedulable | Gated | Errored | NotModelled


class Load(NamedTuple):
    """What the pods of a node request, and what the node has, by resource, in the units of `Resources`."""

    requested: Mapping[str, int]
    allocatable: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Result:
    """The outcomes in the order they came about, and the cluster afterwards with the load of its nodes, by name."""

    outcomes: tuple[Outcome, ...]
    snapshot: Snapshot
    nodes: Mapping[str, Load]
    assumptions: tuple[str, ...]

    def of(self, key: str) -> Outcome:
        """The outcome of the pod with this namespace and name, such as `default/web`.

        Raises:
            KeyError: if there was no such pod to schedule.
        """
        for outcome in self.outcomes:
            if outcome.pod.key == key:
                return outcome
        raise KeyError(key)
