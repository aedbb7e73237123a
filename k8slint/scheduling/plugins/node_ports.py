"""NodePorts: ports of the node that pods take for themselves."""

from __future__ import annotations

from k8slint.scheduling.ledger import Usage
from k8slint.scheduling.pods import HostPort, Pod
from k8slint.scheduling.result import Code, Rejection

NAME = "NodePorts"
_REJECTION = Rejection(NAME, Code.UNSCHEDULABLE, ("node(s) didn't have free ports for the requested pod ports",))
_EVERY_ADDRESS = "0.0.0.0"  # noqa: S104 - compared, never bound


def judge(pod: Pod, usage: Usage) -> Rejection | None:
    """A refusal of a node where a port the pod wants is taken.

    Mirrors: pkg/scheduler/framework/plugins/nodeports Filter @ v1.36
    """
    return _REJECTION if any(_is_taken(port, usage) for port in pod.host_ports) else None


def _is_taken(port: HostPort, usage: Usage) -> bool:
    taken = usage.ports.get((port.protocol, port.port))
    if not taken:
        return False
    return port.address == _EVERY_ADDRESS or _EVERY_ADDRESS in taken or port.address in taken
