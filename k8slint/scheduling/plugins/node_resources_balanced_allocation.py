"""NodeResourcesBalancedAllocation: prefers nodes whose resources would be in use evenly."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from k8slint.scheduling.cache import Cache, NodeInfo
from k8slint.scheduling.features import Features
from k8slint.scheduling.framework import MAX_NODE_SCORE, Handle, Plugin, Scorer
from k8slint.scheduling.objects.pod import Pod
from k8slint.scheduling.plugins.node_resources_fit import read_resources
from k8slint.scheduling.resource_allocation import shares_of
from k8slint.values.reading import only_keys


@dataclass(frozen=True, slots=True)
class BalancedArgs:
    """The resources that are to be in use evenly."""

    resources: tuple[str, ...] = ("cpu", "memory")


def pre_score(pod: Pod, cache: Cache, _nodes: Sequence[int], handle: Handle[BalancedArgs]) -> Scorer | None:
    """The scorer by balance, or None if the pod requests none of the resources.

    Mirrors: pkg/scheduler/framework/plugins/noderesources/balanced_allocation.go PreScore @ v1.36
    """
    resources, features, node_infos = handle.args.resources, handle.features, cache.node_infos
    if not any(pod.amounts.request.of(name) for name in resources):
        return None
    return lambda index: _score(pod, node_infos[index], resources, features)


def _score(pod: Pod, node_info: NodeInfo, resources: tuple[str, ...], features: Features) -> int:
    """The score of a node, from 0 to 100, by how evenly its resources would be in use.

    Before 1.36 it is the evenness with the pod. Since then it is half of the difference that the pod makes, around 75.

    Mirrors: pkg/scheduler/framework/plugins/noderesources/balanced_allocation.go balancedResourceScorer @ v1.36
    """
    shares = shares_of(pod, node_info, resources, non_zero=False)
    after = _evenness([(asked, capacity) for _, asked, _, capacity in shares])
    if not features.balance_is_difference:
        return after
    before = _evenness([(used, capacity) for _, _, used, capacity in shares])
    half = MAX_NODE_SCORE // 2
    return half + int((half + after - before) / 2)


def _evenness(shares: list[tuple[int, int]]) -> int:
    """100 if all resources are in use to the same part, and less the further their parts are apart.

    Mirrors: pkg/scheduler/framework/plugins/noderesources/balanced_allocation.go balancedResourceScore @ v1.36
    """
    parts = [min(used / capacity, 1.0) for used, capacity in shares]
    deviation = 0.0
    if len(parts) == 2:
        deviation = abs((parts[0] - parts[1]) / 2)
    elif len(parts) > 2:
        total = 0.0
        for part in parts:  # in this order: the sum of floats depends on it, and sum() compensates since 3.12
            total += part
        mean = total / len(parts)
        squares = 0.0
        for part in parts:
            squares += (part - mean) * (part - mean)
        deviation = math.sqrt(squares / len(parts))
    return int((1 - deviation) * MAX_NODE_SCORE)


def read_args(args: Mapping[str, Any], where: str) -> BalancedArgs:
    """Read NodeResourcesBalancedAllocationArgs."""
    only_keys(args, ("apiVersion", "kind", "resources"), where)
    if args.get("resources") is None:
        return BalancedArgs()
    return BalancedArgs(tuple(name for name, _ in read_resources(args, where)))


PLUGIN = Plugin(
    "NodeResourcesBalancedAllocation",
    looks_at="pods",
    pre_score=pre_score,
    weight=1,
    args=BalancedArgs(),
    read_args=read_args,
)
