"""NodeResourcesFit and NodeResourcesBalancedAllocation: room for what a pod requests."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

from k8slint.scheduling.features import Features
from k8slint.scheduling.objects.pod import Pod
from k8slint.scheduling.objects.resources import is_extended, is_ignorable
from k8slint.scheduling.profile import FitStrategy, Profile, Strategy
from k8slint.scheduling.result import Code, Status
from k8slint.scheduling.snapshot import NodeInfo

NAME = "NodeResourcesFit"
BALANCED = "NodeResourcesBalancedAllocation"
MAX_SCORE = 100
_INSUFFICIENT = "Insufficient "

# For each resource that counts: what the node would have given away with the pod, without it, and what it has.
_Shares = list[tuple[str, int, int, int]]


def resource_of(reason: str) -> str:
    """The resource of which a refusal of this filter says too little is left; empty if it is about something else."""
    return reason.removeprefix(_INSUFFICIENT) if reason.startswith(_INSUFFICIENT) else ""


def judge(pod: Pod, node_info: NodeInfo, profile: Profile, features: Features) -> Status | None:
    """A refusal that names every resource of which too little is left.

    Mirrors: pkg/scheduler/framework/plugins/noderesources/fit.go fitsRequest @ v1.36
    """
    node, request = node_info.node, pod.amounts.request
    room = node.allocatable
    short = []
    oversize = False
    if len(node_info.pods) >= node.max_pods:
        short.append("Too many pods")
    for name, wanted, used, capacity in (
        ("cpu", request.cpu_millicores, node_info.cpu_millicores, room.cpu_millicores),
        ("memory", request.memory_bytes, node_info.memory_bytes, room.memory_bytes),
        ("ephemeral-storage", request.ephemeral_bytes, node_info.ephemeral_bytes, room.ephemeral_bytes),
    ):
        if wanted and wanted > capacity - used:
            short.append(f"{_INSUFFICIENT}{name}")
            oversize |= wanted > capacity
    for name, wanted in request.extended:
        capacity = node.allocatable_extended.get(name, 0)
        if not wanted or wanted <= capacity - node_info.extended.get(name, 0) or _is_ignored(name, profile):
            continue
        short.append(f"{_INSUFFICIENT}{name}")
        oversize |= wanted > capacity
    if not short:
        return None
    return _status(tuple(short), unresolvable=oversize and features.oversize_is_unresolvable)


def score_fit(pod: Pod, node_info: NodeInfo, strategy: FitStrategy) -> int:
    """The score of a node, from 0 to 100, by what it would have given away.

    Mirrors: pkg/scheduler/framework/plugins/noderesources/resource_allocation.go score @ v1.36
    """
    shares = _shares(pod, node_info, tuple(name for name, _ in strategy.resources), nominal=True)
    weights = dict(strategy.resources)
    score = _STRATEGIES[strategy.kind]
    total = weight_sum = 0
    for name, asked, _, capacity in shares:
        points = score(asked, capacity, strategy)
        if points or strategy.kind is not Strategy.RATIO:
            total += points * weights[name]
            weight_sum += weights[name]
    if not weight_sum:
        return 0
    if strategy.kind is Strategy.RATIO:
        return math.floor(total / weight_sum + 0.5)
    return total // weight_sum


def is_balanced_scored(pod: Pod, resources: tuple[str, ...]) -> bool:
    """Whether the pod requests any of the resources: otherwise balance is not scored."""
    return any(pod.amounts.request.of(name) for name in resources)


def score_balanced(pod: Pod, node_info: NodeInfo, resources: tuple[str, ...], features: Features) -> int:
    """The score of a node, from 0 to 100, by how evenly its resources would be given away.

    Since 1.36 it tells what the pod changes, around 75; before, what is there afterwards.

    Mirrors: pkg/scheduler/framework/plugins/noderesources/balanced_allocation.go balancedResourceScorer @ v1.36
    """
    shares = _shares(pod, node_info, resources, nominal=False)
    after = _evenness([(asked, capacity) for _, asked, _, capacity in shares])
    if not features.balance_is_difference:
        return after
    before = _evenness([(used, capacity) for _, _, used, capacity in shares])
    half = MAX_SCORE // 2
    return half + int((half + after - before) / 2)


def _shares(pod: Pod, node_info: NodeInfo, resources: tuple[str, ...], *, nominal: bool) -> _Shares:
    """What counts of each resource; those the node has none of, or that are extended and not requested, do not."""
    node, amounts = node_info.node, pod.amounts
    found: _Shares = []
    for name in resources:
        match name:
            case "cpu":
                wanted = amounts.scored.cpu_millicores if nominal else amounts.request.cpu_millicores
                used = node_info.placed_millicores if nominal else node_info.cpu_millicores
                capacity = node.allocatable.cpu_millicores
            case "memory":
                wanted = amounts.scored.memory_bytes if nominal else amounts.request.memory_bytes
                used = node_info.placed_bytes if nominal else node_info.memory_bytes
                capacity = node.allocatable.memory_bytes
            case "ephemeral-storage":
                wanted, used = amounts.request.ephemeral_bytes, node_info.ephemeral_bytes
                capacity = node.allocatable.ephemeral_bytes
            case _:
                wanted, used = amounts.request.of(name), node_info.extended.get(name, 0)
                capacity = node.allocatable_extended.get(name, 0)
                if not wanted and is_extended(name):
                    continue
        if capacity:
            found.append((name, used + wanted, used, capacity))
    return found


def _least(asked: int, capacity: int, _: FitStrategy) -> int:
    return 0 if asked > capacity else (capacity - asked) * MAX_SCORE // capacity


def _most(asked: int, capacity: int, _: FitStrategy) -> int:
    return min(asked, capacity) * MAX_SCORE // capacity


def _by_shape(asked: int, capacity: int, strategy: FitStrategy) -> int:
    """The height of the shape over the percentage in use; over-use counts as full.

    Mirrors: pkg/scheduler/framework/plugins/helper/shape_score.go BuildBrokenLinearFunction @ v1.36
    """
    in_use = MAX_SCORE if asked > capacity else asked * MAX_SCORE // capacity
    points = [(percent, score * 10) for percent, score in strategy.shape]
    for (left, low), (right, high) in zip([points[0], *points], points, strict=False):
        if in_use <= right:
            return high if left == right else low + int((high - low) * (in_use - left) / (right - left))
    return points[-1][1]


_STRATEGIES: dict[Strategy, Callable[[int, int, FitStrategy], int]] = {
    Strategy.LEAST: _least,
    Strategy.MOST: _most,
    Strategy.RATIO: _by_shape,
}


def _evenness(shares: list[tuple[int, int]]) -> int:
    """100 for equal parts in use, less the further they are apart.

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
    return int((1 - deviation) * MAX_SCORE)


def _is_ignored(name: str, profile: Profile) -> bool:
    if not (profile.ignored_resources or profile.ignored_resource_groups) or not is_ignorable(name):
        return False
    return name in profile.ignored_resources or name.partition("/")[0] in profile.ignored_resource_groups


@lru_cache(maxsize=1024)
def _status(reasons: tuple[str, ...], *, unresolvable: bool) -> Status:
    return Status(NAME, Code.UNRESOLVABLE if unresolvable else Code.UNSCHEDULABLE, reasons)
