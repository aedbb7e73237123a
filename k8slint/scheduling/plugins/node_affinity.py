"""NodeAffinity: the labels and names a pod, or the profile, asks of a node."""

from __future__ import annotations

from k8slint.scheduling.objects.node import Node
from k8slint.scheduling.objects.pod import Pod
from k8slint.scheduling.profile import AddedAffinity
from k8slint.scheduling.result import Code, Status

NAME = "NodeAffinity"
_CONFLICT = Status(NAME, Code.UNRESOLVABLE, ("pod affinity terms conflict",))
_POD = Status(NAME, Code.UNRESOLVABLE, ("node(s) didn't match Pod's node affinity/selector",))
_ENFORCED = Status(NAME, Code.UNRESOLVABLE, ("node(s) didn't match scheduler-enforced node affinity",))


def named_nodes(pod: Pod) -> frozenset[str] | Status | None:
    """The only nodes worth a state, where the affinity names them; a refusal of the pod when they exclude each other.

    Mirrors: pkg/scheduler/framework/plugins/nodeaffinity PreFilter @ v1.36
    """
    names = pod.node_choice.named_nodes()
    return _CONFLICT if names is not None and not names else names


def judge(pod: Pod, node: Node, added: AddedAffinity) -> Status | None:
    """A refusal of a node whose labels or name are not what is asked.

    Mirrors: pkg/scheduler/framework/plugins/nodeaffinity Filter @ v1.36
    """
    if added.required is not None and not any(
        term.matches(node.name, node.labels) for term in added.required if not term.is_empty
    ):
        return _ENFORCED
    if pod.node_choice.is_empty or pod.node_choice.matches(node.name, node.labels):
        return None
    return _POD


def weigh(pod: Pod, node: Node, added: AddedAffinity) -> int:
    """The weights of the preferences the node meets, together."""
    preferred = (*pod.preferred_nodes, *added.preferred)
    return sum(weight for weight, term in preferred if term.matches(node.name, node.labels))
