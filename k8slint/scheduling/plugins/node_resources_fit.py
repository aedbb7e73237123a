"""NodeResourcesFit: nodes with room for what a pod requests."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any

from k8slint.scheduling.cache import NodeInfo
from k8slint.scheduling.framework import MAX_NODE_SCORE, Code, Handle, Plugin, Status
from k8slint.scheduling.objects.pod import Pod
from k8slint.scheduling.objects.resources import is_ignorable
from k8slint.scheduling.resource_allocation import shares_of
from k8slint.values.reading import ShapeError, items_at, mapping_at, only_keys, strings_at, text_at, whole_at

NAME = "NodeResourcesFit"
_INSUFFICIENT = "Insufficient "


class Strategy(StrEnum):
    """Which nodes the scores prefer."""

    LEAST = "LeastAllocated"
    MOST = "MostAllocated"
    RATIO = "RequestedToCapacityRatio"


@dataclass(frozen=True, slots=True)
class FitStrategy:
    """How nodes are scored.

    `resources` are pairs (name, weight). `shape`, for RequestedToCapacityRatio only, are points (percent in use, score
    from 0 to 10).
    """

    kind: Strategy = Strategy.LEAST
    resources: tuple[tuple[str, int], ...] = (("cpu", 1), ("memory", 1))
    shape: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        if self.kind is Strategy.RATIO and not self.shape:
            raise ValueError(f"{self.kind} needs a shape, such as ((0, 0), (100, 10))")


@dataclass(frozen=True, slots=True)
class FitArgs:
    """How nodes are scored, and the extended resources that the filter ignores, by name or by group."""

    strategy: FitStrategy = field(default_factory=FitStrategy)
    ignored_resources: frozenset[str] = frozenset()
    ignored_groups: frozenset[str] = frozenset()


def resource_of(reason: str) -> str:
    """The resource that is insufficient by this reason of the filter, or empty if the reason is another."""
    return reason.removeprefix(_INSUFFICIENT) if reason.startswith(_INSUFFICIENT) else ""


def filter_node(pod: Pod, node_info: NodeInfo, handle: Handle[FitArgs]) -> Status | None:
    """A refusal that names every resource that the node has too little of.

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
        capacity = node.allocatable.of(name)
        if not wanted or wanted <= capacity - node_info.extended.get(name, 0) or _is_ignored(name, handle.args):
            continue
        short.append(f"{_INSUFFICIENT}{name}")
        oversize |= wanted > capacity
    if not short:
        return None
    return _status(tuple(short), unresolvable=oversize and handle.features.oversize_is_unresolvable)


def score(pod: Pod, node_info: NodeInfo, handle: Handle[FitArgs]) -> int:
    """The score of a node, from 0 to 100, by how much of its resources would be in use.

    Mirrors: pkg/scheduler/framework/plugins/noderesources/resource_allocation.go score @ v1.36
    """
    strategy = handle.args.strategy
    weights = dict(strategy.resources)
    points_of = _STRATEGIES[strategy.kind]
    total = weight_sum = 0
    for name, asked, _, capacity in shares_of(pod, node_info, tuple(weights), non_zero=True):
        points = points_of(asked, capacity, strategy)
        if points or strategy.kind is not Strategy.RATIO:
            total += points * weights[name]
            weight_sum += weights[name]
    if not weight_sum:
        return 0
    if strategy.kind is Strategy.RATIO:
        return math.floor(total / weight_sum + 0.5)
    return total // weight_sum


def _least(asked: int, capacity: int, _: FitStrategy) -> int:
    return 0 if asked > capacity else (capacity - asked) * MAX_NODE_SCORE // capacity


def _most(asked: int, capacity: int, _: FitStrategy) -> int:
    return min(asked, capacity) * MAX_NODE_SCORE // capacity


def _by_shape(asked: int, capacity: int, strategy: FitStrategy) -> int:
    """The height of the shape at the percentage in use, from 0 to 100; above the capacity it is that at 100 percent.

    Mirrors: pkg/scheduler/framework/plugins/helper/shape_score.go BuildBrokenLinearFunction @ v1.36
    """
    in_use = MAX_NODE_SCORE if asked > capacity else asked * MAX_NODE_SCORE // capacity
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


def _is_ignored(name: str, args: FitArgs) -> bool:
    if not (args.ignored_resources or args.ignored_groups) or not is_ignorable(name):
        return False
    return name in args.ignored_resources or name.partition("/")[0] in args.ignored_groups


def read_args(args: Mapping[str, Any], where: str) -> FitArgs:
    """Read NodeResourcesFitArgs."""
    only_keys(args, ("apiVersion", "kind", "ignoredResources", "ignoredResourceGroups", "scoringStrategy"), where)
    return FitArgs(
        ignored_resources=frozenset(strings_at(args, "ignoredResources", where)),
        ignored_groups=frozenset(strings_at(args, "ignoredResourceGroups", where)),
        strategy=_read_strategy(args, where),
    )


def read_resources(parent: Mapping[str, Any], where: str) -> tuple[tuple[str, int], ...]:
    """The resources that a scorer looks at, with their weights."""
    return tuple(
        (text_at(item, "name", here), whole_at(item, "weight", here) or 1)
        for here, item in items_at(parent, "resources", where)
    )


def _read_strategy(args: Mapping[str, Any], where: str) -> FitStrategy:
    if args.get("scoringStrategy") is None:
        return FitStrategy()
    path = f"{where}.scoringStrategy"
    strategy = mapping_at(args, "scoringStrategy", where)
    only_keys(strategy, ("type", "resources", "requestedToCapacityRatio"), path)
    kind = text_at(strategy, "type", path) or Strategy.LEAST
    if kind not in list(Strategy):
        raise ShapeError(f"{path}.type", f'"{kind}", expected one of {", ".join(Strategy)}')
    ratio = mapping_at(strategy, "requestedToCapacityRatio", path)
    shape_path = f"{path}.requestedToCapacityRatio"
    shape = tuple(
        (whole_at(point, "utilization", here), whole_at(point, "score", here))
        for here, point in items_at(ratio, "shape", shape_path)
    )
    if kind == Strategy.RATIO and not shape:
        raise ShapeError(f"{shape_path}.shape", "absent, expected at least one point")
    return FitStrategy(Strategy(kind), read_resources(strategy, path) or FitStrategy().resources, shape)


@lru_cache(maxsize=1024)
def _status(reasons: tuple[str, ...], *, unresolvable: bool) -> Status:
    return Status(NAME, Code.UNRESOLVABLE if unresolvable else Code.UNSCHEDULABLE, reasons)


PLUGIN = Plugin(
    NAME,
    looks_at="pods",
    filter=filter_node,
    score=score,
    weight=1,
    args=FitArgs(),
    read_args=read_args,
)
