"""NodePorts: ports of the node that pods take."""

from __future__ import annotations

from k8slint.scheduling.cache import NodeInfo
from k8slint.scheduling.framework import Code, Handle, Plugin, Status
from k8slint.scheduling.objects.pod import HostPort, Pod

NAME = "NodePorts"
_STATUS = Status(NAME, Code.UNSCHEDULABLE, ("node(s) didn't have free ports for the requested pod ports",))
_EVERY_ADDRESS = "0.0.0.0"  # noqa: S104 - compared, never bound


def filter_node(pod: Pod, node_info: NodeInfo, _: Handle[None]) -> Status | None:
    """A refusal of a node where another pod has taken a port that the pod wants.

    Mirrors: pkg/scheduler/framework/plugins/nodeports Filter @ v1.36
    """
    if not pod.host_ports:
        return None
    return _STATUS if any(_is_taken(port, node_info) for port in pod.host_ports) else None


def _is_taken(port: HostPort, node_info: NodeInfo) -> bool:
    taken = node_info.ports.get((port.protocol, port.port))
    if not taken:
        return False
    return port.address == _EVERY_ADDRESS or _EVERY_ADDRESS in taken or port.address in taken


PLUGIN = Plugin(NAME, looks_at="pods", filter=filter_node)
