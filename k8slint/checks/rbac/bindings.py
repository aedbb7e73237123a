"""Which bindings name a role, and which ClusterRoles a subject has, as far as the files say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from k8slint.checks.rbac.policy_rules import CLUSTER_ROLE_BINDING, ROLE_BINDING
from k8slint.cluster.cluster import Cluster, once
from k8slint.objects.fields import items, mapping, text
from k8slint.objects.object import Object
from k8slint.values.grouped import grouped


class Subject(NamedTuple):
    """Whom a binding names; `namespace` is that of a ServiceAccount, empty for users and groups."""

    kind: str
    namespace: str
    name: str


def subjects_of(binding: Object) -> Iterator[tuple[int, Subject]]:
    """The subjects with their indices; an account without a namespace is of that of the binding."""
    for index, subject in items(binding.data.get("subjects")):
        kind = text(subject.get("kind"))
        namespace = (text(subject.get("namespace")) or binding.namespace) if kind == "ServiceAccount" else ""
        yield index, Subject(kind, namespace, text(subject.get("name")))


def role_of(binding: Object) -> tuple[str, str]:
    """Kind and name of the role that a binding grants."""
    ref = mapping(binding.data.get("roleRef"))
    return text(ref.get("kind")), text(ref.get("name"))


@once
def bindings_of(cluster: Cluster) -> Mapping[tuple[str, str], tuple[Object, ...]]:
    """All bindings by kind and name of their role."""
    return grouped((role_of(binding), binding) for binding in _all(cluster))


@once
def cluster_roles_of(cluster: Cluster) -> Mapping[Subject, tuple[str, ...]]:
    """The names of the ClusterRoles that subjects have in all namespaces."""
    return grouped(
        (subject, role_of(binding)[1])
        for binding in cluster.of_kind(CLUSTER_ROLE_BINDING)
        for _, subject in subjects_of(binding)
    )


@once
def bound(cluster: Cluster) -> frozenset[Subject]:
    """Everybody whom a binding names."""
    return frozenset(subject for binding in _all(cluster) for _, subject in subjects_of(binding))


def is_within_namespaces(role: Object, cluster: Cluster) -> bool:
    """Whether the files bind a ClusterRole, and within namespaces only."""
    found = bindings_of(cluster).get((role.kind, role.name), ())
    return bool(found) and all(binding.kind == "RoleBinding" for binding in found)


def _all(cluster: Cluster) -> tuple[Object, ...]:
    return (*cluster.of_kind(CLUSTER_ROLE_BINDING), *cluster.of_kind(ROLE_BINDING))
