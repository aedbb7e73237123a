"""NodeAffinity: the labels and names that a pod, or the profile, requires or prefers of nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from k8slint.scheduling.cache import Cache, NodeInfo
from k8slint.scheduling.framework import (
    Code,
    Handle,
    Plugin,
    PreFilterResult,
    Scorer,
    Status,
    default_normalize_score,
)
from k8slint.scheduling.objects.node_affinity import NodeTerm, preferred_terms, required_terms
from k8slint.scheduling.objects.pod import Pod
from k8slint.values.reading import mapping_at, only_keys

NAME = "NodeAffinity"
_CONFLICT = Status(NAME, Code.UNRESOLVABLE, ("pod affinity terms conflict",))
_POD = Status(NAME, Code.UNRESOLVABLE, ("node(s) didn't match Pod's node affinity/selector",))
_ENFORCED = Status(NAME, Code.UNRESOLVABLE, ("node(s) didn't match scheduler-enforced node affinity",))


@dataclass(frozen=True, slots=True)
class AddedAffinity:
    """The node affinity that the profile adds to every pod."""

    required: tuple[NodeTerm, ...] | None = None
    preferred: tuple[tuple[int, NodeTerm], ...] = ()

    @classmethod
    def of(cls, affinity: Mapping[str, Any], where: str) -> AddedAffinity:
        """The affinity that a configuration writes."""
        return cls(required_terms(affinity, where), preferred_terms(affinity, where))


def pre_filter(pod: Pod, _cache: Cache, _: Handle[AddedAffinity]) -> PreFilterResult | Status | None:
    """The only nodes to try if the affinity names them, a refusal if its names exclude each other, else None.

    Mirrors: pkg/scheduler/framework/plugins/nodeaffinity PreFilter @ v1.36
    """
    names = pod.node_choice.named_nodes()
    if names is None:
        return None
    return PreFilterResult(names) if names else _CONFLICT


def filter_node(pod: Pod, node_info: NodeInfo, handle: Handle[AddedAffinity]) -> Status | None:
    """A refusal of a node that does not meet the profile's affinity, or the pod's.

    Mirrors: pkg/scheduler/framework/plugins/nodeaffinity Filter @ v1.36
    """
    node, required = node_info.node, handle.args.required
    if required is not None and not any(term.matches(node.name, node.labels) for term in required if not term.is_empty):
        return _ENFORCED
    if pod.node_choice.is_empty or pod.node_choice.matches(node.name, node.labels):
        return None
    return _POD


def pre_score(pod: Pod, cache: Cache, _nodes: Sequence[int], handle: Handle[AddedAffinity]) -> Scorer | None:
    """The scorer: the sum of the weights of the preferences that a node meets; None if there are no preferences.

    Mirrors: pkg/scheduler/framework/plugins/nodeaffinity PreScore, Score @ v1.36
    """
    preferred, nodes = (*pod.preferred_nodes, *handle.args.preferred), cache.nodes
    if not preferred:
        return None
    return lambda index: sum(
        weight for weight, term in preferred if term.matches(nodes[index].name, nodes[index].labels)
    )


def read_args(args: Mapping[str, Any], where: str) -> AddedAffinity:
    """Read NodeAffinityArgs."""
    only_keys(args, ("apiVersion", "kind", "addedAffinity"), where)
    return AddedAffinity.of(mapping_at(args, "addedAffinity", where), f"{where}.addedAffinity")


PLUGIN = Plugin(
    NAME,
    pre_filter=pre_filter,
    filter=filter_node,
    pre_score=pre_score,
    normalize_score=default_normalize_score,
    weight=2,
    args=AddedAffinity(),
    read_args=read_args,
)
