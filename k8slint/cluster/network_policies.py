"""NetworkPolicies: which directions each governs, its rules, the pods behind its selectors, and what they translate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import Any, Final, Literal, NamedTuple

from k8slint.cluster.cluster import Cluster, once
from k8slint.loading.document import Path
from k8slint.objects.fields import integer, items, mapping, sequence, text
from k8slint.objects.object import Object, Pod
from k8slint.values.labels import LabelSelector
from k8slint.values.placeholder import has_placeholder
from k8slint.values.well_known import NAMESPACE_NAME

Direction = Literal["Ingress", "Egress"]
DIRECTIONS: Final[tuple[Direction, ...]] = ("Ingress", "Egress")
PEERS: Final[Mapping[Direction, str]] = {"Ingress": "from", "Egress": "to"}
"""The field of a rule that lists its peers."""
KINDS: Final = ("NetworkPolicy.networking.k8s.io", "NetworkPolicy.extensions")


# Kinds of network plugins, whose policies add to those of Kubernetes.
OTHER_KINDS: Final = (
    "NetworkPolicy.crd.projectcalico.org",
    "NetworkPolicy.projectcalico.org",
    "CiliumNetworkPolicy.cilium.io",
)
# Policies for the whole cluster may govern any namespace.
CLUSTER_KINDS: Final = (
    "AdminNetworkPolicy.policy.networking.k8s.io",
    "BaselineAdminNetworkPolicy.policy.networking.k8s.io",
    "CiliumClusterwideNetworkPolicy.cilium.io",
    "ClusterNetworkPolicy.policy.networking.k8s.io",
    "GlobalNetworkPolicy.crd.projectcalico.org",
    "GlobalNetworkPolicy.projectcalico.org",
)


def types_of(policy: Object) -> frozenset[str]:
    """The directions that a policy governs, as written or by default.

    Mirrors: pkg/apis/networking/v1/defaults.go SetDefaults_NetworkPolicy @ v1.37
    """
    written = sequence(policy.spec.get("policyTypes"))
    if written:
        return frozenset(map(text, written))
    return frozenset(DIRECTIONS if sequence(policy.spec.get("egress")) else DIRECTIONS[:1])


def rules_of(policy: Object, direction: Direction) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The rules of one direction, each with its path, whether the policy governs the direction or not."""
    field = direction.lower()
    for index, rule in items(policy.spec.get(field)):
        yield ("spec", field, index), rule


def selector_in(data: Mapping[str, Any], field: str = "podSelector") -> LabelSelector | None:
    """The selector in a field, or None if there is none or a part of it waits for a value or has a wrong type."""
    written = data.get(field)
    if not isinstance(written, dict):
        return None
    selector = LabelSelector.of(written)
    is_known = all(type(value) is str for value in mapping(written.get("matchLabels")).values()) and not any(
        has_placeholder(word) for one in selector.requirements for word in (one.key, *one.values)
    )
    return selector if is_known else None


def pods_governed(cluster: Cluster, policy: Object) -> tuple[Pod, ...] | None:
    """The pods that a policy selects and whose namespace is written as the policy's is; None if its selector waits."""
    selector = selector_in(policy.spec)
    return None if selector is None else pods_at(cluster, selector, policy.namespace)


@once
def pods_at(cluster: Cluster, selector: LabelSelector, namespace: str) -> tuple[Pod, ...]:
    """The pods that a selector matches among those whose namespace is written in the same way, or not at all."""
    found = cluster.pods_selected(selector, namespace)
    return tuple(pod for pod in found if pod.namespace == namespace and pod.containers)


@once
def policies_by_selector(cluster: Cluster, direction: Direction) -> Mapping[tuple[str, LabelSelector], list[Object]]:
    """The policies that govern a direction, by their namespace and selector, in order of reading."""
    found: dict[tuple[str, LabelSelector], list[Object]] = {}
    for kind in KINDS:
        for policy in cluster.of_kind(kind):
            selector = selector_in(policy.spec)
            if selector is not None and direction in types_of(policy):
                found.setdefault((policy.namespace, selector), []).append(policy)
    return found


def _named(selector: LabelSelector) -> frozenset[str] | None:
    """The namespaces that a namespaceSelector selects by name alone, or None if other labels decide."""
    names = [one for one in selector.requirements if one.key == NAMESPACE_NAME and one.operator == "In"]
    if len(names) != 1 or len(selector.requirements) != 1:
        return None
    return frozenset(names[0].values)


def pods_of_peer(cluster: Cluster, policy: Object, peer: Mapping[str, Any]) -> tuple[Pod, ...] | None:
    """The first pods of a peer, or None if the files do not tell: an ipBlock, or namespaces known by other labels."""
    if "ipBlock" in peer:
        return None
    everybody = LabelSelector(())
    selector = selector_in(peer) if "podSelector" in peer else everybody
    if selector is None or not peer:
        return None
    if "namespaceSelector" not in peer:
        return pods_at(cluster, selector, policy.namespace)[:_FIRST]
    places = selector_in(peer, "namespaceSelector")
    names = _named(places) if places is not None else None
    if not names:
        return None
    several = chain.from_iterable(pods_at(cluster, selector, name) for name in sorted(names))
    return tuple(islice(several, _FIRST))


_FIRST: Final = 50


class PortRange(NamedTuple):
    """What an entry of `ports` opens: numbers from first to last, both None for all, or a name."""

    first: int | None
    last: int | None
    name: str
    protocol: str

    def has(self, number: int) -> bool:
        """Whether the number is in the range; not asked of a name."""
        return self.first is None or self.last is None or self.first <= number <= self.last


def port_ranges(rule: Mapping[str, Any]) -> list[tuple[int, PortRange]] | None:
    """The entries of `ports` with their indices; empty if all ports are open; None if one of them is unknown."""
    found = []
    for index, entry in enumerate(sequence(rule.get("ports"))):
        port, last = mapping(entry).get("port"), mapping(entry).get("endPort")
        protocol = text(mapping(entry).get("protocol")) or "TCP"
        number = integer(port)
        if not isinstance(entry, dict) or has_placeholder(port) or has_placeholder(protocol):
            return None
        if number is not None:
            found.append((index, PortRange(number, integer(last) or number, "", protocol)))
        elif port is None:
            found.append((index, PortRange(None, None, "", protocol)))
        elif isinstance(port, str):
            found.append((index, PortRange(None, None, port, protocol)))
        else:
            return None
    return found


def is_on_host(pod: Pod) -> bool:
    """Whether a pod uses the network of its node, which policies do not govern."""
    return pod.spec.get("hostNetwork") is True


def container_ports(pod: Pod) -> Iterator[dict[str, Any]]:
    """The ports that the containers of a pod declare."""
    for container in pod.containers:
        for _, entry in items(container.data.get("ports")):
            yield entry


def target_port(pod: Pod, port: Mapping[str, Any]) -> int | None:
    """The number of the pod's port to which the port of a Service sends, or None if it cannot be told.

    Mirrors: pkg/api/v1/pod/util.go FindPort @ v1.37
    """
    written = port.get("targetPort") or port.get("port")
    if not isinstance(written, str):
        return integer(written)
    if written.isascii() and written.isdigit() and len(written) < _LONG:
        return int(written)
    return next((integer(one.get("containerPort")) for one in container_ports(pod) if one.get("name") == written), None)


_LONG: Final = 6
