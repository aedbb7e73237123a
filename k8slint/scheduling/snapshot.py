"""What the nodes hold while pods are placed: the one thing in this package that changes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from k8slint.scheduling.listers import Listers
from k8slint.scheduling.objects.node import Node
from k8slint.scheduling.objects.pod import Pod
from k8slint.scheduling.objects.pod_affinity import PodTerm

Matcher = Callable[[Pod], bool]
ByValue = dict[str, int]


@dataclass(slots=True)
class NodeInfo:
    """What one node has given away. `ports` counts, by protocol and port, the addresses taken."""

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

    def apply(self, pod: Pod, sign: int) -> None:
        """Add the pod's amounts and ports, or take them away."""
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
            self.priorities += Counter()  # drops what is at 0
            self.with_volumes.pop(pod, None)


@dataclass(slots=True)
class PodCount:
    """How many pods match something, by node index; nodes without any are left out."""

    matches: Matcher
    by_node: dict[int, int] = field(default_factory=dict)

    def count(self, pod: Pod, index: int, sign: int) -> None:
        """Count the pod, if it matches."""
        if self.matches(pod):
            left = self.by_node.get(index, 0) + sign
            if left:
                self.by_node[index] = left
            else:
                del self.by_node[index]


class Snapshot:
    """Nodes in scheduling order with their pods, and the running sums plugins ask for.

    `changes` is the indices of nodes in the order they changed: who has read up to a point knows what is stale. `memo`
    is for what plugins work out of nodes and never changes; `assumptions` for what they took for granted.
    `loose_namespaces` says that namespace selectors which only exclude are taken to select every namespace.
    """

    def __init__(self, nodes: Sequence[Node], listers: Listers, *, loose_namespaces: bool = True) -> None:
        self.listers = listers
        self.loose_namespaces = loose_namespaces
        # Placing a pod binds claims to volumes, so these two change as well.
        self.claims = dict(listers.claims)
        self.volumes = dict(listers.volumes)
        self.assumptions: dict[str, None] = {}
        self.memo: dict[Hashable, Any] = {}
        self.nodes = nodes
        self.node_infos = [NodeInfo(node) for node in nodes]
        self.index_of = {node.name: index for index, node in enumerate(nodes)}
        self.changes: list[int] = []
        self.claims_in_use: Counter[tuple[str, str]] = Counter()
        self.nominated: dict[int, list[Pod]] = {}
        self.terminating: set[Pod] = set()
        self.anti_terms: dict[PodTerm, ByValue] = defaultdict(dict)
        self.affinity_terms: dict[PodTerm, ByValue] = defaultdict(dict)
        self.preferred_terms: dict[PodTerm, ByValue] = defaultdict(dict)
        self._tallies: dict[Hashable, PodCount] = {}
        self._narrow: dict[str, list[PodCount]] = defaultdict(list)
        self._wide: list[PodCount] = []
        self._by_namespace: dict[str, dict[Pod, int]] = defaultdict(dict)

    def add(self, pod: Pod, index: int) -> None:
        """Place the pod on a node."""
        self._by_namespace[pod.namespace][pod] = index
        self._apply(pod, index, 1)

    def remove(self, pod: Pod, index: int) -> None:
        """Take the pod off its node."""
        del self._by_namespace[pod.namespace][pod]
        self._apply(pod, index, -1)

    def terminate(self, pod: Pod) -> None:
        """Let the pod count as ending from now on: it still holds its node, but spread no longer counts it."""
        index = self._by_namespace[pod.namespace][pod]
        self.remove(pod, index)
        self.terminating.add(pod)
        self.add(pod, index)

    def tally(self, key: Hashable, matches: Matcher, namespace: str | None = None) -> PodCount:
        """The running count of pods that match, kept from now on under the key; with a namespace, only pods there."""
        tally = self._tallies.get(key)
        if tally is None:
            tally = self._tallies[key] = PodCount(matches)
            (self._wide if namespace is None else self._narrow[namespace]).append(tally)
            for pod, index in self._pods(namespace):
                tally.count(pod, index, 1)
        return tally

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
        for tally in self._narrow.get(pod.namespace, ()):
            tally.count(pod, index, sign)
        for tally in self._wide:
            tally.count(pod, index, sign)
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
