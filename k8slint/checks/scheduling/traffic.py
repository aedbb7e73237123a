"""What Services of the described cluster do not get: pods on every node that takes their traffic, and an address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from k8slint.cluster.cluster import Cluster, once
from k8slint.cluster.pod_selectors import selector_of
from k8slint.objects.fields import dig, integer, items, text
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem
from k8slint.simulation.results import DryRun, Verdict
from k8slint.values.regex import regex
from k8slint.values.well_known import NODE_ROLE_PREFIX

# Programs that give Services of the type LoadBalancer their address, by a part of their images, groups or versions.
_GIVERS: Final = regex(
    r"metallb|kube-vip|klipper|purelb|openelb|porter|cloud-controller|cloud-provider|load-?balancer|cilium|loxilb|antrea"
)
# Distributions that have one built in.
_BUILT_IN: Final = regex(r"\+(?:k3s|rke2|k0s)")


def traffic_problems(cluster: Cluster, run: DryRun) -> Iterator[tuple[Object, Problem]]:
    """Services whose traffic is lost on some of the described nodes, and those that never get an address."""
    for service in cluster.of_kind("Service"):
        if service.is_context:
            continue
        kind = service.spec.get("type")
        if kind == "NodePort" and service.spec.get("externalTrafficPolicy") == "Local":
            yield from _without_endpoints(service, cluster, run)
        elif kind == "LoadBalancer" and not service.spec.get("loadBalancerClass") and not _gives_addresses(cluster):
            message = 'nothing in the described cluster gives a Service of the type "LoadBalancer" an address'
            yield service, Problem(("spec", "type"), message, rule="load-balancer-without-provider")


def _without_endpoints(service: Object, cluster: Cluster, run: DryRun) -> Iterator[tuple[Object, Problem]]:
    selector = selector_of(service)
    if selector is None:
        return
    holding = {
        pod.node
        for template in cluster.pods_selected(selector, service.namespace)
        for pod in run.of(template.obj)
        if pod.verdict is Verdict.ASSIGNED
    }
    nodes = cluster.nodes or ()
    workers = [node for node in nodes if not any(label.startswith(NODE_ROLE_PREFIX) for label in node.labels)] or nodes
    empty = [node.name for node in workers if node.name not in holding]
    if holding and empty:
        ports = [port for _, entry in items(service.spec.get("ports")) if (port := integer(entry.get("nodePort")))]
        where = f"node port {ports[0]}" if ports else "its node ports"
        message = (
            f"the Pods run on {len(workers) - len(empty)} of {len(workers)} nodes; "
            f'the others, as "{empty[0]}", drop what comes to {where}'
        )
        yield service, Problem(("spec", "externalTrafficPolicy"), message, rule="local-traffic-policy-without-endpoint")


@once
def _gives_addresses(cluster: Cluster) -> bool:
    """Whether something may give addresses, or the description does not tell: one by hand says nothing of providers."""
    nodes = cluster.nodes or ()
    versions = [text(dig(node.data, "status", "nodeInfo", "kubeletVersion")) for node in nodes]
    if not all(versions) or any(node.spec.get("providerID") for node in nodes):
        return True
    if any(_BUILT_IN.search(version) for version in versions):
        return True
    described = (*cluster.objects, *(cluster.description or ()))
    return any(_GIVERS.search(obj.gvk.group) for obj in described) or any(
        _GIVERS.search(text(container.data.get("image"))) for pod in cluster.pods for container in pod.containers
    )
