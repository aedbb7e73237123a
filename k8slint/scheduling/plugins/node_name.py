"""NodeName: pods that name their node."""

from __future__ import annotations

from k8slint.scheduling.cache import NodeInfo
from k8slint.scheduling.framework import Code, Handle, Plugin, Status
from k8slint.scheduling.objects.pod import Pod

NAME = "NodeName"
_STATUS = Status(NAME, Code.UNRESOLVABLE, ("node(s) didn't match the requested node name",))


def filter_node(pod: Pod, node_info: NodeInfo, _: Handle[None]) -> Status | None:
    """A refusal of every node except the one that the pod names, if it names one.

    Mirrors: pkg/scheduler/framework/plugins/nodename Filter @ v1.36
    """
    return _STATUS if pod.node_name and pod.node_name != node_info.node.name else None


PLUGIN = Plugin(NAME, filter=filter_node)
