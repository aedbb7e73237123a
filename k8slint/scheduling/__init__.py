"""kube-scheduler's default profile as a library: pods, nodes and facts in, a node or the scheduler's own reason out.

It reads plain Kubernetes data and imports `values` alone. It has no input or output, no clock and no randomness.
"""

from k8slint.scheduling.facts import Facts
from k8slint.scheduling.nodes import Node
from k8slint.scheduling.pods import Pod
from k8slint.scheduling.profile import AddedAffinity, FitStrategy, Profile, Strategy
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
from k8slint.scheduling.schedule import schedule
from k8slint.scheduling.shape import ShapeError

__all__ = [
    "AddedAffinity",
    "Assigned",
    "Code",
    "Errored",
    "Facts",
    "FitStrategy",
    "Gated",
    "Load",
    "Node",
    "NotModelled",
    "Outcome",
    "Pod",
    "Preemption",
    "Profile",
    "Rejection",
    "Result",
    "ShapeError",
    "Strategy",
    "Unschedulable",
    "schedule",
]
