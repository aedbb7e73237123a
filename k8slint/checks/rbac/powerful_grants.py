"""Rights from which others follow: whoever has them can get to more than the role says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from k8slint.apiserver.discovery.definitions import BUILT_IN_GROUPS
from k8slint.checks.rbac.bindings import is_within_namespaces, role_of
from k8slint.checks.rbac.policy_rules import ANY, CLUSTER_ROLE, GROUP, PolicyRule, is_aggregated, rules_of
from k8slint.checks.wording import few, listed
from k8slint.cluster.cluster import Cluster, once
from k8slint.cluster.tables import given_as
from k8slint.loading.document import Path
from k8slint.objects.fields import sequence
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem, Related

_READ: Final = ("get", "list", "watch")
_WRITE: Final = ("create", "update", "patch", "delete")
_ALL: Final = {*_READ, *_WRITE}
_ADMISSION: Final = "admissionregistration.k8s.io"
_WORKLOADS: Final = (
    ("", ("pods", "replicationcontrollers")),
    ("apps", ("deployments", "statefulsets", "daemonsets", "replicasets")),
    ("batch", ("jobs", "cronjobs")),
)


def cluster_admin_bound(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A ClusterRoleBinding to cluster-admin, or to a role of the files that allows as much."""
    _, name = role_of(obj)
    if not sequence(obj.data.get("subjects")) or _is_of_every_cluster(obj.name):
        return
    if name == "cluster-admin":
        yield Problem(("roleRef", "name"), f'"{name}" allows everything in all namespaces')
        return
    wholes = [(role, _everything(cluster, role)) for role in cluster.find(CLUSTER_ROLE, "", name)]
    if wholes and all(path for _, path in wholes):
        message = f'"{name}" allows everything in all namespaces, as cluster-admin does'
        yield Problem(("roleRef", "name"), message, (Related(*wholes[0], "everything"),))


def _is_of_every_cluster(name: str) -> bool:
    """Whether a binding bears a name that only Kubernetes or a maker of clusters uses."""
    return name == "cluster-admin" or (":" in name and given_as(CLUSTER_ROLE, "", name) is not None)


@once
def _everything(_: Cluster, role: Object) -> Path:
    """The path to a rule that allows everything, or an empty one."""
    for rule in rules_of(role):
        is_all = ANY in rule.groups and ANY in rule.resources and (ANY in rule.verbs or {*rule.verbs} >= _ALL)
        if is_all and not rule.names:
            return () if is_aggregated(role) else ("rules", rule.place)
    return ()


def wildcard_in_role(obj: Object, _: Cluster) -> Iterator[Problem]:
    """A `*` for verbs or resources in groups of Kubernetes; groups of one's own are passed over."""
    for rule in _own_rules(obj):
        if rule.names or not any(group == ANY or group in BUILT_IN_GROUPS for group in rule.groups):
            continue
        if ANY in rule.verbs and ANY in rule.resources:
            where = "all groups" if ANY in rule.groups else few(group or "the core group" for group in rule.groups)
            path = rule.path("resources", rule.resources.index(ANY))
            yield Problem(path, f"all verbs on all resources of {where}, also on those that come with later versions")
        elif ANY in rule.resources:
            also = ", also Secrets" if rule.allows("get", "", "secrets") or rule.allows("list", "", "secrets") else ""
            path = rule.path("resources", rule.resources.index(ANY))
            yield Problem(path, f'"*" are all resources{also}, and those that come with later versions')
        elif ANY in rule.verbs:
            path = rule.path("verbs", rule.verbs.index(ANY))
            yield Problem(path, f'"*" are all verbs on {listed(rule.resources)}{_special(rule)}')


def _special(rule: PolicyRule) -> str:
    """What `*` allows beyond reading and writing, if it is much."""
    if any(rule.allows("escalate", GROUP, role) for role in ("roles", "clusterroles")):
        return ", also escalate and bind, which give any right"
    if any(rule.allows("impersonate", "", who) for who in ("users", "groups", "serviceaccounts")):
        return ", also impersonate, which gives the rights of others"
    return ""


def escalation_verb_granted(obj: Object, _: Cluster) -> Iterator[Problem]:
    """The verbs by which one gets rights that one does not have, on any name."""
    for rule in _own_rules(obj):
        if rule.names:
            continue
        for at, verb in enumerate(rule.verbs):
            what = [resource for group, resource in _ESCALATES.get(verb, ()) if rule.allows(verb, group, resource)]
            if what:
                yield Problem(rule.path("verbs", at), f'"{verb}" on {listed(dict.fromkeys(what))}: {_GETS[verb]}')


_ESCALATES: Final = {
    "bind": ((GROUP, "roles"), (GROUP, "clusterroles")),
    "escalate": ((GROUP, "roles"), (GROUP, "clusterroles")),
    "impersonate": (
        *(("", name) for name in ("users", "groups", "serviceaccounts")),
        *(("authentication.k8s.io", name) for name in ("users", "groups", "serviceaccounts", "uids")),
    ),
}
_GETS: Final = {
    "bind": "whoever may also write bindings gives any role to anybody",
    "escalate": "whoever may also write roles gives them any right",
    "impersonate": "its holder acts with the rights of anybody else",
}


