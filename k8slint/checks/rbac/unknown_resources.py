"""Rules of roles that name what no API server has: a resource in a wrong group, a misspelt one, a wrong verb."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import Final, NamedTuple

from k8slint.apiserver.discovery.definitions import BUILT_IN_GROUPS
from k8slint.apiserver.discovery.resources import SHORT_NAMES, groups_gone, groups_of, resources
from k8slint.checks.rbac.policy_rules import ANY, GROUP, Granted, PolicyRule, is_aggregated, rules_of
from k8slint.checks.wording import few, listed
from k8slint.cluster.cluster import Cluster, once
from k8slint.cluster.similar_names import is_slip
from k8slint.objects.fields import dig, text
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem
from k8slint.values.nearest import nearest

_VERBS: Final = frozenset({"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"})
_SPECIAL_VERBS: Final = frozenset({"approve", "attest", "bind", "escalate", "impersonate", "sign", "use"})
# What people write for a verb that they mean: words of kubectl, of HTTP and of other systems.
_MEANT_VERBS: Final[Mapping[str, tuple[str, ...]]] = {
    "add": ("create",),
    "all": (ANY,),
    "any": (ANY,),
    "apply": ("create", "patch"),
    "describe": ("get",),
    "edit": ("update", "patch"),
    "head": ("get",),
    "modify": ("update", "patch"),
    "post": ("create",),
    "put": ("update",),
    "read": ("get", "list", "watch"),
    "remove": ("delete",),
    "write": ("create", "update", "patch"),
}
_BINDINGS: Final = frozenset({"clusterrolebindings", "rolebindings"})
_MEANT_GROUPS: Final = {"core": "", "v1": "", "networking": "networking.k8s.io", "rbac": "rbac.authorization.k8s.io"}
# Parts that Kubernetes has dropped: copies of old roles still name them, which does no harm.
_DROPPED: Final = frozenset({"deployments/rollback", "pods/initialize"})


class _Meant(NamedTuple):
    """A resource that was meant, and in which group it is; `said` is how the message says so."""

    group: str
    resource: str
    said: str


def rbac_rule_grants_nothing(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """Each word of a rule that matches no request, unless another rule grants what was meant."""
    if is_aggregated(obj):
        return
    rules = [rule for rule in rules_of(obj) if not rule.urls]
    granted = Granted(rules)
    for rule in rules:
        yield from _of_groups(rule, granted, cluster)
        yield from _of_resources(rule, granted, cluster)
        yield from _of_verbs(rule)


def _of_groups(rule: PolicyRule, granted: Granted, cluster: Cluster) -> Iterator[Problem]:
    """The apiGroups that are none: versions, patterns, misspelt names."""
    meant = [_group_meant(group, rule, cluster) for group in rule.groups]
    right = frozenset(group for group, other in zip(rule.groups, meant, strict=True) if group == other)
    lost: dict[str, str | None] = {}
    for at, (written, group) in enumerate(zip(rule.groups, meant, strict=True)):
        if written == group or group in right or ANY in right:
            continue
        if group not in lost:
            lost[group] = _lost(rule, group, right, granted)
        resource = lost[group]
        if resource is not None:
            said = "an apiVersion" if "/" in written or written == "v1" else "no group"
            message = f'"{written}" is {said}; the group is "{group}"'
            fix = f'Write "{group}".'
            yield Problem(rule.path("apiGroups", at), message, effect=_forbidden(rule, group, resource), fix=fix)


def _lost(rule: PolicyRule, group: str, right: Collection[str], granted: Granted) -> str | None:
    """The first resource that a rule means in a group and that nothing else grants, or None."""
    known = resources().get(group, {})
    for resource in rule.resources:
        is_there = resource.partition("/")[0] in known or resource == ANY
        if (
            is_there
            and not any(_serves(other, resource) for other in right)
            and not _is_granted(granted, rule, group, resource)
        ):
            return resource
    return None


def _group_meant(group: str, rule: PolicyRule, cluster: Cluster) -> str:
    """The built-in group that a word stands for; the word itself if it may be a group."""
    if group == ANY or group in BUILT_IN_GROUPS or group in _custom_groups(cluster):
        return group
    if group in _MEANT_GROUPS:
        return _MEANT_GROUPS[group]
    before, slash, _ = group.partition("/")
    if slash and before in BUILT_IN_GROUPS:
        return before
    near = _near_group(group)
    if near is None:
        return group
    known = resources().get(near, {})
    return near if any(each.partition("/")[0] in known for each in rule.resources) else group


@cache
def _near_group(group: str) -> str | None:
    """The built-in group that is one letter away, or None: other makers have groups much like those of Kubernetes."""
    near = nearest(group, (each for each in BUILT_IN_GROUPS if "." in each)) if "." in group else None
    if near is None or is_slip(group, near):
        return near
    return near if len(group) == len(near) and sum(map(str.__ne__, group, near)) == 1 else None


@once
def _custom_groups(cluster: Cluster) -> Mapping[str, frozenset[str]]:
    """The plurals that the files' CustomResourceDefinitions define, by group."""
    found: dict[str, set[str]] = {}
    for crd in cluster.of_kind("CustomResourceDefinition.apiextensions.k8s.io"):
        group, name = text(crd.spec.get("group")), text(dig(crd.spec, "names", "plural"))
        if group and name:
            found.setdefault(group, set()).add(name)
    return {group: frozenset(names) for group, names in found.items()}


