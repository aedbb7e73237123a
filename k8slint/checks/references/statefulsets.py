"""The governing Services of StatefulSets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final

from k8slint.checks.references.absence import absence
from k8slint.cluster.cluster import Cluster, may_share_namespace, once
from k8slint.cluster.pod_selectors import labels_selector
from k8slint.cluster.references import is_supplied, may_exist
from k8slint.objects.fields import integer, text
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem, Related
from k8slint.values.grouped import grouped
from k8slint.values.labels import LabelSelector
from k8slint.values.names import is_dns_subdomain
from k8slint.values.placeholder import has_placeholder


def statefulset_service_missing(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A StatefulSet whose governing Service no file holds."""
    name = text(obj.spec.get("serviceName"))
    if not is_dns_subdomain(name) or is_supplied(cluster, "Service", obj.namespace, name):
        return
    if not may_exist(cluster, obj, "Service", name):
        effect = f"The Pods run, but names such as {obj.name}-0.{name} do not resolve: peers do not find each other."
        yield absence(("spec", "serviceName"), cluster, obj, "Service", name, effect=effect)


def statefulset_service_not_headless(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A StatefulSet whose governing Service has an address of its own, with no headless one beside it."""
    name = text(obj.spec.get("serviceName"))
    services = cluster.find("Service", obj.namespace, name) if is_dns_subdomain(name) else ()
    if not services or any(map(_may_be_headless, services)):
        return
    # Whoever writes that there is one Pod means the Service's address by its name, and none has peers.
    if integer(obj.spec.get("replicas")) in (0, 1):
        return
    if obj.pod is None or _has_headless(obj, cluster):
        return
    service = services[0]
    related = (Related(service, ("spec", "clusterIP") if "clusterIP" in service.spec else ("spec",), "its Service"),)
    effect = (
        f"The name {name} resolves to the one address of the Service, not to those of the Pods, and DNS promises names "
        f"such as {obj.name}-0.{name} for headless Services only: with kube-dns they do not resolve."
    )
    yield Problem(("spec", "serviceName"), f'Service "{name}" is not headless: it has a clusterIP', related, effect)


def _may_be_headless(service: Object) -> bool:
    """Whether a Service is headless, gives the names of pods all the same, or is not yet rendered."""
    spec = service.spec
    address = spec.get("clusterIP")
    return (
        address == "None"
        or has_placeholder(address)
        or has_placeholder(spec.get("type"))
        or spec.get("type") == "ExternalName"
        or spec.get("publishNotReadyAddresses") is True
    )


def _has_headless(obj: Object, cluster: Cluster) -> bool:
    """Whether a headless Service that does not govern the StatefulSet selects its pods."""
    labels = obj.pod.labels if obj.pod is not None else {}
    services = _headless_by_label(cluster)
    return any(
        may_share_namespace(service.namespace, obj.namespace) and selector.matches(labels)
        for label in labels.items()
        for service, selector in islice(services.get(label, ()), _LOOKED_AT)
    )


_LOOKED_AT: Final = 200


@once
def _headless_by_label(cluster: Cluster) -> Mapping[tuple[str, str], tuple[tuple[Object, LabelSelector], ...]]:
    """The headless Services with their selectors, by the first label of these."""
    services = ((service, labels_selector(service.spec.get("selector"))) for service in cluster.of_kind("Service"))
    return grouped(
        ((selector.requirements[0].key, selector.requirements[0].values[0]), (service, selector))
        for service, selector in services
        if selector is not None and service.spec.get("clusterIP") == "None"
    )
