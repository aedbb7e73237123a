"""Admission webhooks: the Services that answer them, and what they are asked about as far as the files tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from k8slint.cluster.cluster import Cluster
from k8slint.cluster.services import pods_behind
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, integer, items, mapping, sequence, text
from k8slint.objects.object import Object, Pod
from k8slint.values.labels import LabelSelector, Requirement
from k8slint.values.placeholder import has_placeholder
from k8slint.values.well_known import NAMESPACE_NAME

KINDS: Final = (
    "MutatingWebhookConfiguration.admissionregistration.k8s.io",
    "ValidatingWebhookConfiguration.admissionregistration.k8s.io",
)


class Backend(NamedTuple):
    """The Service that the API server calls; `path` leads from the object to it."""

    path: Path
    namespace: str
    name: str
    port: int


def webhooks_of(obj: Object) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The webhooks of a configuration, each with its path."""
    for index, webhook in items(obj.data.get("webhooks")):
        yield ("webhooks", index), webhook


def backend_at(data: Mapping[str, Any], path: Path) -> Backend | None:
    """The Service in a `clientConfig` at the path, or None if it is a URL or waits for a value."""
    service = mapping(mapping(data.get("clientConfig")).get("service"))
    namespace, name, port = text(service.get("namespace")), text(service.get("name")), service.get("port")
    if not name or has_placeholder(name) or has_placeholder(namespace) or not (port is None or integer(port)):
        return None
    return Backend((*path, "clientConfig", "service"), namespace, name, 443 if port is None else port)


def backend_pods(cluster: Cluster, backend: Backend) -> tuple[tuple[Object, Pod], ...]:
    """The pods that answer a webhook, each with the Service that selects it."""
    return pods_behind(cluster, backend.namespace, backend.name)


def fails_closed(obj: Object, webhook: Mapping[str, Any]) -> bool:
    """Whether a webhook that cannot be called refuses the request; v1beta1 had another default.

    Mirrors: pkg/apis/admissionregistration/v1/defaults.go SetDefaults_ValidatingWebhook @ v1.37
    """
    policy = webhook.get("failurePolicy")
    return policy == "Fail" or (policy is None and obj.gvk.version == "v1")


def is_asked_about_new_pods(webhook: Mapping[str, Any]) -> bool:
    """Whether a rule has the webhook asked when any pod is made.

    Mirrors: apiserver pkg/admission/plugin/webhook/predicates/rules/rules.go Matcher.Matches @ v1.37
    """
    return any(
        _has(rule, "operations", "CREATE", "*")
        and _has(rule, "apiGroups", "", "*")
        and _has(rule, "apiVersions", "v1", "*")
        and _has(rule, "resources", "pods", "*", "*/*")
        and rule.get("scope") in (None, "*", "Namespaced")
        for _, rule in items(webhook.get("rules"))
    )


def _has(rule: Mapping[str, Any], field: str, *wanted: str) -> bool:
    return any(each in wanted for each in sequence(rule.get(field)))


def covers_namespace(cluster: Cluster, webhook: Mapping[str, Any], namespace: str) -> bool:
    """Whether the namespaceSelector takes in the namespace for certain; labels are known if a file holds the Namespace.

    Mirrors: apiserver pkg/admission/plugin/webhook/predicates/namespace/matcher.go MatchNamespaceSelector @ v1.37
    """
    selector = LabelSelector.of(webhook.get("namespaceSelector"))
    if not selector.requirements:
        return True
    labels = {NAMESPACE_NAME: namespace}
    written = [obj for obj in cluster.of_kind("Namespace") if obj.name == namespace]
    if not all(_is_known(one) and (written or one.key == NAMESPACE_NAME) for one in selector.requirements):
        return False
    return all(selector.matches({**obj.labels, **labels}) for obj in written) and selector.matches(
        {**(written[0].labels if written else {}), **labels}
    )


def covers_pod(webhook: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether the objectSelector takes in pods of those labels."""
    selector = LabelSelector.of(webhook.get("objectSelector"))
    return all(map(_is_known, selector.requirements)) and selector.matches(labels)


def _is_known(one: Requirement) -> bool:
    return not any(map(has_placeholder, (one.key, *one.values)))


def has_conditions(webhook: Mapping[str, Any]) -> bool:
    """Whether expressions decide what the webhook is asked about; nothing here evaluates them."""
    return bool(dig(webhook, "matchConditions"))
