"""Selectors of objects by their labels, and of nodes by their labels and fields."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from k8slint.apiserver.validation.field import Field
from k8slint.apiserver.validation.formats import dns_subdomain, label_value, qualified_name
from k8slint.apiserver.validation.metadata import labels
from k8slint.values.nearest import nearest

_OF_SETS: Final = ("In", "NotIn")
_OF_KEYS: Final = ("Exists", "DoesNotExist")
_OF_NUMBERS: Final = ("Gt", "Lt")
_NO_VALUES: Final = "must be specified when `operator` is 'In' or 'NotIn'"
_VALUES: Final = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
_NOT_ONE_NUMBER: Final = "must be specified single value when `operator` is 'Lt' or 'Gt'"
_NOT_ONE_NAME: Final = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"


def label_selector(selector: Field) -> None:
    """A selector of objects by their labels; an absent one has no problems.

    Mirrors: apimachinery pkg/apis/meta/v1/validation/validation.go ValidateLabelSelector @ v1.37
    """
    labels(selector["matchLabels"])
    for requirement in selector["matchExpressions"]:
        _set_of_values(requirement, (*_OF_SETS, *_OF_KEYS))
        label_key(requirement["key"])
        _label_values(requirement["values"])


def node_selector(selector: Field) -> None:
    """A selector of nodes, which needs at least one term.

    Mirrors: pkg/apis/core/validation/validation.go ValidateNodeSelector @ v1.37
    """
    terms = selector["nodeSelectorTerms"]
    if not terms:
        terms.required("must have at least one node selector term")
    for term in terms:
        node_selector_term(term, values_are_labels=True)


def node_selector_term(term: Field, *, values_are_labels: bool) -> None:
    """A term of a node selector. `values_are_labels` is false for preferred terms, whose values may be any text.

    Mirrors: pkg/apis/core/validation/validation.go ValidateNodeSelectorTerm @ v1.37
    """
    for requirement in term["matchExpressions"]:
        _set_of_values(requirement, (*_OF_SETS, *_OF_KEYS, *_OF_NUMBERS))
        label_key(requirement["key"])
        if values_are_labels:
            _label_values(requirement["values"])
    for requirement in term["matchFields"]:
        _node_field(requirement)


def label_key(key: Field) -> None:
    """The key of a label; an absent one is empty, which is refused.

    Mirrors: apimachinery pkg/apis/meta/v1/validation/validation.go ValidateLabelName @ v1.37
    """
    qualified_name.item(key)


def _set_of_values(requirement: Field, operators: Sequence[str]) -> None:
    """The number of values, by the operator."""
    operator, values = requirement["operator"], requirement["values"]
    if operator.value not in operators:
        _no_operator(operator, operators)
    elif operator.value in _OF_SETS and not values:
        values.required(_NO_VALUES)
    elif operator.value in _OF_KEYS and values:
        values.forbidden(_VALUES, fix="remove values, or write operator: In")
    elif operator.value in _OF_NUMBERS and len(values) != 1 and not values.is_hole:
        values.required(_NOT_ONE_NUMBER)


def _no_operator(operator: Field, operators: Sequence[str]) -> None:
    text = operator.value or ""
    near = nearest(text, operators) if text.__class__ is str else None
    hint = f'; did you mean "{near}"?' if near else ""
    fix = f'write "{near}"' if near else f"write one of {', '.join(operators)}"
    operator.invalid(f"not a valid selector operator{hint}", text, rule="unsupported-value", fix=fix)


def _label_values(values: Field) -> None:
    for value in values:
        label_value(value)


def _node_field(requirement: Field) -> None:
    """A requirement of a field of nodes; the only field is metadata.name.

    Mirrors: pkg/apis/core/validation/validation.go ValidateNodeFieldSelectorRequirement @ v1.37
    """
    operator, values, key = requirement["operator"], requirement["values"], requirement["key"]
    if operator.value not in _OF_SETS:
        _no_operator(operator, _OF_SETS)
    elif len(values) != 1 and not values.is_hole:
        values.required(_NOT_ONE_NAME)
    if key.value != "metadata.name":
        key.invalid("not a valid field selector key", key.value or "", fix='write "metadata.name"')
    elif not key.is_hole:
        for value in values:
            dns_subdomain.item(value)
