"""Names that pods cannot look up, because no policy lets them ask the cluster's DNS."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from k8slint.cluster.cluster import Cluster, once
from k8slint.cluster.evidence import evidence_of
from k8slint.cluster.kustomizations import folder_of
from k8slint.cluster.network_policies import (
    CLUSTER_KINDS,
    OTHER_KINDS,
    PortRange,
    is_on_host,
    pods_at,
    policies_by_selector,
    port_ranges,
    rules_of,
    selector_in,
)
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, items, mapping, text
from k8slint.objects.object import Object, Pod
from k8slint.objects.problem import Absence, Problem, Related
from k8slint.values.labels import LabelSelector, Requirement
from k8slint.values.well_known import NAMESPACE_NAME

# Port 53 of the Service, and the ports on which DNS pods of OpenShift and others listen, after it was translated.
_PORTS: Final = (53, 1053, 5353, 8053, 9053, 10053)
_SYSTEM: Final = "kube-system"
# Namespaces in which clusters run DNS, by their names.
_NAMESPACES: Final = (_SYSTEM, "openshift-dns", "kube-dns", "coredns")
# Kinds that make NetworkPolicies.
_MAKERS: Final = ("ClusterPolicy.kyverno.io", "Policy.kyverno.io", "GeneratingPolicy.policies.kyverno.io")


def egress_policy_without_dns(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A policy that opens something for pods, when no policy lets them ask for names."""
    lack = _lacking(cluster).get(obj)
    if lack is None:
        return
    evidence = evidence_of(cluster)
    if evidence.is_open(obj) or evidence.is_filled(obj.namespace) or _is_opened_otherwise(cluster):
        return
    who = f"the Pods of {lack.pod.obj}" if lack.pod is not None else "the selected Pods"
    related = (Related(lack.pod.obj, ("metadata", "name"), "cannot look up names"),) if lack.pod is not None else ()
    rests_on = Absence("53", "53")
    if lack.narrow is None:
        message = f"egress of {who} is closed but for what rules open, and no rule opens port 53 (DNS)"
        yield Problem(("spec", "egress"), message, related, rests_on=rests_on)
    else:
        path, said, fix = lack.narrow
        yield Problem(path, f"{who} cannot ask for names: {said}", related, fix=fix, rests_on=rests_on)


class _Lack(NamedTuple):
    """What a policy lacks: a pod that cannot look up names, if the files hold one, and a rule meant to open DNS."""

    pod: Pod | None
    narrow: tuple[Path, str, str] | None


@once
def _lacking(cluster: Cluster) -> Mapping[Object, _Lack]:
    """The first policy of each pod that no policy lets ask for names; those whose pods no file holds, too."""
    groups = policies_by_selector(cluster, "Egress")
    opening = {key: those for key, several in groups.items() if (those := [*filter(_opens_dns, several)])}
    opened = {pod for key, several in opening.items() for pod in _opened(cluster, key, several)}
    places = {namespace for namespace, _ in opening}
    folders = {folder_of(policy) for several in opening.values() for policy in several}
    moves = evidence_of(cluster).moves_namespaces
    found: dict[Object, _Lack] = {}
    for key, several in groups.items():
        policy = next(filter(_opens_names_only, several), None) if key not in opening else None
        if policy is None:
            continue
        pods = pods_at(cluster, key[1], key[0])
        lacking = next((pod for pod in pods if pod not in opened and not _needs_none(pod)), None)
        is_opened = policy.namespace in places or folder_of(policy) in folders or (opening and moves)
        if lacking is None and (pods or is_opened):
            continue
        opened.update(pods)
        found[policy] = _Lack(lacking, next(filter(None, map(_narrow, several)), None))
    return found


def _opened(cluster: Cluster, key: tuple[str, LabelSelector], several: Iterable[Object]) -> Iterator[Pod]:
    """The pods for which policies of a namespace and selector open DNS.

    Where only one of pod and policy writes a namespace, they must lie in one folder; unless a kustomization sets it.
    """
    namespace, selector = key
    if evidence_of(cluster).moves_namespaces:
        yield from cluster.pods_selected(selector, "")
        return
    folders = {folder_of(policy) for policy in several}
    for pod in cluster.pods_selected(selector, namespace):
        if pod.namespace == namespace or folder_of(pod.obj) in folders:
            yield pod


def _needs_none(pod: Pod) -> bool:
    """Whether policies do not govern the pod's questions, or it asks somebody else."""
    return is_on_host(pod) or pod.spec.get("dnsPolicy") == "None"


def _opens_names_only(policy: Object) -> bool:
    """Whether some rule opens peers that are asked for by name; not a few addresses, nor the API server alone."""
    return any(
        (not (peers := [*items(rule.get("to"))]) or any(_is_named(peer) for _, peer in peers))
        and any(port.first not in _OF_API_SERVERS for _, port in port_ranges(rule) or _ALL_PORTS)
        for _, rule in rules_of(policy, "Egress")
    )


