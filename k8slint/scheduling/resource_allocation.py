"""How much of a node's resources would be in use with a pod: the sums behind both scorers of resources."""

from __future__ import annotations

from k8slint.scheduling.cache import NodeInfo
from k8slint.scheduling.objects.pod import Pod
from k8slint.scheduling.objects.resources import is_extended

# A resource, how much of it would be in use with the pod, how much is in use now, and how much the node has.
Share = tuple[str, int, int, int]


def shares_of(pod: Pod, node_info: NodeInfo, resources: tuple[str, ...], *, non_zero: bool) -> list[Share]:
    """The share of each resource, without those that the node lacks and extended ones that the pod does not request.

    With `non_zero`, a container that asks for no cpu or memory counts 100m or 200Mi.

    Mirrors: pkg/scheduler/framework/plugins/noderesources/resource_allocation.go score @ v1.36
    """
    node, amounts = node_info.node, pod.amounts
    found: list[Share] = []
    for name in resources:
        match name:
            case "cpu":
                wanted = amounts.scored.cpu_millicores if non_zero else amounts.request.cpu_millicores
                used = node_info.placed_millicores if non_zero else node_info.cpu_millicores
                capacity = node.allocatable.cpu_millicores
            case "memory":
                wanted = amounts.scored.memory_bytes if non_zero else amounts.request.memory_bytes
                used = node_info.placed_bytes if non_zero else node_info.memory_bytes
                capacity = node.allocatable.memory_bytes
            case "ephemeral-storage":
                wanted, used = amounts.request.ephemeral_bytes, node_info.ephemeral_bytes
                capacity = node.allocatable.ephemeral_bytes
            case _:
                wanted, used = amounts.request.of(name), node_info.extended.get(name, 0)
                capacity = node.allocatable.of(name)
                if not wanted and is_extended(name):
                    continue
        if capacity:
            found.append((name, used + wanted, used, capacity))
    return found
