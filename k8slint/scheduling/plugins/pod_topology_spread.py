"""PodTopologySpread: spreads similar pods evenly over zones, nodes or any other topology."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from k8slint.scheduling.cache import Cache, PodCount
from k8slint.scheduling.framework import MAX_NODE_SCORE, Code, FilterState, Handle, Plugin, Scorer, Status
from k8slint.scheduling.listers import Listers
from k8slint.scheduling.objects.pod import Pod
from k8slint.scheduling.objects.pod_affinity import NOTHING
from k8slint.scheduling.objects.taints import untolerated
from k8slint.scheduling.objects.topology_spread import SpreadConstraint
from k8slint.values.labels import LabelSelector
from k8slint.values.reading import ShapeError, items_at, only_keys, text_at
from k8slint.values.well_known import HOSTNAME, ZONE

NAME = "PodTopologySpread"
MISSING_LABEL = "node(s) didn't match pod topology spread constraints (missing required label)"
_NO_LABEL = Status(NAME, Code.UNRESOLVABLE, (MISSING_LABEL,))
_SKEW = Status(NAME, Code.UNSCHEDULABLE, ("node(s) didn't match pod topology spread constraints",))
# The raw score of a node that lacks a label; real scores are never negative.
_LACKS_A_LABEL = -1
SYSTEM_CONSTRAINTS = (
    SpreadConstraint(HOSTNAME, max_skew=3, hard=False, selector=NOTHING),
    SpreadConstraint(ZONE, max_skew=5, hard=False, selector=NOTHING),
)
_OWNERS = {
    ("v1", "ReplicationController"): "ReplicationController",
    ("apps/v1", "ReplicaSet"): "ReplicaSet",
    ("apps/v1", "StatefulSet"): "StatefulSet",
}


@dataclass(frozen=True, slots=True)
class SpreadArgs:
    """The constraints of pods that have none of their own; None means the built-in ones, which only affect scores."""

    default_constraints: tuple[SpreadConstraint, ...] | None = None


def pre_filter(pod: Pod, cache: Cache, handle: Handle[SpreadArgs]) -> FilterState | Status | None:
    """A filter by the constraints that must hold, or None if there are none.

    Mirrors: pkg/scheduler/framework/plugins/podtopologyspread/filtering.go calPreFilterState @ v1.36
    """
    constraints = constraints_of(pod, cache.listers, handle.args, hard=True)
    if not constraints:
        return None
    return _State(pod, cache, tuple(_Domains(pod, cache, constraints, item) for item in constraints))


@dataclass(slots=True)
class _State(FilterState):
    pod: Pod
    cache: Cache
    domains: tuple[_Domains, ...]

    def filter(self, index: int) -> Status | None:
        """A refusal by the first constraint that the pod would break on the node.

        Mirrors: pkg/scheduler/framework/plugins/podtopologyspread/filtering.go Filter @ v1.36
        """
        labels = self.cache.nodes[index].labels
        for domain in self.domains:
            value = labels.get(domain.constraint.topology_key)
            if value is None:
                return _NO_LABEL
            if domain.counts.get(value, 0) + domain.own - domain.fewest > domain.constraint.max_skew:
                return _SKEW
        return None

    def add_pod(self, pod: Pod, index: int) -> None:
        self._count(pod, index, 1)

    def remove_pod(self, pod: Pod, index: int) -> None:
        self._count(pod, index, -1)

    def _count(self, pod: Pod, index: int, sign: int) -> None:
        if pod.namespace == self.pod.namespace:
            for domain in self.domains:
                domain.count(pod, index, sign)


class _Domains:
    """How many matching pods each domain of one constraint has."""

    __slots__ = ("_cache", "_eligible", "constraint", "counts", "fewest", "own")

    def __init__(
        self, pod: Pod, cache: Cache, constraints: tuple[SpreadConstraint, ...], constraint: SpreadConstraint
    ) -> None:
        keys = tuple(item.topology_key for item in constraints)
        self.constraint = constraint
        self._cache = cache
        self._eligible = _eligible(pod, cache, keys, constraint)
        self.counts = dict.fromkeys(self._eligible.values(), 0)
        self.own = int(constraint.selector.matches(pod.labels))
        for index, count in _pods(pod, cache, constraint.selector).by_node.items():
            if index in self._eligible:
                self.counts[self._eligible[index]] += count
        self._measure()

    def count(self, pod: Pod, index: int, sign: int) -> None:
        if index in self._eligible and self.constraint.selector.matches(pod.labels):
            self.counts[self._eligible[index]] += sign
            self._measure()

    def _measure(self) -> None:
        too_few = len(self.counts) < self.constraint.min_domains
        self.fewest = 0 if too_few else min(self.counts.values(), default=0)


def constraints_of(pod: Pod, listers: Listers, args: SpreadArgs, *, hard: bool) -> tuple[SpreadConstraint, ...]:
    """The pod's constraints, those that must hold (`hard`) or those that only affect scores.

    A pod without any gets those of the profile, which count the pods of its Services and its controller.

    Mirrors: pkg/scheduler/framework/plugins/podtopologyspread/common.go buildDefaultConstraints @ v1.36
    """
    if pod.spread:
        return tuple(item for item in pod.spread if item.hard == hard)
    defaults = SYSTEM_CONSTRAINTS if args.default_constraints is None else args.default_constraints
    wanted = [item for item in defaults if item.hard == hard]
    selector = _own_kind(pod, listers) if wanted else LabelSelector(())
    return tuple(replace(item, selector=selector) for item in wanted) if selector.requirements else ()


def _own_kind(pod: Pod, listers: Listers) -> LabelSelector:
    """The selector of the pods that serve the same Services and have the same controller; empty if it has neither.

    Mirrors: pkg/scheduler/framework/plugins/helper/spread.go DefaultSelector @ v1.36
    """
    labels: dict[str, str] = {}
    for selector in listers.services.get(pod.namespace, ()):
        if selector.items() <= pod.labels.items():
            labels.update(selector)
    kind = _OWNERS.get((pod.owner.api_version, pod.owner.kind)) if pod.owner else None
    owner = listers.owners.get((kind, pod.namespace, pod.owner.name)) if kind and pod.owner else None
    served = LabelSelector.of_labels(labels)
    if owner is None:
        return served
    return LabelSelector(tuple(dict.fromkeys(served.requirements + owner.requirements)))


def _pods(pod: Pod, cache: Cache, selector: LabelSelector) -> PodCount:
    """The count of the pods in the pod's namespace that match and are not ending; an empty selector matches none."""

    def matches(other: Pod) -> bool:
        return bool(selector.requirements) and selector.matches(other.labels) and not cache.is_ending(other)

    return cache.pod_count((NAME, pod.namespace, selector), matches, pod.namespace)


