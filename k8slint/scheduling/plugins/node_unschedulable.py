"""NodeUnschedulable: cordoned nodes."""

from __future__ import annotations

from k8slint.scheduling.objects.node import Node
from k8slint.scheduling.objects.pod import Pod
from k8slint.scheduling.objects.taints import Taint
from k8slint.scheduling.result import Code, Status

NAME = "NodeUnschedulable"
_REJECTION = Status(NAME, Code.UNRESOLVABLE, ("node(s) were unschedulable",))
_TAINT = Taint("node.kubernetes.io/unschedulable", "", "NoSchedule")


def judge(pod: Pod, node: Node) -> Status | None:
    """A refusal of a cordoned node, unless the pod tolerates that.

    Mirrors: pkg/scheduler/framework/plugins/nodeunschedulable Filter @ v1.36
    """
    if node.unschedulable and not any(toleration.tolerates(_TAINT) for toleration in pod.tolerations):
        return _REJECTION
    return None