def _of_resources(rule: PolicyRule, granted: Granted, cluster: Cluster) -> Iterator[Problem]:
    """The resources that none of the groups has, and patterns, which match nothing."""
    groups = tuple(dict.fromkeys(_group_meant(group, rule, cluster) for group in rule.groups))
    if ANY in rule.resources or not groups:
        return
    is_judged = all(group in BUILT_IN_GROUPS for group in groups) and _has_usual_verb(rule)
    for at, resource in enumerate(rule.resources):
        base, _, part = resource.partition("/")
        if ANY in base[1:] or ANY in part or (base == ANY and not part):
            yield _pattern(rule, at, resource, groups)
        elif is_judged and resource and base != ANY and not any(_serves(group, resource) for group in groups):
            meant = _meant(resource, groups, cluster)
            if meant is not None and not _is_granted(granted, rule, meant.group, meant.resource):
                effect = _forbidden(rule, meant.group, meant.resource)
                fix = _fix(resource, meant, groups)
                yield Problem(rule.path("resources", at), meant.said, effect=effect, fix=fix)


def _has_usual_verb(rule: PolicyRule) -> bool:
    """Whether the rule speaks of requests to the API server, not only of what some authorizer is asked."""
    return any(verb in _VERBS or verb == ANY or verb in _MEANT_VERBS or verb == "impersonate" for verb in rule.verbs)


def _pattern(rule: PolicyRule, at: int, resource: str, groups: tuple[str, ...]) -> Problem:
    base = resource.partition("/")[0]
    parts = sorted(f"{base}/{part}" for group in groups for part in _parts(group, base))
    hint = f"; its parts are {few(parts, 12)}" if parts else ""
    message = f'"{resource}" matches nothing: only "*" alone and "*/part" are patterns{hint}'
    fix = "List the parts one by one." if "/" in resource else "List the resources one by one."
    return Problem(rule.path("resources", at), message, fix=fix)


def _parts(group: str, name: str) -> frozenset[str]:
    found = resources().get(group, {}).get(name)
    return found.parts if found is not None else frozenset()


def _serves(group: str, resource: str) -> bool:
    """Whether the built-in group has the resource, or such a part of it; a group that is not built in may have it."""
    if group not in BUILT_IN_GROUPS:
        return True
    base, _, part = resource.partition("/")
    found = resources().get(group, {}).get(base)
    return found is not None and found.has(part)


def _meant(resource: str, groups: tuple[str, ...], cluster: Cluster) -> _Meant | None:
    """What a resource that the groups do not have may mean: first one of another group, then one spelt otherwise."""
    base, slash, part = resource.partition("/")
    written = " or ".join(f'"{group}"' for group in groups)
    home = _home(resource, groups, cluster)
    if home is not None:
        gone = next((groups_gone()[group, base] for group in groups if (group, base) in groups_gone()), None)
        since = f", which lost it in Kubernetes 1.{gone[0]}" if gone is not None else ""
        return _Meant(home, resource, f'"{resource}" is in group "{home}", not in {written}{since}')
    if resource in _DROPPED:
        return None
    for group in (*groups, *sorted(BUILT_IN_GROUPS - {*groups})):
        name = base if base in resources().get(group, {}) else _spelt(base, group)
        if name is None:
            continue
        spelt = _with_part(group, name, part) if slash else name
        if spelt is None:
            continue
        where = "" if group in groups else f', which is in group "{group}"'
        return _Meant(group, spelt, f'there is no resource "{resource}" in {written}; did you mean "{spelt}"{where}?')
    return None


