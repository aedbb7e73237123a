"""kube-scheduler's default profile as a library: pods, nodes and facts in, a node or the scheduler's own reason out.

It reads plain Kubernetes data and imports `values` alone. It has no input or output, no clock and no randomness.
"""

from k8slint.scheduling.listers import Listers
from k8slint.scheduling.objects.node import Node
from k8slint.scheduling.objects.pod import Pod
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
    Result,
    Status,
    Unschedulable,
)
from k8slint.scheduling.scheduler import schedule
from k8slint.values.reading import ShapeError

__all__ = [
    "AddedAffinity",
    "Assigned",
    "Code",
    "Errored",
    "FitStrategy",
    "Gated",
    "Listers",
    "Load",
    "Node",
    "NotModelled",
    "Outcome",
    "Pod",
    "Preemption",
    "Profile",
    "Result",
    "ShapeError",
    "Status",
    "Strategy",
    "Unschedulable",
    "schedule",
]
