"""Whom bindings name: everybody, nobody in particular, or who may do everything already."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from k8slint.checks.rbac.bindings import role_of, subjects_of
from k8slint.checks.rbac.policy_rules import CLUSTER_ROLE, ROLE, rules_of
from k8slint.cluster.cluster import Cluster, once
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem

_ANONYMOUS: Final = {("User", "system:anonymous"), ("Group", "system:unauthenticated"), ("Group", "system:anonymous")}
# Roles that are made for callers without a name: versions, health, the keys of tokens, the first contact of nodes.
_PUBLIC: Final = frozenset(
    {
        "kubeadm:bootstrap-signer-clusterinfo",
        "system:basic-user",
        "system:discovery",
        "system:openshift:public-info-viewer",
        "system:public-info-viewer",
        "system:scope-impersonation",
        "system:service-account-issuer-discovery",
        "system:webhook",
    }
)


def anonymous_binding(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A binding that gives rights to callers who did not say who they are."""
    kind, name = role_of(obj)
    if name in _PUBLIC or obj.namespace == "kube-public":
        return
    for index, subject in subjects_of(obj):
        if (subject.kind, subject.name) in _ANONYMOUS and not _is_for_urls(cluster, obj, kind, name):
            message = f'{subject.kind} "{subject.name}" is whoever reaches the API server, and gets {kind} "{name}"'
            yield Problem(("subjects", index, "name"), message)


@once
def _is_for_urls(cluster: Cluster, obj: Object, kind: str, name: str) -> bool:
    """Whether the role only lets read URLs that are no resources, such as the health of the API server."""
    group_kind = ROLE if kind == "Role" else CLUSTER_ROLE
    roles = cluster.find(group_kind, obj.namespace if kind == "Role" else "", name)
    rules = [rule for role in roles for rule in rules_of(role)]
    return bool(rules) and all(
        rule.urls and {*rule.verbs} <= {"get", "head"} and "*" not in rule.urls for rule in rules
    )


def masters_group_binding(obj: Object, _: Cluster) -> Iterator[Problem]:
    """A binding to the group that is never asked for rights; the one of every cluster is passed over."""
    name = role_of(obj)[1]
    if obj.name == name == "cluster-admin":
        return
    for index, subject in subjects_of(obj):
        if (subject.kind, subject.name) == ("Group", "system:masters"):
            message = 'Group "system:masters" may do everything already, and this binding cannot limit it'
            yield Problem(("subjects", index, "name"), message)


def role_bound_to_default_account(obj: Object, _: Cluster) -> Iterator[Problem]:
    """A binding to the ServiceAccount that all pods of a namespace have unless they say otherwise."""
    name = role_of(obj)[1]
    for index, subject in subjects_of(obj):
        if (subject.kind, subject.name) == ("ServiceAccount", "default"):
            where = f' of namespace "{subject.namespace}"' if subject.namespace else ""
            message = f'every Pod{where} that names no ServiceAccount gets the rights of "{name}"'
            yield Problem(("subjects", index, "name"), message)
