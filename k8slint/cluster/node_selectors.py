"""The described nodes, and which of them meet a node selector."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from k8slint.cluster.cluster import Cluster, once
from k8slint.objects.fields import dig, items, sequence, strings
from k8slint.objects.object import Pod
from k8slint.values.grouped import grouped
from k8slint.values.labels import LabelSelector
from k8slint.values.well_known import HOSTNAME


class Node(NamedTuple):
    """A described node."""

    name: str
    labels: Mapping[str, str]


class Nodes(NamedTuple):
    """The described nodes, all of them and by name or hostname."""

    all: tuple[Node, ...]
    by_host: Mapping[str, tuple[Node, ...]]

    def meeting(self, term: Mapping[str, Any]) -> Iterator[Node]:
        """The nodes that meet a node selector term; no node meets an empty term.

        Mirrors: component-helpers scheduling/corev1/nodeaffinity nodeSelectorTerm.match @ v1.36
        """
        expressions, fields = sequence(term.get("matchExpressions")), sequence(term.get("matchFields"))
        if not expressions and not fields:
            return
        by_label, by_field = (LabelSelector.of({"matchExpressions": written}) for written in (expressions, fields))
        hosts = demanded_hosts(term)
        some = self.all if hosts is None else (node for host in hosts for node in self.by_host.get(host, ()))
        for node in some:
            if by_label.matches(node.labels) and by_field.matches({"metadata.name": node.name}):
                yield node

    def meet_any(self, terms: Iterable[Mapping[str, Any]]) -> bool:
        """Whether one of the nodes meets one of the terms."""
        return any(next(self.meeting(term), None) is not None for term in terms)


MISSED: Final = "nodes"
"""The entry of `Cluster.missed` that a check leaves if it asks for nodes and none are described."""


def known_nodes(cluster: Cluster) -> Nodes | None:
    """The described nodes, or None if no node is described.

    `Cluster.missed` notes None, because what a check reports then rests on an assumption.
    """
    if not cluster.nodes:
        cluster.missed.add(MISSED)
        return None
    return _nodes(cluster)


@once
def _nodes(cluster: Cluster) -> Nodes:
    # The kubelet sets the hostname label; a node described by hand may leave it out.
    nodes = [Node(node.name, {HOSTNAME: node.name, **node.labels}) for node in cluster.nodes or ()]
    return Nodes(tuple(nodes), grouped((host, node) for node in nodes for host in {node.name, node.labels[HOSTNAME]}))


def has_one_node(cluster: Cluster) -> bool:
    """Whether the described cluster has exactly one node; without a description it is assumed to have several."""
    nodes = known_nodes(cluster)
    return nodes is not None and len(nodes.all) == 1


def terms_of(selector: Any) -> list[dict[str, Any]] | None:
    """The terms of a node selector, or None if there is no selector; a node must meet one of them."""
    if not isinstance(selector, dict):
        return None
    return [term for _, term in items(selector.get("nodeSelectorTerms"))]


def demanded_hosts(term: Mapping[str, Any]) -> list[str] | None:
    """The hosts that the first condition on the node's name or hostname allows, or None without such a condition."""
    for field, key in (("matchFields", "metadata.name"), ("matchExpressions", HOSTNAME)):
        for _, expression in items(term.get(field)):
            if expression.get("key") == key and expression.get("operator") == "In":
                return list(dict.fromkeys(str(value) for value in sequence(expression.get("values"))))
    return None


def is_pinned(pod: Pod, cluster: Cluster) -> bool:
    """Whether only one node can run the pod."""
    spec = pod.spec
    node_selector = strings(spec.get("nodeSelector"))
    if spec.get("nodeName") or HOSTNAME in node_selector:
        return True
    terms = terms_of(dig(spec, "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution"))
    hosts = [demanded_hosts(term) for term in terms or ()]
    if hosts and all(each is not None and len(each) == 1 and each == hosts[0] for each in hosts):
        return True
    nodes = known_nodes(cluster) if node_selector or terms else None
    if nodes is None:
        return False
    selector = LabelSelector.of_labels(node_selector)
    meeting = (
        nodes.all if terms is None else {id(node): node for term in terms for node in nodes.meeting(term)}.values()
    )
    return sum(1 for node in meeting if selector.matches(node.labels)) == 1
