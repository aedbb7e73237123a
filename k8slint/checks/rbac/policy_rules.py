"""The rules of roles, read whatever their shape, and what they allow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from k8slint.objects.fields import items, mapping, sequence
from k8slint.objects.object import Object
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
    """What several rules allow together: each question is answered once, for a role may have thousands of rules."""

    def __init__(self, rules: Iterable[PolicyRule]) -> None:
        self._rules = tuple(rules)
        self._known: dict[tuple[str, str, str], bool] = {}

    def allows(self, verb: str, group: str, resource: str) -> bool:
        """Whether any of the rules allows the verb on the resource."""
        asked = verb, group, resource
        if asked not in self._known:
            self._known[asked] = any(rule.allows(*asked) for rule in self._rules)
        return self._known[asked]


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
