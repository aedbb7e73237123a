"""The rules of roles, read whatever their shape, and what they allow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from k8slint.objects.fields import items, mapping, sequence
from k8slint.objects.object import Object
from k8slint.values.grouped import grouped
from k8slint.values.placeholder import has_placeholder

GROUP: Final = "rbac.authorization.k8s.io"
ROLE: Final = f"Role.{GROUP}"
CLUSTER_ROLE: Final = f"ClusterRole.{GROUP}"
ROLE_BINDING: Final = f"RoleBinding.{GROUP}"
CLUSTER_ROLE_BINDING: Final = f"ClusterRoleBinding.{GROUP}"
ANY: Final = "*"


class PolicyRule(NamedTuple):
    """A rule of a role; `place` is its index among `rules`. What is no text in a list reads as empty."""

    place: int
    verbs: tuple[str, ...]
    groups: tuple[str, ...]
    resources: tuple[str, ...]
    names: tuple[str, ...]
    urls: tuple[str, ...]

    def path(self, field: str, at: int) -> tuple[str | int, ...]:
        """The path from the role to the entry of a list of the rule."""
        return ("rules", self.place, field, at)

    @property
    def is_open(self) -> bool:
        """Whether a template fills in a part of the rule."""
        return any(has_placeholder(word) for words in (self.verbs, self.groups, self.resources) for word in words)

    def allows(self, verb: str, group: str, resource: str) -> bool:
        """Whether the rule allows a verb on some objects of a resource or of a part of it, such as `pods/log`.

        Mirrors: pkg/apis/rbac/v1/evaluation_helpers.go ResourceMatches @ v1.37
        """
        if not (_has(self.verbs, verb) and _has(self.groups, group)):
            return False
        base, slash, part = resource.partition("/")
        return _has(self.resources, resource) or (bool(slash) and bool(base) and f"*/{part}" in self.resources)


class Granted:
    """What several rules allow together, indexed: a role may have thousands of rules."""

    def __init__(self, rules: Iterable[PolicyRule]) -> None:
        self._rules = grouped((resource, rule) for rule in rules for resource in rule.resources)
        self._verbs: dict[str, Mapping[str, frozenset[str]]] = {}

    def allows(self, verb: str, group: str, resource: str) -> bool:
        """Whether any of the rules allows the verb on the resource."""
        part = resource.partition("/")[2]
        for written in (resource, ANY, *((f"*/{part}",) if part else ())):
            by_group = self._verbs_on(written)
            if any(verb in verbs or ANY in verbs for verbs in (by_group.get(group, ()), by_group.get(ANY, ()))):
                return True
        return False

    def _verbs_on(self, written: str) -> Mapping[str, frozenset[str]]:
        """The verbs of the rules that write a resource so, by group."""
        if written not in self._verbs:
            found: dict[str, set[str]] = defaultdict(set)
            for rule in self._rules.get(written, ()):
                for group in rule.groups:
                    found[group].update(rule.verbs)
            self._verbs[written] = {group: frozenset(verbs) for group, verbs in found.items()}
        return self._verbs[written]


def rules_of(role: Object) -> Iterator[PolicyRule]:
    """The rules for resources and for URLs, in order of writing; those that a template completes are left out."""
    for index, rule in items(role.data.get("rules")):
        fields = ("verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs")
        read = PolicyRule(index, *(_words(rule, field) for field in fields))
        if not read.is_open:
            yield read


def is_aggregated(role: Object) -> bool:
    """Whether a controller writes the rules of the ClusterRole."""
    return bool(mapping(role.data.get("aggregationRule")))


def _words(rule: dict[str, Any], field: str) -> tuple[str, ...]:
    return tuple(word if isinstance(word, str) else "" for word in sequence(rule.get(field)))


def _has(words: tuple[str, ...], word: str) -> bool:
    return word in words or ANY in words
