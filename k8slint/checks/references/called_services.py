"""Services that the API server itself calls: of webhooks, conversions and aggregated APIs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from k8slint.checks.references.absence import absence, is_missing, is_near, served_namespaces
from k8slint.checks.references.service_ports import all_without_port, port_problem
from k8slint.cluster.cluster import Cluster
from k8slint.cluster.evidence import evidence_of
from k8slint.cluster.references import supplies
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, integer, items, mapping, text
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem
from k8slint.values.names import is_dns_subdomain
from k8slint.values.placeholder import has_placeholder

# The port that the API server takes if none is written.
_HTTPS: Final = 443


def webhook_service_missing(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Service, or a port of one, that a webhook is called at and that no file holds.

    Mirrors: apiserver pkg/util/proxy/proxy.go ResolveCluster @ v1.36
    """
    said: set[tuple[str, str, int | None]] = set()
    for index, webhook in items(obj.data.get("webhooks")):
        service = mapping(dig(webhook, "clientConfig", "service"))
        called = (text(service.get("name")), text(service.get("namespace")), integer(service.get("port")))
        if called in said:
            continue
        said.add(called)
        is_ignored = webhook.get("failurePolicy") == "Ignore"
        passed = "The webhook is passed over" if is_ignored else "The requests that it covers are refused"
        who = f'failed calling webhook "{text(webhook.get("name"))}"'
        path = ("webhooks", index, "clientConfig", "service")
        yield from _uncalled(path, service, obj, cluster, f"{passed}: {who}: ")


def aggregated_api_service_missing(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Service, or a port of one, that serves an API and that no file holds.

    Mirrors: kube-aggregator pkg/controllers/status/remote/remote_available_controller.go sync @ v1.36
    """
    service = mapping(obj.spec.get("service"))
    effect = "Nothing of the API is served, and deleting any namespace waits for it: Available is False: "
    yield from _uncalled(("spec", "service"), service, obj, cluster, effect)


def conversion_webhook_missing(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Service, or a port of one, that converts between versions, of which only a similar one is there.

    The definitions of an operator are often applied before it and apart from it.
    """
    conversion = mapping(obj.spec.get("conversion"))
    # With one version, nothing is ever converted.
    if conversion.get("strategy") != "Webhook" or sum(1 for _ in items(obj.spec.get("versions"))) < _CONVERTED:
        return
    service = mapping(dig(conversion, "webhook", "clientConfig", "service"))
    path = ("spec", "conversion", "webhook", "clientConfig", "service")
    effect = "Objects of another version than the stored one cannot be read, listed or deleted: "
    yield from _uncalled(path, service, obj, cluster, effect, only_near=True)


_CONVERTED: Final = 2


def _uncalled(
    path: Path, service: dict[str, Any], obj: Object, cluster: Cluster, effect: str, *, only_near: bool = False
) -> Iterator[Problem]:
    """The problem of a reference to a Service that is not there or lacks the port; `effect` goes on with the reason."""
    name, namespace = text(service.get("name")), text(service.get("namespace"))
    port = _HTTPS if service.get("port") is None else integer(service.get("port"))
    if not is_dns_subdomain(name) or not namespace or has_placeholder(namespace):
        return
    if is_missing(cluster, obj, "Service", name, namespace):
        is_ours = not only_near and namespace in served_namespaces(cluster)
        if is_ours or is_near(cluster, "Service", namespace, name):
            said = f'{effect}service "{name}" not found.'
            yield absence((*path, "name"), cluster, obj, "Service", name, effect=said, namespace=namespace)
        return
    lacking = None if port is None else all_without_port(supplies(cluster, "Service", namespace, name), "number", port)
    if lacking is not None and port is not None and not evidence_of(cluster).is_patched(str(port)):
        said = f'{effect}no service port {port} found for service "{name}".'
        yield port_problem((*path, "port"), lacking, "number", port, effect=said)