def _eligible(pod: Pod, cache: Cache, keys: tuple[str, ...], constraint: SpreadConstraint) -> dict[int, str]:
    """The nodes whose pods count, with their domain: those that have all the keys and meet the inclusion policies."""
    choice = pod.node_choice if constraint.honors_affinity else None
    tolerations = pod.tolerations if constraint.honors_taints else None
    memo = (NAME, keys, constraint.topology_key, choice, tolerations)
    found: dict[int, str] | None = cache.memo.get(memo)
    if found is None:
        found = {}
        for index, node in enumerate(cache.nodes):
            if (
                all(key in node.labels for key in keys)
                and (choice is None or choice.matches(node.name, node.labels))
                and (tolerations is None or untolerated(node.taints, tolerations) is None)
            ):
                found[index] = node.labels.get(constraint.topology_key, "")
        cache.memo[memo] = found
    return found


def pre_score(pod: Pod, cache: Cache, nodes: Sequence[int], handle: Handle[SpreadArgs]) -> Scorer | None:
    """The scorer: how crowded a node is; None if there are no constraints that affect scores.

    Mirrors: pkg/scheduler/framework/plugins/podtopologyspread/scoring.go PreScore, Score @ v1.36
    """
    constraints = constraints_of(pod, cache.listers, handle.args, hard=False)
    if not constraints:
        return None
    # The built-in constraints do not exclude nodes that lack a label: a constraint over it adds nothing there.
    needs_all = bool(pod.spread) or handle.args.default_constraints is not None
    keys = tuple(item.topology_key for item in constraints) if needs_all else ()
    kept = [index for index in nodes if all(key in cache.nodes[index].labels for key in keys)]
    crowds = [_Crowd(pod, cache, keys, constraint, kept) for constraint in constraints]
    counted = frozenset(kept)

    def score(index: int) -> int:
        if index not in counted:
            return _LACKS_A_LABEL
        crowding = 0.0
        for crowd in crowds:
            crowding += crowd.weigh(index)
        return math.floor(crowding + 0.5)

    return score


