"""The nodes and their pods during a run: the state that all plugins share."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from k8slint.scheduling.objects.node import Node, in_scheduling_order
from k8slint.scheduling.objects.pod import Pod
from k8slint.scheduling.objects.pod_affinity import PodTerm
from k8slint.scheduling.objects.volumes import Claim, PersistentVolume
from k8slint.scheduling.snapshot import Reserved, Snapshot

Matcher = Callable[[Pod], bool]
ByValue = dict[str, int]


@dataclass(slots=True)
class NodeInfo:
    """One node, its pods and the sums of their requests.

    `placed_millicores` and `placed_bytes` count a little for each container without a request. `ports` has, by protocol
    and port, how many pods take each address. `priorities` counts the pods by priority.
    """

    node: Node
    pods: dict[Pod, None] = field(default_factory=dict)
    cpu_millicores: int = 0
    memory_bytes: int = 0
    ephemeral_bytes: int = 0
    extended: dict[str, int] = field(default_factory=dict)
    placed_millicores: int = 0
    placed_bytes: int = 0
    ports: dict[tuple[str, int], dict[str, int]] = field(default_factory=dict)
    with_volumes: dict[Pod, None] = field(default_factory=dict)
    priorities: Counter[int] = field(default_factory=Counter)

    def used(self, resource: str) -> int:
        """What the pods request of one resource, in the units of `Resources`."""
        match resource:
            case "cpu":
                return self.cpu_millicores
            case "memory":
                return self.memory_bytes
            case "ephemeral-storage":
                return self.ephemeral_bytes
            case _:
                return self.extended.get(resource, 0)

    def apply(self, pod: Pod, sign: int) -> None:
        """Add the pod with its amounts and ports if the sign is 1, or take it away if it is -1."""
        request, placed = pod.amounts.request, pod.amounts.placed
        self.cpu_millicores += sign * request.cpu_millicores
        self.memory_bytes += sign * request.memory_bytes
        self.ephemeral_bytes += sign * request.ephemeral_bytes
        self.placed_millicores += sign * placed.cpu_millicores
        self.placed_bytes += sign * placed.memory_bytes
        for name, amount in request.extended:
            self.extended[name] = self.extended.get(name, 0) + sign * amount
        for address, protocol, port in pod.host_ports:
            taken = self.ports.setdefault((protocol, port), {})
            taken[address] = taken.get(address, 0) + sign
            if not taken[address]:
                del taken[address]
        self.priorities[pod.priority] += sign
        if sign > 0:
            self.pods[pod] = None
            if pod.volumes:
                self.with_volumes[pod] = None
        else:
            del self.pods[pod]
            self.priorities += Counter()  # drops counts of 0
            self.with_volumes.pop(pod, None)


@dataclass(slots=True)
class PodCount:
    """A running count, by node index, of the pods that match; nodes without any are left out."""

    matches: Matcher
    by_node: dict[int, int] = field(default_factory=dict)

    def count(self, pod: Pod, index: int, sign: int) -> None:
        """Add the sign to the node's count, if the pod matches."""
        if self.matches(pod):
            left = self.by_node.get(index, 0) + sign
            if left:
                self.by_node[index] = left
            else:
                del self.by_node[index]


