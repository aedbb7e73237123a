"""Rules and bindings that look like rights and give none: by name, by scope, by what a controller writes over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from k8slint.apiserver.discovery.definitions import BUILT_IN_GROUPS
from k8slint.apiserver.discovery.resources import Resource, resources
from k8slint.checks.rbac.bindings import Subject, bindings_of, cluster_roles_of, role_of, subjects_of
from k8slint.checks.rbac.policy_rules import ANY, CLUSTER_ROLE, GROUP, Granted, PolicyRule, is_aggregated, rules_of
from k8slint.checks.wording import listed
from k8slint.cluster.cluster import CLUSTER_SCOPED, Cluster, once
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, items, sequence, strings
from k8slint.objects.object import Object
from k8slint.objects.problem import Absence, Problem, Related
from k8slint.values.nearest import nearest
from k8slint.values.placeholder import has_placeholder

# Asked of the whole cluster, though they are no objects; and what is seldom written.
_CLUSTER_WIDE: Final = CLUSTER_SCOPED | {
    "ComponentStatus",
    "ResourcePoolStatusRequest.resource.k8s.io",
    "SelfSubjectAccessReview.authorization.k8s.io",
    "SelfSubjectReview.authentication.k8s.io",
    "SelfSubjectRulesReview.authorization.k8s.io",
    "StorageVersion.internal.apiserver.k8s.io",
    "SubjectAccessReview.authorization.k8s.io",
    "TokenReview.authentication.k8s.io",
}
_NAMELESS: Final = ("create", "deletecollection")


def rbac_resource_names_without_effect(obj: Object, _: Cluster) -> Iterator[Problem]:
    """A rule that limits by name what is asked for without a name, unless another rule allows it without one.

    A patch that creates its object is asked for by name, and so is a part of an object.

    Mirrors: apiserver pkg/endpoints/handlers/patch.go PatchResource @ v1.37
    """
    if is_aggregated(obj):
        return
    rules = tuple(rules_of(obj))
    unnamed = Granted(rule for rule in rules if not rule.names)
    for rule in rules:
        wholes = [each for each in rule.resources if "/" not in each and each]
        if not any(rule.names) or not wholes or not any(group in BUILT_IN_GROUPS for group in rule.groups):
            continue
        for at, verb in enumerate(rule.verbs):
            if verb in _NAMELESS:
                left = [one for one in wholes if not all(unnamed.allows(verb, group, one) for group in rule.groups)]
                if left:
                    yield _nameless(rule, at, verb, left)


def _nameless(rule: PolicyRule, at: int, verb: str, left: list[str]) -> Problem:
    names, what = listed(name for name in rule.names if name), listed(left)
    if verb == "create" and ("patch" in rule.verbs or "update" in rule.verbs):
        message = f'"create" of {what} is not allowed by name: a POST has no name to compare with {names}'
    else:
        message = f'"{verb}" of {what} is never allowed: the request has no name to compare with {names}'
    effect = f'These are Forbidden: cannot {verb} resource "{left[0]}" in API group "{rule.groups[0]}".'
    return Problem(rule.path("verbs", at), message, effect=effect)


def role_grants_cluster_scoped_resource(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A resource without a namespace in a Role, unless its subjects have it by a ClusterRole."""
    for rule in rules_of(obj):
        for at, written in enumerate(rule.resources):
            found = _served(rule, written)
            if found is None or not _needs_cluster_role(found, rule):
                continue
            if _is_held(found, written, rule, obj, cluster):
                continue
            message = f'"{written}" belongs to no namespace: a Role grants nothing on it'
            group = f'"{written}" in API group "{found.group}" at the cluster scope'
            verb = next((verb for verb in rule.verbs if verb not in ("", ANY)), "get")
            yield Problem(
                rule.path("resources", at),
                message,
                effect=f"Requests stay Forbidden: cannot {verb} resource {group}.",
            )


def _is_held(found: Resource, written: str, rule: PolicyRule, role: Object, cluster: Cluster) -> bool:
    """Whether a subject of a Role has by ClusterRoles what the Role says of a resource: then it is a mere copy."""
    for binding in bindings_of(cluster).get((role.kind, role.name), ()):
        for _, subject in subjects_of(binding):
            held = _held(cluster, subject)
            if all(held.allows(verb, found.group, written) for verb in rule.verbs):
                return True
    return False


@once
def _held(cluster: Cluster, subject: Subject) -> Granted:
    """The rules of the ClusterRoles that a subject has in all namespaces."""
    names = dict.fromkeys(cluster_roles_of(cluster).get(subject, ()))
    return Granted(rule for name in names for held in cluster.find(CLUSTER_ROLE, "", name) for rule in rules_of(held))


