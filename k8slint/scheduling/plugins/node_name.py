"""NodeName: pods that ask for one node outright."""

from __future__ import annotations

from k8slint.scheduling.objects.node import Node
from k8slint.scheduling.objects.pod import Pod
from k8slint.scheduling.result import Code, Status

NAME = "NodeName"
_REJECTION = Status(NAME, Code.UNRESOLVABLE, ("node(s) didn't match the requested node name",))


def judge(pod: Pod, node: Node) -> Status | None:
    """A refusal of every node but the one the pod names.

    Mirrors: pkg/scheduler/framework/plugins/nodename Filter @ v1.36
    """
    return _REJECTION if pod.node_name and pod.node_name != node.name else None
