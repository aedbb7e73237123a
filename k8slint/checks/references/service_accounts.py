"""ServiceAccounts that Pods run as, and that bindings give rights to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from k8slint.checks.references.absence import absence, is_missing, is_near
from k8slint.checks.references.classes_of_pods import missing_from_pod
from k8slint.cluster.cluster import Cluster, once
from k8slint.objects.fields import items, text
from k8slint.objects.object import Object, Pod
from k8slint.objects.problem import Problem
from k8slint.values.names import is_dns_subdomain
from k8slint.values.placeholder import has_placeholder

_NO_RIGHTS: Final = "Nobody gets the rights now: requests of the Pods that it is for are Forbidden."
_OF_BINDING: Final = "Correct the name or the namespace of the subject, or add the ServiceAccount to the files."


def missing_service_account(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A ServiceAccount that no file holds, though a pod runs as it or a binding gives it rights."""
    if obj.pod is not None:
        yield from _of_pod(obj.pod, cluster)
    elif obj.kind in ("RoleBinding", "ClusterRoleBinding"):
        yield from _of_binding(obj, cluster)


def _of_pod(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """The problem of a pod.

    Mirrors: plugin/pkg/admission/serviceaccount/admission.go Admit @ v1.36
    """
    # The API server reads the old field if the new one is not written.
    field = "serviceAccountName" if pod.spec.get("serviceAccountName") else "serviceAccount"
    name = text(pod.spec.get(field))
    where = f"{pod.namespace}/" if pod.namespace else ""
    refusal = f'error looking up service account {where}{name}: serviceaccount "{name}" not found'
    for problem in missing_from_pod(pod, cluster, "ServiceAccount", field, refusal):
        yield problem._replace(path=(*pod.path, *problem.path))


def _of_binding(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    for index, subject in items(obj.data.get("subjects")):
        name, namespace = text(subject.get("name")), text(subject.get("namespace")) or obj.namespace
        if subject.get("kind") != "ServiceAccount" or not is_dns_subdomain(name) or has_placeholder(namespace):
            continue
        # The API server refuses a subject without a namespace in a ClusterRoleBinding, so a tool will fill it in.
        if obj.kind == "ClusterRoleBinding" and not namespace:
            continue
        if not is_missing(cluster, obj, "ServiceAccount", name, namespace):
            continue
        # If the files put nothing into a namespace, its accounts are the work of others.
        if namespace in _peopled(cluster) or is_near(cluster, "ServiceAccount", namespace, name):
            path = ("subjects", index, "name")
            problem = absence(path, cluster, obj, "ServiceAccount", name, namespace=namespace, effect=_NO_RIGHTS)
            yield problem._replace(fix=problem.fix or _OF_BINDING)


@once
def _peopled(cluster: Cluster) -> frozenset[str]:
    """The namespaces for which the files hold ServiceAccounts or Pods."""
    accounts = (obj.namespace for obj in cluster.of_kind("ServiceAccount"))
    return frozenset((*accounts, *(pod.namespace for pod in cluster.pods)))