def _served(rule: PolicyRule, written: str) -> Resource | None:
    """The one resource that a word of a rule means, or None if it may mean others too."""
    base = written.partition("/")[0]
    if not all(group in BUILT_IN_GROUPS for group in rule.groups):
        return None
    found = [each for group in rule.groups if (each := resources().get(group, {}).get(base)) is not None]
    return found[0] if len(found) == 1 and found[0].kind else None


def _needs_cluster_role(resource: Resource, rule: PolicyRule) -> bool:
    """Whether no request for the resource has a namespace.

    One for a namespace itself has; and who binds a ClusterRole in a namespace is asked there.

    Mirrors: apiserver pkg/endpoints/request/requestinfo.go NewRequestInfo @ v1.37
    """
    if resource.group_kind not in _CLUSTER_WIDE or resource.kind == "Namespace":
        return False
    return not (resource.kind == "ClusterRole" and ("bind" in rule.verbs or ANY in rule.verbs))


def role_binding_grants_nothing(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A RoleBinding to a ClusterRole of the files, of which nothing applies within a namespace."""
    kind, name = role_of(obj)
    if kind != "ClusterRole" or not name:
        return
    roles = cluster.find(CLUSTER_ROLE, "", name)
    if len(roles) == 1 and _has_no_rule_for_namespaces(cluster, roles[0]):
        message = f"{roles[0]} has only rules for the whole cluster; a RoleBinding grants none of them"
        related = (Related(roles[0], ("rules",), "its rules"),)
        yield Problem(("roleRef", "name"), message, related)


@once
def _has_no_rule_for_namespaces(_: Cluster, role: Object) -> bool:
    rules = list(rules_of(role))
    is_whole = bool(rules) and len(rules) == len(sequence(role.data.get("rules")))
    return is_whole and not is_aggregated(role) and all(_is_for_the_cluster(rule) for rule in rules)


def _is_for_the_cluster(rule: PolicyRule) -> bool:
    if rule.urls:
        return True
    found = [_served(rule, written) for written in rule.resources]
    return bool(found) and all(each is not None and _needs_cluster_role(each, rule) for each in found)


def aggregated_cluster_role_overwritten(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """Rules that the aggregation controller replaces, and labels to aggregate by that no ClusterRole has.

    Mirrors: pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go syncClusterRole @ v1.37
    """
    if not is_aggregated(obj):
        return
    if sequence(obj.data.get("rules")):
        message = f"the rules of {obj} are replaced by those of the ClusterRoles that it aggregates"
        yield Problem(("rules",), message, (Related(obj, ("aggregationRule",), "it aggregates"),))
    for index, selector in items(dig(obj.data, "aggregationRule", "clusterRoleSelectors")):
        labels = strings(selector.get("matchLabels"))
        if len(labels) == 1 and not selector.get("matchExpressions"):
            path = ("aggregationRule", "clusterRoleSelectors", index, "matchLabels")
            yield from _aggregates_nothing(path, *labels.popitem(), cluster)


def _aggregates_nothing(path: Path, key: str, value: str, cluster: Cluster) -> Iterator[Problem]:
    """The problem that no ClusterRole has a label, if one has a similar one."""
    wanted, known = f"{key}={value}", _labels(cluster)
    if wanted in known or key in _GIVEN or has_placeholder(key) or has_placeholder(value):
        return
    near = nearest(wanted, known)
    if near is not None:
        holder, label = known[near]
        message = f"no ClusterRole among the files has the label {wanted}; did you mean {near}?"
        related = (Related(holder, ("metadata", "labels", label), f"the label of {holder}"),)
        effect = "It aggregates nothing by this selector: whoever is bound to it is Forbidden."
        fix = f"Select {near}, or give the ClusterRoles to aggregate the label {wanted}."
        yield Problem((*path, key), message, related, effect, fix, rests_on=Absence("", key))


# Labels of the ClusterRoles that every cluster has.
_GIVEN: Final = frozenset(f"{GROUP}/aggregate-to-{role}" for role in ("admin", "edit", "view"))


@once
def _labels(cluster: Cluster) -> Mapping[str, tuple[Object, str]]:
    """The labels of ClusterRoles as `key=value`, each with the first role that has it and its key."""
    found: dict[str, tuple[Object, str]] = {}
    for role in cluster.of_kind(CLUSTER_ROLE):
        for key, value in role.labels.items():
            found.setdefault(f"{key}={value}", (role, key))
    return found
