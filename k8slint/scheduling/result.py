"""What became of each pod."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from k8slint.scheduling.framework import Status
from k8slint.scheduling.objects.pod import Pod
from k8slint.scheduling.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Preemption:
    """The pods that would have to go from a node to make room, least important last."""

    node: str
    victims: tuple[Pod, ...]
    budget_violations: int


@dataclass(frozen=True, slots=True)
class Assigned:
    """A pod that was given a node.

    `ties` are the other nodes that scored as high: where there are any, which of them is taken is an accident of the
    scheduler. `scores` holds the weighted score of each plugin by node, when it was asked for.
    """

    pod: Pod
    node: str
    feasible: int
    ties: tuple[str, ...] = ()
    scores: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unschedulable:
    """A pod that fits nowhere. `message` is the scheduler's, as the pod's condition PodScheduled has it.

    The event that `kubectl describe pod` shows is the same text, cut to 1,024 characters. `statuses` has each node
    that was looked at; `refused_whole` is the refusal of a pod before any was. With a `preemption` the pod waits for
    its victims to end, and the message says nothing of it, as in the scheduler.
    """

    pod: Pod
    message: str
    statuses: Mapping[str, Status]
    preemption: Preemption | None = None
    refused_whole: Status | None = None


@dataclass(frozen=True, slots=True)
class Gated:
    """A pod that waits at its scheduling gates and is not tried."""

    pod: Pod
    message: str


@dataclass(frozen=True, slots=True)
class Errored:
    """A pod whose attempt the scheduler breaks off, to try it again later."""

    pod: Pod
    message: str


@dataclass(frozen=True, slots=True)
class NotModelled:
    """A pod of which nothing is claimed, and why."""

    pod: Pod
    reason: str


Outcome = Assigned | Unschedulable | Gated | Errored | NotModelled


class Load(NamedTuple):
    """What a node has given away, and has to give; amounts as in `Resources`, `pods` in pieces."""

    requested: Mapping[str, int]
    allocatable: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of every pod in the order they were tried, and the cluster afterwards, with the load of its nodes."""

    outcomes: tuple[Outcome, ...]
    snapshot: Snapshot
    nodes: Mapping[str, Load]
    assumptions: tuple[str, ...]

    def of(self, key: str) -> Outcome:
        """The outcome of the pod with this namespace and name, as `default/web`.

        Raises:
            KeyError: when there was no such pod to schedule.
        """
        for outcome in self.outcomes:
            if outcome.pod.key == key:
                return outcome
        raise KeyError(key)
