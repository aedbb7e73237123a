"""How a pod chooses nodes: node selectors and node affinity."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from k8slint.values.labels import Requirement
from k8slint.values.reading import ShapeError, items_at, labels_at, mapping_at, strings_at, text_at, whole_at

_INTEGER = re.compile(r"[+-]?[0-9]+", re.ASCII)
_LABEL_VALUE = re.compile(r"(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?")
_LONGEST = 63
_NAME_FIELD = "metadata.name"


@dataclass(frozen=True, slots=True)
class NodeTerm:
    """One term of node affinity: the labels must meet every expression, the name every field.

    The scheduler cannot parse a `broken` term: it matches no node.
    """

    expressions: tuple[Requirement, ...]
    fields: tuple[Requirement, ...]
    broken: bool = False

    @classmethod
    def of(cls, data: Mapping[str, Any], where: str) -> NodeTerm:
        """The term that a manifest writes."""
        expressions = _requirements(data, "matchExpressions", where)
        fields = _requirements(data, "matchFields", where)
        broken = any(not _parses(item) for item in expressions) or any(
            item.operator not in ("In", "NotIn") or len(item.values) != 1 for item in fields
        )
        return cls(expressions, fields, broken)

    @property
    def is_empty(self) -> bool:
        """Whether the term has no condition; such a term matches no node."""
        return not self.expressions and not self.fields

    def matches(self, name: str, labels: Mapping[str, str]) -> bool:
        """Whether a node with this name and these labels meets the term; if the name is empty, fields are ignored.

        The caller must leave out empty terms.
        """
        if self.broken or not all(_holds(item, labels) for item in self.expressions):
            return False
        return not name or all(item.matches({_NAME_FIELD: name}) for item in self.fields)


@dataclass(frozen=True, slots=True)
class NodeChoice:
    """What a pod requires of a node's labels and name: its nodeSelector and its required node affinity.

    `terms` is None if the pod has no required affinity; an empty tuple matches no node.

    Mirrors: component-helpers scheduling/corev1/nodeaffinity RequiredNodeAffinity @ v1.36
    """

    labels: tuple[tuple[str, str], ...] = ()
    terms: tuple[NodeTerm, ...] | None = None

    @classmethod
    def of(cls, spec: Mapping[str, Any]) -> NodeChoice:
        """The requirements in a pod's spec."""
        affinity = mapping_at(mapping_at(spec, "affinity", "spec"), "nodeAffinity", "spec.affinity")
        labels = tuple(sorted(labels_at(spec, "nodeSelector", "spec").items()))
        return cls(labels, required_terms(affinity, "spec.affinity.nodeAffinity"))

    @property
    def is_empty(self) -> bool:
        """Whether the pod requires nothing, so that any node will do."""
        return not self.labels and self.terms is None

    def matches(self, name: str, labels: Mapping[str, str]) -> bool:
        """Whether a node with this name and these labels will do."""
        if any(labels.get(key) != value for key, value in self.labels):
            return False
        return self.terms is None or any(term.matches(name, labels) for term in self.terms if not term.is_empty)

    @property
    def only_names(self) -> bool:
        """Whether the required affinity only names nodes, like that of a DaemonSet's pod."""
        return bool(self.terms) and all(
            not term.broken
            and bool(term.fields)
            and not term.expressions
            and all(item.key == _NAME_FIELD and item.operator == "In" for item in term.fields)
            for term in self.terms or ()
        )

    def named_nodes(self) -> frozenset[str] | None:
        """The only nodes that the affinity admits by name, or None if there is no term or one that names no node.

        Mirrors: pkg/scheduler/framework/plugins/nodeaffinity PreFilter @ v1.36
        """
        if not self.terms:
            return None
        names: frozenset[str] = frozenset()
        for term in self.terms:
            wanted = [
                frozenset(item.values) for item in term.fields if item.key == _NAME_FIELD and item.operator == "In"
            ]
            if not wanted:
                return None
            names |= frozenset.intersection(*wanted)
        return names


def required_terms(affinity: Mapping[str, Any], where: str) -> tuple[NodeTerm, ...] | None:
    """The terms of a required node affinity, or None if there is none."""
    key = "requiredDuringSchedulingIgnoredDuringExecution"
    if affinity.get(key) is None:
        return None
    required = mapping_at(affinity, key, where)
    return tuple(NodeTerm.of(term, here) for here, term in items_at(required, "nodeSelectorTerms", f"{where}.{key}"))


def preferred_terms(affinity: Mapping[str, Any], where: str) -> tuple[tuple[int, NodeTerm], ...]:
    """The terms of a preferred node affinity with their weights, without those of weight 0 or without a condition."""
    found = []
    for here, item in items_at(affinity, "preferredDuringSchedulingIgnoredDuringExecution", where):
        term = NodeTerm.of(mapping_at(item, "preference", here), f"{here}.preference")
        weight = whole_at(item, "weight", here)
        if term.broken:
            raise ShapeError(f"{here}.preference", "an expression that no scheduler can read")
        if weight and not term.is_empty:
            found.append((weight, term))
    return tuple(found)


def _requirements(data: Mapping[str, Any], key: str, where: str) -> tuple[Requirement, ...]:
    return tuple(
        Requirement(text_at(item, "key", here), text_at(item, "operator", here), strings_at(item, "values", here))
        for here, item in items_at(data, key, where)
    )


def _parses(requirement: Requirement) -> bool:
    """Whether the scheduler can parse the expression; the API server stores some that it cannot.

    Mirrors: apimachinery pkg/labels/selector.go NewRequirement @ v1.36
    """
    if not all(len(value) <= _LONGEST and _LABEL_VALUE.fullmatch(value) for value in requirement.values):
        return False
    match requirement.operator:
        case "In" | "NotIn":
            return bool(requirement.values)
        case "Exists" | "DoesNotExist":
            return not requirement.values
        case "Gt" | "Lt":
            return len(requirement.values) == 1 and _INTEGER.fullmatch(requirement.values[0]) is not None
        case _:
            return False


def _holds(requirement: Requirement, labels: Mapping[str, str]) -> bool:
    if requirement.operator in ("Gt", "Lt") and _INTEGER.fullmatch(labels.get(requirement.key, "")) is None:
        return False
    return requirement.matches(labels)
