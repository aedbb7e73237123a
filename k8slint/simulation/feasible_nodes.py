"""The nodes that could take a pod if nothing else ran there: by affinity, by taints, by size."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from k8slint.scheduling.objects.node import Node
from k8slint.scheduling.objects.pod import Pod
from k8slint.scheduling.objects.pod_affinity import PodTerm
from k8slint.scheduling.objects.taints import untolerated

_BASIC = ("cpu", "memory", "ephemeral-storage")


@dataclass(frozen=True, slots=True)
class FeasibleNodes:
    """The nodes that are left for some pods of one template, fewer at each step.

    `chosen` have the labels and names that at least one of the pods requires. Those of them that are `open` have no
    taint that keeps the pods off. Those of the open ones that are `roomy` would hold a pod if nothing else ran there.
    """

    chosen: tuple[Node, ...]
    open: tuple[Node, ...]
    roomy: tuple[Node, ...]

    @classmethod
    def of(cls, pods: Sequence[Pod], nodes: Sequence[Node]) -> FeasibleNodes:
        """The nodes left for the pods, which may differ only in the node that each names."""
        one, choices = pods[0], {pod.node_choice: None for pod in pods}
        chosen = tuple(nodes)
        if not any(choice.is_empty for choice in choices):
            chosen = tuple(node for node in nodes if any(choice.matches(node.name, node.labels) for choice in choices))
        open_nodes = tuple(node for node in chosen if untolerated(node.taints, one.tolerations) is None)
        wanted = requests_of(one).items()
        roomy = (node for node in open_nodes if all(amount_of(node, name) >= amount for name, amount in wanted))
        return cls(chosen, open_nodes, tuple(roomy))


def requests_of(pod: Pod) -> dict[str, int]:
    """The requests of the pod above 0, by resource, in millicores, bytes or pieces."""
    request = pod.amounts.request
    amounts = {resource: request.of(resource) for resource in _BASIC} | dict(request.extended)
    return {resource: amount for resource, amount in amounts.items() if amount > 0}


def amount_of(node: Node, resource: str) -> int:
    """How much of a resource the node has for all its pods, in millicores, bytes or pieces."""
    return node.allocatable.of(resource)


def domains(nodes: Iterable[Node], key: str) -> int | None:
    """How many values of the label the nodes have, or None if a node lacks it, so that the number limits nothing."""
    values = [node.labels.get(key) for node in nodes]
    return None if None in values else len(set(values))


def means_itself(pod: Pod, term: PodTerm) -> bool:
    """Whether the pod's term selects the pod itself, and so all pods of its template."""
    selector = term.namespace_selector
    covers = pod.namespace in term.namespaces or (selector is not None and not selector.requirements)
    return covers and term.selector.matches(pod.labels)
