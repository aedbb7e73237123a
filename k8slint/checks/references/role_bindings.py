"""Roles and subjects of bindings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from k8slint.checks.references.absence import absence, is_missing, is_near, mistaken_kind, of_other_kind
from k8slint.cluster.cluster import Cluster, once
from k8slint.cluster.references import is_supplied, may_exist
from k8slint.cluster.tables import given_as
from k8slint.objects.fields import items, mapping, text
from k8slint.objects.object import Object
from k8slint.objects.problem import Absence, Problem
from k8slint.values.names import is_dns_subdomain
from k8slint.values.placeholder import has_placeholder

_RBAC: Final = "rbac.authorization.k8s.io"


def missing_role(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A binding to a Role or ClusterRole that no file holds."""
    ref = mapping(obj.data.get("roleRef"))
    kind, name = text(ref.get("kind")), text(ref.get("name"))
    if kind not in ("Role", "ClusterRole") or not name or has_placeholder(name):
        return
    group_kind = f"{kind}.{_RBAC}"
    if is_supplied(cluster, group_kind, obj.namespace, name) or may_exist(cluster, obj, group_kind, name):
        return
    effect = f'It grants nothing: requests are Forbidden, with RBAC: {kind.lower()}.{_RBAC} "{name}" not found.'
    if kind == "Role" and given_as(f"ClusterRole.{_RBAC}", "", name) is not None:
        message = f'Role "{name}" is not among the files, but every cluster has a ClusterRole "{name}"'
        yield Problem(
            ("roleRef", "kind"), message, effect=effect, fix="Write kind: ClusterRole.", rests_on=Absence(name)
        )
        return
    other = "ClusterRole" if kind == "Role" else "Role"
    mistaken = of_other_kind(cluster, obj, {other: f"{other}.{_RBAC}"}, name)
    if mistaken is not None:
        yield mistaken_kind(("roleRef", "kind"), kind, name, mistaken, effect)
    else:
        yield absence(("roleRef", "name"), cluster, obj, group_kind, name, effect=effect)


def missing_binding_subject(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A ServiceAccount that a binding gives rights to and no file holds for its namespace."""
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
            yield absence(path, cluster, obj, "ServiceAccount", name, namespace=namespace)


@once
def _peopled(cluster: Cluster) -> frozenset[str]:
    """The namespaces for which the files hold ServiceAccounts or Pods."""
    accounts = (obj.namespace for obj in cluster.of_kind("ServiceAccount"))
    return frozenset((*accounts, *(pod.namespace for pod in cluster.pods)))
