"""Services and ports that Ingresses route to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from k8slint.checks.references.absence import absence
from k8slint.checks.references.service_ports import all_without_port, port_problem
from k8slint.cluster.cluster import Cluster
from k8slint.cluster.evidence import evidence_of
from k8slint.cluster.ingresses import backends_of
from k8slint.cluster.references import is_supplied, may_exist, supplies
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, mapping, text
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem
from k8slint.values.names import is_dns_subdomain
from k8slint.values.placeholder import has_placeholder


def ingress_backend_missing(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A backend whose Service no file holds."""
    said: set[str] = set()
    for path, service in _backends(obj):
        name = text(service.get("name"))
        if name in said or not is_dns_subdomain(name) or is_supplied(cluster, "Service", obj.namespace, name):
            continue
        said.add(name)
        if not may_exist(cluster, obj, "Service", name):
            effect = f'Requests get 503 or a default page; kubectl describe shows <error: services "{name}" not found>.'
            yield absence((*path, "name"), cluster, obj, "Service", name, effect=effect)


def ingress_backend_port_missing(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A backend port that all Services of the name lack."""
    said: set[tuple[str, str | int]] = set()
    for path, service in _backends(obj):
        name, port = text(service.get("name")), mapping(service.get("port"))
        field = "number" if "number" in port else "name"
        wanted = port.get(field)
        if not isinstance(wanted, str | int) or (name, wanted) in said or has_placeholder(wanted):
            continue
        said.add((name, wanted))
        lacking = all_without_port(supplies(cluster, "Service", obj.namespace, name), field, wanted)
        if lacking is not None and not evidence_of(cluster).is_patched(str(wanted)):
            yield port_problem((*path, "port", field), lacking, field, wanted)


def _backends(obj: Object) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The Service backends of an Ingress, each with its path, without those that a controller's annotation defines."""
    for path, service in backends_of(obj):
        # A port of this name makes the controller read the backend from an annotation.
        if dig(service, "port", "name") != "use-annotation":
            yield path, service