def normalize_score(raw: list[int]) -> list[int]:
    """The scores from 0 to 100, highest for the least crowded node; 0 for a node that lacks a label.

    Mirrors: pkg/scheduler/framework/plugins/podtopologyspread/scoring.go NormalizeScore @ v1.36
    """
    known = [score for score in raw if score != _LACKS_A_LABEL]
    most, least = max(known, default=0), min(known, default=0)
    if not most:
        return [0 if score == _LACKS_A_LABEL else MAX_NODE_SCORE for score in raw]
    return [0 if score == _LACKS_A_LABEL else MAX_NODE_SCORE * (most + least - score) // most for score in raw]


class _Crowd:
    """One constraint that affects scores: the pods of each domain, and the weight of a pod."""

    __slots__ = ("_by_node", "_by_value", "_cache", "_skew", "_weight", "key")

    def __init__(
        self, pod: Pod, cache: Cache, keys: tuple[str, ...], constraint: SpreadConstraint, kept: list[int]
    ) -> None:
        self.key = constraint.topology_key
        self._cache = cache
        self._skew = constraint.max_skew
        self._by_node = _pods(pod, cache, constraint.selector).by_node
        self._by_value: dict[str, int] = {}
        size = len(kept)
        if self.key != HOSTNAME:
            self._by_value = dict.fromkeys((cache.nodes[index].labels.get(self.key, "") for index in kept), 0)
            size = len(self._by_value)
            eligible = _eligible(pod, cache, keys, constraint)
            for index, count in self._by_node.items():
                if index in eligible and eligible[index] in self._by_value:
                    self._by_value[eligible[index]] += count
        self._weight = math.log(size + 2)

    def weigh(self, index: int) -> float:
        value = self._cache.nodes[index].labels.get(self.key)
        if value is None:
            return 0.0
        count = self._by_node.get(index, 0) if self.key == HOSTNAME else self._by_value[value]
        return count * self._weight + (self._skew - 1)


def read_args(args: Mapping[str, Any], where: str) -> SpreadArgs:
    """Read PodTopologySpreadArgs."""
    only_keys(args, ("apiVersion", "kind", "defaultConstraints", "defaultingType"), where)
    kind = text_at(args, "defaultingType", where) or "System"
    if kind not in ("System", "List"):
        raise ShapeError(f"{where}.defaultingType", f'"{kind}", expected System or List')
    entries = items_at(args, "defaultConstraints", where)
    if kind == "System":
        if entries:
            raise ShapeError(f"{where}.defaultConstraints", "given, but only read with defaultingType: List")
        return SpreadArgs()
    for here, entry in entries:
        if entry.get("labelSelector") is not None:
            raise ShapeError(f"{here}.labelSelector", "given, but constraints by default must not have any")
    return SpreadArgs(tuple(SpreadConstraint.of(entry, here, {}) for here, entry in entries))


PLUGIN = Plugin(
    NAME,
    looks_at="cluster",
    pre_filter=pre_filter,
    pre_score=pre_score,
    normalize_score=normalize_score,
    weight=2,
    is_woken_by_pods=True,
    args=SpreadArgs(),
    read_args=read_args,
)
