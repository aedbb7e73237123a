"""kube-scheduler's default profile as a library.

Pods and a snapshot of a cluster go in; for each pod a node or a reason, and the snapshot afterwards, come out. It reads
plain Kubernetes data and imports `values` alone. It has no input or output, no clock and no randomness.
"""

from k8slint.scheduling.framework import Code, Status
from k8slint.scheduling.listers import Listers
from k8slint.scheduling.objects.node import Node
from k8slint.scheduling.objects.pod import Pod
from k8slint.scheduling.profile import Profile
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
from k8slint.scheduling.scheduler import schedule
from k8slint.scheduling.snapshot import Snapshot
from k8slint.values.reading import ShapeError

__all__ = [
    "Assigned",
    "Code",
    "Errored",
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
    "Snapshot",
    "Status",
    "Unschedulable",
    "schedule",
]