def _home(resource: str, groups: tuple[str, ...], cluster: Cluster) -> str | None:
    """The group that has the resource after all: where it moved to, a built-in one, one of the files' definitions."""
    base = resource.partition("/")[0]
    for group in groups:
        if (group, base) in groups_gone():
            return groups_gone()[group, base][1]
    built_in = next((group for group in groups_of(base) if _serves(group, resource)), None)
    if built_in is not None:
        return built_in
    return next((group for group, names in _custom_groups(cluster).items() if base in names), None)


def _spelt(word: str, group: str) -> str | None:
    """The resource of a group that is written otherwise: a kind, a short name of kubectl, a slip."""
    names = resources().get(group, {})
    folded = word.casefold()
    if folded in names:
        return folded
    short = SHORT_NAMES.get(folded)
    if short in names:
        return short
    singular = next((name for name, each in names.items() if each.kind.casefold() == folded), None)
    if singular is not None:
        return singular
    near = nearest(folded, names)
    return near if near is not None and is_slip(folded, near) else None


def _with_part(group: str, name: str, part: str) -> str | None:
    """The part of a resource that a word means, or None."""
    found = resources()[group][name]
    if found.has(part):
        return f"{name}/{part}"
    near = nearest(part, (*found.parts, "status"))
    return f"{name}/{near}" if near is not None else None


def _fix(resource: str, meant: _Meant, groups: tuple[str, ...]) -> str:
    write = f"Write {meant.resource}" if meant.resource != resource else ""
    if meant.group in groups:
        return f"{write}."
    return f'{write or f"Write {resource}"} in a rule with apiGroups: ["{meant.group}"].'


def _is_granted(granted: Granted, rule: PolicyRule, group: str, resource: str) -> bool:
    """Whether the role grants with the verbs of a rule what it means: what is written beside it does no harm."""
    verbs = [verb for verb in rule.verbs if verb in _VERBS or verb == ANY]
    return bool(verbs) and all(granted.allows(verb, group, resource) for verb in verbs)


def _forbidden(rule: PolicyRule, group: str, resource: str) -> str:
    verb = next((verb for verb in rule.verbs if verb in _VERBS), "get")
    return f'Requests stay Forbidden: cannot {verb} resource "{resource}" in API group "{group}".'


def _of_verbs(rule: PolicyRule) -> Iterator[Problem]:
    """The verbs that no request to a built-in resource has, if what they mean is clear and not written."""
    if ANY in rule.verbs or not all(group in BUILT_IN_GROUPS for group in rule.groups) or not rule.groups:
        return
    for at, verb in enumerate(rule.verbs):
        if verb in ("bind", "escalate") and rule.groups == (GROUP,) and {*rule.resources} <= _BINDINGS:
            message = f'"{verb}" is asked for on roles and clusterroles, not on {listed(rule.resources)}'
            yield Problem(rule.path("verbs", at), message, fix="Write the verb in a rule for the roles to hand out.")
        meant = _verbs_meant(verb)
        if meant and not set(meant) <= set(rule.verbs):
            message = f'no request has the verb "{verb}"; did you mean {listed(meant)}?'
            effect = f"The verb allows nothing: requests to {meant[0] if meant[0] != ANY else 'create'} stay Forbidden."
            yield Problem(rule.path("verbs", at), message, effect=effect, fix=f"Write {', '.join(meant)}.")


def _verbs_meant(verb: str) -> tuple[str, ...]:
    if verb in _VERBS or verb in _SPECIAL_VERBS or ":" in verb or not verb:
        return ()
    folded = verb.casefold()
    if folded in _VERBS or folded == ANY:
        return (folded,)
    if folded in _MEANT_VERBS:
        return _MEANT_VERBS[folded]
    near = nearest(folded, _VERBS)
    return (near,) if near is not None and is_slip(folded, near) else ()
