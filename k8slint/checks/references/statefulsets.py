"""The governing Services of StatefulSets."""

from __future__ import annotations

from collections.abc import Iterator

from k8slint.checks.references.absence import absence
from k8slint.cluster.cluster import Cluster
from k8slint.cluster.references import is_supplied, may_exist
from k8slint.objects.fields import text
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem
from k8slint.values.names import is_dns_subdomain


def statefulset_service_missing(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A StatefulSet whose governing Service no file holds."""
    name = text(obj.spec.get("serviceName"))
    if not is_dns_subdomain(name) or is_supplied(cluster, "Service", obj.namespace, name):
        return
    if not may_exist(cluster, obj, "Service", name):
        effect = f"The Pods run, but names such as {obj.name}-0.{name} do not resolve: peers do not find each other."
        yield absence(("spec", "serviceName"), cluster, obj, "Service", name, effect=effect)
