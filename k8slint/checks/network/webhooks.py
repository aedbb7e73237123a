"""Admission webhooks that stand in the way of what runs them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from k8slint.cluster.cluster import Cluster
from k8slint.cluster.webhooks import (
    Backend,
    backend_at,
    backend_pods,
    covers_namespace,
    covers_pod,
    fails_closed,
    has_conditions,
    is_asked_about_new_pods,
    webhooks_of,
)
from k8slint.loading.document import Path
from k8slint.objects.fields import text
from k8slint.objects.object import Object, Pod
from k8slint.objects.problem import Absence, Problem, Related
from k8slint.values.labels import LabelSelector
from k8slint.values.well_known import NAMESPACE_NAME

_SYSTEM: Final = "kube-system"
# What an object selector may ask of pods that nobody labelled for the webhook, as those of kube-system are.
_LEAVES_OUT: Final = ("DoesNotExist", "NotIn")
_LABELS_OF_SYSTEM_PODS: Final = ("app", "component", "k8s-app", "tier")


def webhook_blocks_itself(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A webhook that fails closed and is asked about the very pods that answer it."""
    for path, webhook, backend in _asked_about_pods(obj):
        found = _own_pods(cluster, webhook, backend)
        if found is None:
            continue
        service, pod = found
        system = f', and every Pod of namespace "{_SYSTEM}"' if _covers_system(cluster, webhook) else ""
        message = f"the webhook is asked about the Pods that answer it, those of {pod.obj}{system}, and fails closed"
        related = (
            Related(service, ("metadata", "name"), "the Service that is called"),
            Related(pod.obj, ("metadata", "name"), "its Pods answer the webhook"),
        )
        name = text(webhook.get("name"))
        where = f"{backend.name}.{backend.namespace}.svc:{backend.port}"
        effect = (
            f'Once all of them are gone, none can be made: Internal error occurred: failed calling webhook "{name}": '
            f'failed to call webhook: Post "https://{where}": no endpoints available for service "{backend.name}".'
        )
        fix, rests_on = _fix(backend, system), _unless_patched(obj)
        yield Problem(_place(path, webhook), message, related, effect, fix, rests_on=rests_on)


def webhook_blocks_system_namespaces(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A webhook in the cluster that fails closed and is asked about all pods of kube-system."""
    for path, webhook, backend in _asked_about_pods(obj):
        if not _covers_system(cluster, webhook) or _own_pods(cluster, webhook, backend) is not None:
            continue
        message = f'the webhook is asked about every Pod of namespace "{_SYSTEM}", and fails closed'
        related = (Related(obj, backend.path, "it runs in the cluster"),)
        fix, rests_on = _fix(backend, message), _unless_patched(obj)
        yield Problem(_place(path, webhook), message, related, fix=fix, rests_on=rests_on)


def _asked_about_pods(obj: Object) -> Iterator[tuple[Path, Mapping[str, Any], Backend]]:
    """The webhooks that a Service answers, that fail closed, and that are asked about new pods by rules alone."""
    for path, webhook in webhooks_of(obj):
        if not fails_closed(obj, webhook) or has_conditions(webhook) or not is_asked_about_new_pods(webhook):
            continue
        backend = backend_at(webhook, path)
        if backend is not None and backend.namespace:
            yield path, webhook, backend


def _own_pods(cluster: Cluster, webhook: Mapping[str, Any], backend: Backend) -> tuple[Object, Pod] | None:
    """The Service and the first of its pods about whose making the webhook is asked, if it is asked about each."""
    pods = backend_pods(cluster, backend)
    if not pods or not covers_namespace(cluster, webhook, backend.namespace):
        return None
    return pods[0] if all(covers_pod(webhook, pod.labels) for _, pod in pods) else None


def _covers_system(cluster: Cluster, webhook: Mapping[str, Any]) -> bool:
    requirements = LabelSelector.of(webhook.get("objectSelector")).requirements
    if any(one.operator not in _LEAVES_OUT or one.key in _LABELS_OF_SYSTEM_PODS for one in requirements):
        return False
    return covers_namespace(cluster, webhook, _SYSTEM)


def _unless_patched(obj: Object) -> Absence | None:
    """The condition that no patch leaves namespaces out; the object's own file, which may be taken for one, is none."""
    return None if NAMESPACE_NAME in obj.document.source.text else Absence(mended_by=NAMESPACE_NAME)


def _place(path: Path, webhook: Mapping[str, Any]) -> Path:
    return (*path, "failurePolicy") if webhook.get("failurePolicy") else (*path, "rules")


def _fix(backend: Backend, system: str) -> str:
    """A namespaceSelector that leaves out the namespaces in question."""
    names = list(dict.fromkeys((backend.namespace, _SYSTEM) if system else (backend.namespace,)))
    written = f"{{key: {NAMESPACE_NAME}, operator: NotIn, values: [{', '.join(names)}]}}"
    return f"Leave them out: namespaceSelector: {{matchExpressions: [{written}]}}."
