"""The described nodes, and which of them a node selector means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from k8slint.cluster.cluster import Cluster, once
from k8slint.objects.fields import items, sequence
from k8slint.values.grouped import grouped
from k8slint.values.labels import LabelSelector
from k8slint.values.well_known import HOSTNAME


class Node(NamedTuple):
    """A described node."""

    name: str
    labels: Mapping[str, str]


class Nodes(NamedTuple):
    """The described nodes, and those of each name and hostname."""

    all: tuple[Node, ...]
    by_host: Mapping[str, tuple[Node, ...]]

    def meeting(self, term: Mapping[str, Any]) -> Iterator[Node]:
        """The nodes that meet a node selector term; an empty term is met by none.

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
"""What a cluster has missed once a check asked for its nodes in vain."""


def known_nodes(cluster: Cluster) -> Nodes | None:
    """The described nodes; none where no cluster is described, which is remembered: what is said then rests on it."""
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
    """Whether the described cluster has exactly one node; without a description several are taken for granted."""
    nodes = known_nodes(cluster)
    return nodes is not None and len(nodes.all) == 1


def terms_of(selector: Any) -> list[dict[str, Any]] | None:
    """The terms of a node selector, of which one must be met; none where there is no selector."""
    if not isinstance(selector, dict):
        return None
    return [term for _, term in items(selector.get("nodeSelectorTerms"))]


def demanded_hosts(term: Mapping[str, Any]) -> list[str] | None:
    """The hosts of which a node must be one, as the first condition on it says; none without such a condition."""
    for field, key in (("matchFields", "metadata.name"), ("matchExpressions", HOSTNAME)):
        for _, expression in items(term.get(field)):
            if expression.get("key") == key and expression.get("operator") == "In":
                return list(dict.fromkeys(str(value) for value in sequence(expression.get("values"))))
    return None
