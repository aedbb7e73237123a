"""NodeUnschedulable: cordoned nodes."""

from __future__ import annotations

from k8slint.scheduling.cache import NodeInfo
from k8slint.scheduling.framework import Code, Handle, Plugin, Status
from k8slint.scheduling.objects.pod import Pod
from k8slint.scheduling.objects.taints import Taint
from k8slint.values.well_known import UNSCHEDULABLE

NAME = "NodeUnschedulable"
_STATUS = Status(NAME, Code.UNRESOLVABLE, ("node(s) were unschedulable",))
_TAINT = Taint(UNSCHEDULABLE, "", "NoSchedule")


def filter_node(pod: Pod, node_info: NodeInfo, _: Handle[None]) -> Status | None:
    """A refusal of a cordoned node, unless the pod tolerates its taint.

    Mirrors: pkg/scheduler/framework/plugins/nodeunschedulable Filter @ v1.36
    """
    if node_info.node.unschedulable and not any(toleration.tolerates(_TAINT) for toleration in pod.tolerations):
        return _STATUS
    return None


PLUGIN = Plugin(NAME, filter=filter_node)
