"""NodeName: pods that ask for one node outright."""

from __future__ import annotations

from k8slint.scheduling.nodes import Node
from k8slint.scheduling.pods import Pod
from k8slint.scheduling.result import Code, Rejection

NAME = "NodeName"
_REJECTION = Rejection(NAME, Code.UNRESOLVABLE, ("node(s) didn't match the requested node name",))


def judge(pod: Pod, node: Node) -> Rejection | None:
    """A refusal of every node but the one the pod names.

    Mirrors: pkg/scheduler/framework/plugins/nodename Filter @ v1.36
    """
    return _REJECTION if pod.node_name and pod.node_name != node.name else None