def secrets_readable_cluster_wide(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A ClusterRole that reads all Secrets: said once, unless it is bound within namespaces only."""
    if not is_within_namespaces(obj, cluster):
        message = "all Secrets of all namespaces can be read, with the tokens and passwords in them"
        yield from _first(_granted(obj, _READ, "", ("secrets",)), message)


def node_proxy_granted(obj: Object, _: Cluster) -> Iterator[Problem]:
    """The kubelet's own API, past admission and audit."""
    message = "{} reaches the kubelet itself: any command in any Pod of the node, past admission and audit"
    yield from _each(_granted(obj, (*_READ, *_WRITE), "", ("nodes/proxy",)), message)


def account_token_granted(obj: Object, _: Cluster) -> Iterator[Problem]:
    """Tokens of any ServiceAccount, whatever it may do."""
    message = "{} makes tokens of any ServiceAccount, and so gives the rights of all of them"
    yield from _each(_granted(obj, ("create",), "", ("serviceaccounts/token",)), message)


def certificate_approval_granted(obj: Object, _: Cluster) -> Iterator[Problem]:
    """Approving certificates of clients, whose names are free."""
    message = "{} lets approve certificates of clients, with any user and group in them"
    found = _granted(obj, ("update", "patch"), "certificates.k8s.io", ("certificatesigningrequests/approval",))
    yield from _each(found, message)


def webhook_configuration_writable(obj: Object, _: Cluster) -> Iterator[Problem]:
    """Writing what sees and changes each request."""
    message = "whoever writes {} reads and changes what others send to the API server, Secrets included"
    kinds = ("mutatingwebhookconfigurations", "validatingwebhookconfigurations")
    yield from _each(_granted(obj, ("create", "update", "patch"), _ADMISSION, kinds), message)


def pod_exec_granted(obj: Object, _: Cluster) -> Iterator[Problem]:
    """Entering pods that run."""
    message = "whoever has {} gets into running Pods, to their Secrets and tokens"
    yield from _each(_granted(obj, ("create", "get"), "", ("pods/exec", "pods/attach", "pods/portforward")), message)


def pods_creatable_cluster_wide(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """Making pods in all namespaces, by what is no controller of custom resources."""
    if is_within_namespaces(obj, cluster) or _is_controllers(obj):
        return
    found = (each for group, names in _WORKLOADS for each in _granted(obj, ("create",), group, names))
    message = "who makes {} in any namespace runs with any ServiceAccount there, and mounts any Secret"
    yield from _first(found, message)


def _is_controllers(role: Object) -> bool:
    """Whether a role is that of a controller: it writes the status of custom resources."""
    return any(
        rule.allows("update", group, resource) or rule.allows("patch", group, resource)
        for rule in rules_of(role)
        for group in rule.groups
        if group != ANY and group not in BUILT_IN_GROUPS
        for resource in rule.resources
        if resource.endswith(("/status", "/finalizers")) or resource == ANY
    )


def endpoints_editable_by_aggregation(obj: Object, _: Cluster) -> Iterator[Problem]:
    """Endpoints that whoever has admin or edit can point to other namespaces."""
    labels = [f"{GROUP}/aggregate-to-{role}" for role in ("edit", "admin")]
    label = next((label for label in labels if obj.labels.get(label) == "true"), None)
    if label is None:
        return
    related = (Related(obj, ("metadata", "labels", label), "it is added to a role of every cluster"),)
    for group, names in (("", ("endpoints",)), ("discovery.k8s.io", ("endpointslices",))):
        for rule, places in _granted(obj, _WRITE[:3], group, names, is_given=True):
            message = f'whoever may edit a namespace may point "{rule.resources[places[0]]}" to Pods of another'
            yield Problem(rule.path("resources", places[0]), message, related)


def _own_rules(role: Object) -> Iterator[PolicyRule]:
    """The rules of a role that neither a controller writes nor every cluster has."""
    if not is_aggregated(role) and given_as(role.group_kind, role.namespace, role.name) is None:
        yield from rules_of(role)


def _granted(
    role: Object, verbs: Iterable[str], group: str, names: tuple[str, ...], *, is_given: bool = False
) -> Iterator[tuple[PolicyRule, list[int]]]:
    """Where a role writes the resources, or the part as `*/part`, and allows one of the verbs on any name."""
    written = {*names, *(f"*/{name.partition('/')[2]}" for name in names if "/" in name)}
    for rule in rules_of(role) if is_given else _own_rules(role):
        if rule.names or not any(rule.allows(verb, group, name) for verb in verbs for name in names):
            continue
        places = [at for at, resource in enumerate(rule.resources) if resource in written]
        if places:
            yield rule, places


def _each(found: Iterable[tuple[PolicyRule, list[int]]], message: str) -> Iterator[Problem]:
    for rule, places in found:
        named = listed(rule.resources[at] for at in places)
        yield Problem(rule.path("resources", places[0]), message.format(named))


def _first(found: Iterable[tuple[PolicyRule, list[int]]], message: str) -> Iterator[Problem]:
    for problem in _each(found, message):
        yield problem
        return