# Programs find the API server by its address, which the kubelet writes into their environment.
_OF_API_SERVERS: Final = (6443, 8443)
_ALL_PORTS: Final = ((0, PortRange(None, None, "", "TCP")),)


def _is_named(peer: Mapping[str, Any]) -> bool:
    return "ipBlock" not in peer or text(dig(peer, "ipBlock", "cidr")).endswith("/0")


def _opens_dns(policy: Object) -> bool:
    """Whether a rule may open DNS, also one that is not known for certain."""
    if selector_in(policy.spec) is None:
        return True
    return any(_may_open(rule, policy) for _, rule in rules_of(policy, "Egress"))


def _may_open(rule: Mapping[str, Any], policy: Object) -> bool:
    ports, peers = port_ranges(rule), [peer for _, peer in items(rule.get("to"))]
    if ports is None or not (ports or peers):
        return True
    for _, port in ports:
        if port.name:
            if "dns" in port.name or "domain" in port.name:
                return True
        elif port.protocol == "UDP" and any(map(port.has, _PORTS)):
            return not (peers and all(_is_dns_of_own(peer, policy) for peer in peers))
    return not ports and any(_may_be_dns(peer, policy) for peer in peers)


def _may_be_dns(peer: Mapping[str, Any], policy: Object) -> bool:
    """Whether the pods of a peer, whatever their port, may be those of DNS."""
    if "ipBlock" in peer:
        return True
    pods = selector_in(peer) if peer.get("podSelector") is not None else LabelSelector(())
    if "namespaceSelector" not in peer:
        return policy.namespace in _NAMESPACES or pods is None or _tells_of_dns(pods)
    places = selector_in(peer, "namespaceSelector")
    if places is None or pods is None:
        return True
    is_there = any(all(_may_meet(one, name) for one in places.requirements) for name in _NAMESPACES)
    return is_there and (all(one.operator not in ("In", "Exists") for one in pods.requirements) or _tells_of_dns(pods))


def _may_meet(one: Requirement, namespace: str) -> bool:
    """Whether a namespace that runs DNS may have the label; nobody knows all labels of it."""
    if one.key == NAMESPACE_NAME:
        return one.matches({NAMESPACE_NAME: namespace})
    if one.operator in ("NotIn", "DoesNotExist"):
        return True
    return any("system" in word or "dns" in word for word in (one.key, *one.values))


def _tells_of_dns(selector: LabelSelector) -> bool:
    return any("dns" in word for one in selector.requirements for word in (one.key, *one.values))


def _is_dns_of_own(peer: Mapping[str, Any], policy: Object) -> bool:
    """Whether a peer means the cluster's DNS pods, but looks for them in the policy's own namespace."""
    if "namespaceSelector" in peer or "ipBlock" in peer or policy.namespace in _NAMESPACES:
        return False
    return mapping(mapping(peer.get("podSelector")).get("matchLabels")).get("k8s-app") == "kube-dns"


def _narrow(policy: Object) -> tuple[Path, str, str] | None:
    """The rule of a policy that is meant to open DNS and does not: its path, what it says, what to write instead."""
    for path, rule in rules_of(policy, "Egress"):
        ports, peers = port_ranges(rule) or [], [peer for _, peer in items(rule.get("to"))]
        for index, port in ports:
            if port.name or port.first != 53:
                continue
            if port.protocol == "TCP":
                is_default = "protocol" not in mapping(dig(rule, "ports", index))
                why = "no protocol means TCP" if is_default else "it is opened for TCP"
                fix = "Add {port: 53, protocol: UDP} beside it."
                return (
                    (*path, "ports", index, "port"),
                    f"port 53 is opened, but {why}, and DNS asks over UDP first",
                    fix,
                )
            if peers and all(_is_dns_of_own(peer, policy) for peer in peers):
                said = "k8s-app=kube-dns selects in the policy's own namespace, and DNS runs in kube-system"
                fix = f"Write namespaceSelector: {{matchLabels: {{{NAMESPACE_NAME}: {_SYSTEM}}}}} into the same peer."
                return (*path, "to", 0, "podSelector"), said, fix
    return None


@once
def _is_opened_otherwise(cluster: Cluster) -> bool:
    """Whether policies of other kinds, a program that makes policies, or a DNS cache on each node may open it."""
    if any(cluster.of_kind(kind) for kind in (*OTHER_KINDS, *CLUSTER_KINDS)):
        return True
    if any(_makes_policies(obj) for kind in _MAKERS for obj in cluster.of_kind(kind)):
        return True
    return any("node-local-dns" in obj.name or "nodelocaldns" in obj.name for obj in cluster.of_kind("DaemonSet.apps"))


def _makes_policies(obj: Object) -> bool:
    if obj.kind == "GeneratingPolicy":
        return True
    return any(
        "NetworkPolicy" in text(dig(rule, "generate", "kind")) or "cloneList" in mapping(rule.get("generate"))
        for _, rule in items(obj.spec.get("rules"))
    )
