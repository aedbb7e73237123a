"""NetworkPolicies that keep the API server from the pods that it must call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final, NamedTuple

from k8slint.cluster.cluster import Cluster, once
from k8slint.cluster.evidence import evidence_of
from k8slint.cluster.network_policies import (
    is_on_host,
    pods_at,
    policies_by_selector,
    port_ranges,
    rules_of,
    selector_in,
    target_port,
)
from k8slint.cluster.webhooks import KINDS, backend_at, backend_pods, webhooks_of
from k8slint.loading.document import Path
from k8slint.objects.fields import items, mapping
from k8slint.objects.object import Object, Pod
from k8slint.objects.problem import Absence, Problem, Related
from k8slint.values.well_known import NAMESPACE_NAME

_SYSTEM: Final = "kube-system"
_DEFINITIONS: Final = "CustomResourceDefinition.apiextensions.k8s.io"


def network_policy_blocks_webhook(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A policy that closes the pods of a webhook, if no policy opens their port to the API server."""
    call = _closed(cluster).get(obj)
    if call is None or evidence_of(cluster).is_open(obj):
        return
    message = (
        f"{call.holder} has the API server call the Pods of {call.pod.obj} on port {call.port}, "
        "and no policy opens that port to it: the API server is no Pod that a selector could name"
    )
    related = (
        Related(call.holder, call.path, "the API server calls this Service"),
        Related(call.pod.obj, ("metadata", "name"), "its Pods answer"),
    )
    rule = f"ingress: [{{ports: [{{port: {call.port}}}]}}]"
    fix = f"Add a rule without `from`, or with an ipBlock of the API servers: {rule}."
    field = "ingress" if obj.spec.get("ingress") else "podSelector"
    yield Problem(("spec", field), message, related, fix=fix, rests_on=Absence(str(call.port), str(call.port)))


class _Call(NamedTuple):
    """A pod that the API server calls: who says so, where, and the port of the pod."""

    holder: Object
    path: Path
    pod: Pod
    port: int


# No cluster has more; the first are looked at, so that many policies are not held against many pods.
_MOST_CALLS: Final = 100


@once
def _closed(cluster: Cluster) -> Mapping[Object, _Call]:
    """The first policy that closes each pod that the API server calls and that no policy opens to it."""
    calls = {call.pod: call for call in islice(_calls(cluster), _MOST_CALLS)}
    if not calls:
        return {}
    first: dict[Pod, Object] = {}
    opened: set[Pod] = set()
    for (namespace, selector), several in policies_by_selector(cluster, "Ingress").items():
        for pod in pods_at(cluster, selector, namespace):
            if pod not in calls:
                continue
            first.setdefault(pod, several[0])
            if any(_opens(policy, calls[pod]) for policy in several):
                opened.add(pod)
    found: dict[Object, _Call] = {}
    for pod, policy in first.items():
        if pod not in opened:
            found.setdefault(policy, calls[pod])
    return found


def _calls(cluster: Cluster) -> Iterator[_Call]:
    """The pods behind the Services of webhooks, of admission and of conversion, that policies govern."""
    for holder, path, data in _configurations(cluster):
        backend = backend_at(data, path)
        if backend is None:
            continue
        for service, pod in backend_pods(cluster, backend):
            port = next(
                (port for _, port in items(service.spec.get("ports")) if port.get("port") == backend.port), None
            )
            number = target_port(pod, port) if port is not None else None
            if number is not None and not is_on_host(pod):
                yield _Call(holder, backend.path, pod, number)


def _configurations(cluster: Cluster) -> Iterator[tuple[Object, Path, Mapping[str, Any]]]:
    for kind in KINDS:
        for obj in cluster.of_kind(kind):
            for path, webhook in webhooks_of(obj):
                yield obj, path, webhook
    for obj in cluster.of_kind(_DEFINITIONS):
        conversion = mapping(obj.spec.get("conversion"))
        if conversion.get("strategy") == "Webhook":
            yield obj, ("spec", "conversion", "webhook"), mapping(conversion.get("webhook"))


def _opens(policy: Object, call: _Call) -> bool:
    """Whether a rule may let the API server in: it comes from an address, or through pods of kube-system."""
    for _, rule in rules_of(policy, "Ingress"):
        ports, peers = port_ranges(rule), [peer for _, peer in items(rule.get("from"))]
        if peers and not any(_may_be_server(peer, policy) for peer in peers):
            continue
        if not ports or any(port.name or port.has(call.port) for _, port in ports):
            return True
    return False


def _may_be_server(peer: Mapping[str, Any], policy: Object) -> bool:
    """Whether a peer may be where the API server, or a tunnel to it, is; names of other namespaces rule that out."""
    if "ipBlock" in peer or not peer:
        return True
    if "namespaceSelector" not in peer:
        return policy.namespace == _SYSTEM
    places = selector_in(peer, "namespaceSelector")
    return places is None or all(
        one.key != NAMESPACE_NAME or one.matches({NAMESPACE_NAME: _SYSTEM}) for one in places.requirements
    )
