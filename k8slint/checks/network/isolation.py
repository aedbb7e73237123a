"""Namespaces and Pods that nothing isolates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from k8slint.cluster.cluster import Cluster, once
from k8slint.cluster.evidence import evidence_of
from k8slint.cluster.network_policies import CLUSTER_KINDS, OTHER_KINDS
from k8slint.objects.fields import items, mapping, sequence
from k8slint.objects.object import Object, Pod
from k8slint.objects.problem import Absence, Problem, Related

_POLICIES: Final = ("NetworkPolicy.networking.k8s.io", *OTHER_KINDS)
# Kinds that make policies in the namespaces they choose.
_MAKERS: Final = ("ClusterPolicy.kyverno.io", "GeneratingPolicy.policies.kyverno.io")


def namespace_without_network_policy(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Namespace whose Pods any other Pod may reach; said of those that the files make and fill."""
    pod, isolated = _first_pods(cluster).get(obj.name), _isolated(cluster)
    if pod is None or obj.name in isolated or "" in isolated or evidence_of(cluster).is_open(pod.obj):
        return
    if any(cluster.of_kind(kind) for kind in (*CLUSTER_KINDS, *_MAKERS)):
        return
    related = (Related(pod.obj, ("metadata", "namespace"), f"{pod.obj} runs in it"),)
    said = f'no NetworkPolicy isolates a Pod of namespace "{obj.name}"'
    yield Problem(("metadata", "name"), said, related, rests_on=Absence("NetworkPolicy", "NetworkPolicy"))


@once
def _first_pods(cluster: Cluster) -> Mapping[str, Pod]:
    """The first pod of each namespace that has a network of its own."""
    found: dict[str, Pod] = {}
    for pod in cluster.pods:
        if pod.namespace and pod.spec.get("hostNetwork") is not True:
            found.setdefault(pod.namespace, pod)
    return found


@once
def _isolated(cluster: Cluster) -> frozenset[str]:
    """The namespaces with a policy; a policy without a namespace may be of any."""
    return frozenset(obj.namespace for kind in _POLICIES for obj in cluster.of_kind(kind))


def network_policy_allows_all(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A policy for all Pods of its namespace with a rule that lets everything in, or out."""
    if not _is_empty(mapping(obj.spec.get("podSelector"))) or "podSelector" not in obj.spec:
        return
    for field, peers, word in (("ingress", "from", "in"), ("egress", "to", "out")):
        for index, rule in items(obj.spec.get(field)):
            if not sequence(rule.get("ports")) and _are_all(rule.get(peers)):
                said = f"the rule lets all traffic {word}, of every Pod of the namespace"
                yield Problem(("spec", field, index), said)


def _is_empty(selector: Mapping[str, Any]) -> bool:
    return not selector.get("matchLabels") and not selector.get("matchExpressions")


def _are_all(peers: Any) -> bool:
    """Whether the peers are everybody: none are named, or every address is."""
    if peers in (None, []):
        return True
    return any(
        block.get("cidr") in ("0.0.0.0/0", "::/0") and not block.get("except")
        for _, peer in items(peers)
        if (block := mapping(peer.get("ipBlock")))
    )