class Cache:
    """The nodes of a snapshot in scheduling order, with their pods, and the running sums that plugins need.

    The cache changes during a run; the snapshot from which it was made does not. `changes` has the index of a node for
    each change, in order: a reader that remembers how many it has read knows which nodes are stale. Plugins keep in
    `memo` what cannot change during a run, and in `assumptions` what they took for granted. If `loose_namespaces`, a
    namespace selector that only excludes selects every namespace.

    Mirrors: pkg/scheduler/backend/cache/cache.go @ v1.36
    """

    def __init__(self, snapshot: Snapshot, *, loose_namespaces: bool = True) -> None:
        self.snapshot = snapshot
        self.listers = snapshot.listers
        self.loose_namespaces = loose_namespaces
        # A pod that gets a node may bind claims to volumes, so these two change too.
        self.claims = dict(snapshot.listers.claims)
        self.volumes = dict(snapshot.listers.volumes)
        self.assumptions: dict[str, None] = {}
        self.memo: dict[Hashable, Any] = {}
        self.nodes = in_scheduling_order(snapshot.nodes)
        self.node_infos = [NodeInfo(node) for node in self.nodes]
        self.index_of = {node.name: index for index, node in enumerate(self.nodes)}
        self.changes: list[int] = []
        self.claims_in_use: Counter[tuple[str, str]] = Counter()
        self.nominated: dict[int, list[Pod]] = {}
        self.terminating = set(snapshot.terminating)
        self.anti_terms: dict[PodTerm, ByValue] = defaultdict(dict)
        self.affinity_terms: dict[PodTerm, ByValue] = defaultdict(dict)
        self.preferred_terms: dict[PodTerm, ByValue] = defaultdict(dict)
        self._reserved = dict(snapshot.reserved)
        self._counts: dict[Hashable, PodCount] = {}
        self._narrow: dict[str, list[PodCount]] = defaultdict(list)
        self._wide: list[PodCount] = []
        self._by_namespace: dict[str, dict[Pod, int]] = defaultdict(dict)
        for pod, name in snapshot.pods.items():
            self.add(pod, self.index_of[name])
        for pod, name in snapshot.nominated.items():
            self.nominate(pod, name)

    def to_snapshot(self) -> Snapshot:
        """A snapshot of the cluster as it is now."""
        infos = self.node_infos
        promised = {pod: self.nodes[index].name for index, pods in self.nominated.items() for pod in pods}
        return replace(
            self.snapshot,
            listers=replace(self.listers, claims=dict(self.claims), volumes=dict(self.volumes)),
            pods=MappingProxyType({pod: node_info.node.name for node_info in infos for pod in node_info.pods}),
            nominated=MappingProxyType(promised),
            terminating=frozenset(self.terminating),
            reserved=MappingProxyType(dict(self._reserved)),
        )

    def nominate(self, pod: Pod, node: str) -> None:
        """Keep room on a node for a pod that waits for it, against less important pods; ignore unknown nodes."""
        index = self.index_of.get(node)
        if index is not None and pod not in self.nominated.get(index, ()):
            self.nominated.setdefault(index, []).append(pod)

    def reserve(self, pod: Pod, claims: Iterable[Claim], volumes: Iterable[PersistentVolume]) -> None:
        """Replace these claims and volumes for a pod that gets a node, and remember what they were before.

        Volumes that are not there yet are made for the pod.
        """
        claims, volumes = tuple(claims), tuple(volumes)
        self._reserved[pod] = Reserved(
            tuple(self.claims[claim.namespace, claim.name] for claim in claims),
            tuple(self.volumes[volume.name] for volume in volumes if volume.name in self.volumes),
            frozenset(volume.name for volume in volumes if volume.name not in self.volumes),
        )
        self.claims |= {(claim.namespace, claim.name): claim for claim in claims}
        self.volumes |= {volume.name: volume for volume in volumes}

    def add(self, pod: Pod, index: int) -> None:
        """Put the pod on a node."""
        self._by_namespace[pod.namespace][pod] = index
        self._apply(pod, index, 1)

    def remove(self, pod: Pod, index: int) -> None:
        """Take the pod off its node."""
        del self._by_namespace[pod.namespace][pod]
        self._apply(pod, index, -1)

    def terminate(self, pod: Pod) -> None:
        """Mark the pod as ending: it still holds its node, but topology spread no longer counts it."""
        index = self._by_namespace[pod.namespace][pod]
        self.remove(pod, index)
        self.terminating.add(pod)
        self.add(pod, index)

    def pod_count(self, key: Hashable, matches: Matcher, namespace: str | None = None) -> PodCount:
        """The running count, kept under the key, of the pods that match; only of the namespace if one is given."""
        counts = self._counts.get(key)
        if counts is None:
            counts = self._counts[key] = PodCount(matches)
            (self._wide if namespace is None else self._narrow[namespace]).append(counts)
            for pod, index in self._pods(namespace):
                counts.count(pod, index, 1)
        return counts

    def is_ending(self, pod: Pod) -> bool:
        """Whether the pod is being deleted, by itself or to make room."""
        return pod.terminating or pod in self.terminating

    def _pods(self, namespace: str | None) -> Iterable[tuple[Pod, int]]:
        if namespace is not None:
            return self._by_namespace.get(namespace, {}).items()
        return (item for pods in self._by_namespace.values() for item in pods.items())

    def _apply(self, pod: Pod, index: int, sign: int) -> None:
        self.node_infos[index].apply(pod, sign)
        self.changes.append(index)
        for counts in self._narrow.get(pod.namespace, ()):
            counts.count(pod, index, sign)
        for counts in self._wide:
            counts.count(pod, index, sign)
        for volume in pod.volumes:
            if volume.claim is not None:
                self.claims_in_use[pod.namespace, volume.claim] += sign
        if pod.affinity.required or pod.anti_affinity.required or pod.affinity.preferred or pod.anti_affinity.preferred:
            self._apply_terms(pod, index, sign)

    def _apply_terms(self, pod: Pod, index: int, sign: int) -> None:
        labels = self.nodes[index].labels
        weighed = [(term, 1, self.anti_terms) for term in pod.anti_affinity.required]
        weighed += [(term, 1, self.affinity_terms) for term in pod.affinity.required]
        weighed += [(term, weight, self.preferred_terms) for weight, term in pod.affinity.preferred]
        weighed += [(term, -weight, self.preferred_terms) for weight, term in pod.anti_affinity.preferred]
        for term, weight, book in weighed:
            value = labels.get(term.topology_key)
            if value is not None:
                sums = book[term]
                sums[value] = sums.get(value, 0) + sign * weight
                if not sums[value]:
                    del sums[value]
