"""Which nodes a pod may run on, as its spec says: affinity, tolerations, and how pods are spread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from k8slint.apiserver.validation.field import Field, given, one_of
from k8slint.apiserver.validation.formats import dns_label, label_value
from k8slint.apiserver.validation.selectors import label_key, label_selector, node_selector, node_selector_term

_REQUIRED: Final = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED: Final = "preferredDuringSchedulingIgnoredDuringExecution"
_EFFECTS: Final = one_of("NoExecute", "NoSchedule", "PreferNoSchedule")
_OPERATORS: Final = ("Equal", "Exists")
_WHEN_UNSATISFIABLE: Final = ("DoNotSchedule", "ScheduleAnyway")
_INCLUSION: Final = given(one_of("Honor", "Ignore"))
_IN_BOTH: Final = "exists in both matchLabelKeys and labelSelector"
_IN_BOTH_LISTS: Final = "exists in both matchLabelKeys and mismatchLabelKeys"

Labels = Mapping[str, Any]
"""The labels of a Pod, from which the server makes selectors when it creates the Pod; empty for templates."""


def affinity(field: Field, own_labels: Labels) -> None:
    """The affinity of a pod to nodes and to other pods.

    Mirrors: pkg/apis/core/validation/validation.go validateAffinity @ v1.37
    """
    node = field["nodeAffinity"]
    if node[_REQUIRED].is_set:
        node_selector(node[_REQUIRED])
    for term in node[_PREFERRED]:
        _weight(term["weight"])
        node_selector_term(term["preference"], values_are_labels=False)
    for name in ("podAffinity", "podAntiAffinity"):
        for term in field[name][_REQUIRED]:
            _pod_term(term, own_labels)
        for term in field[name][_PREFERRED]:
            _weight(term["weight"])
            _pod_term(term["podAffinityTerm"], own_labels)


def _weight(weight: Field) -> None:
    number = weight.value or 0
    if number.__class__ is int and not 1 <= number <= 100:
        weight.invalid("must be in the range 1-100", number)


def _pod_term(term: Field, own_labels: Labels) -> None:
    """Mirrors: pkg/apis/core/validation/validation.go validatePodAffinityTerm @ v1.37."""
    if term.is_hole:
        return
    label_selector(term["labelSelector"])
    label_selector(term["namespaceSelector"])
    for namespace in term["namespaces"]:
        dns_label.item(namespace.named_as(term, "namespace"))
    _label_keys(term["matchLabelKeys"], term["labelSelector"])
    _label_keys(term["mismatchLabelKeys"], term["labelSelector"])
    _selected_twice(term["matchLabelKeys"], term["labelSelector"], own_labels)
    _in_both_lists(term["matchLabelKeys"], term["mismatchLabelKeys"])
    topology = term["topologyKey"]
    if not topology:
        topology.required("can not be empty")
    label_key(topology)


def _label_keys(keys: Field, selector: Field) -> None:
    if keys and not selector.is_set:
        keys.forbidden("must not be specified when labelSelector is not set", fix="write the labelSelector too")
        return
    for key in keys:
        label_key(key)


def _selected_twice(keys: Field, selector: Field, own_labels: Labels) -> None:
    """A key whose value comes from the pod, if the selector then has two requirements for it.

    When it creates a Pod, the server adds a requirement for each key that the Pod has a label for.
    """
    by_key = {key.value: key for key in keys if key.value.__class__ is str}
    if not by_key:
        return
    asked = {key for key, _ in selector["matchLabels"].entries()}
    wanted = [requirement["key"].value for requirement in selector["matchExpressions"]]
    wanted += [key for key in by_key if key in own_labels]
    for key in wanted:
        if key.__class__ is str and key in asked and key in by_key:
            by_key[key].invalid(_IN_BOTH, fix="remove it from one of the two")
        asked.add(key if key.__class__ is str else "")


def _in_both_lists(keys: Field, others: Field) -> None:
    by_key = {other.value: other for other in others if other.value.__class__ is str}
    for key in keys:
        if key.value.__class__ is str and key.value in by_key:
            key.invalid(_IN_BOTH_LISTS)
            by_key[key.value].invalid(_IN_BOTH_LISTS)


def tolerations(field: Field) -> None:
    """The taints of nodes that a pod tolerates.

    Mirrors: pkg/apis/core/validation/validation.go ValidateTolerations @ v1.37
    """
    for toleration in field:
        if toleration.is_hole:
            continue
        key, operator, effect = toleration["key"], toleration["operator"], toleration["effect"]
        if key:
            label_key(key)
        elif not operator.may_be("Exists"):
            said = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
            operator.invalid(said, operator.value or "", fix="name the key of the taint, or write operator: Exists")
        if toleration["tolerationSeconds"].is_set and not effect.may_be("NoExecute"):
            said = "effect must be 'NoExecute' when `tolerationSeconds` is set"
            effect.invalid(said, effect.value or "", fix="write effect: NoExecute, or remove tolerationSeconds")
        # Of a wrong value the server says the operator.
        _operator(operator, toleration["value"].named_as(toleration, "operator"))
        if effect:
            _EFFECTS(effect)


def _operator(operator: Field, value: Field) -> None:
    if operator.value in (None, "", "Equal"):
        faults = list(label_value.faults(value.value)) if value.value.__class__ is str else []
        if faults:
            value.invalid(";".join(faults))
    elif operator.value == "Exists":
        if value:
            value.invalid("value must be empty when `operator` is 'Exists'", fix="remove value, or write Equal")
    elif not operator.is_hole:
        operator.unsupported(_OPERATORS)


def spread_constraints(constraints: Field, own_labels: Labels) -> None:
    """How pods are spread over the nodes.

    Mirrors: pkg/apis/core/validation/validation.go validateTopologySpreadConstraints @ v1.37
    """
    pairs: set[tuple[Any, Any]] = set()
    for constraint in constraints:
        if constraint.is_hole:
            continue
        skew, topology, action = constraint["maxSkew"], constraint["topologyKey"], constraint["whenUnsatisfiable"]
        if (skew.value or 0).__class__ is int and (skew.value or 0) <= 0:
            skew.invalid("must be greater than zero", skew.value or 0)
        if not topology:
            topology.required("can not be empty")
        if not action.may_be(*_WHEN_UNSATISFIABLE):
            action.unsupported(_WHEN_UNSATISFIABLE)
        if not topology.is_hole and not action.is_hole:
            pair = (topology.value or "", action.value or "")
            if pair in pairs:
                both = topology.named_as(constraint, "{topologyKey, whenUnsatisfiable}")
                both.duplicate(f"{{{pair[0]}, {pair[1]}}}", fix="keep one of the two constraints")
            pairs.add(pair)
        _domains(constraint["minDomains"], action)
        for name in ("nodeAffinityPolicy", "nodeTaintsPolicy"):
            if constraint[name].is_set:
                _INCLUSION.check(constraint[name])
        _spread_keys(constraint["matchLabelKeys"], constraint["labelSelector"], own_labels)
        label_selector(constraint["labelSelector"])


def _domains(least: Field, action: Field) -> None:
    if least.value.__class__ is not int:
        return
    if least.value <= 0:
        least.invalid("must be greater than zero")
    if not action.may_be("DoNotSchedule"):
        least.invalid(f"can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {action.value or ''}")


def _spread_keys(keys: Field, selector: Field, own_labels: Labels) -> None:
    if not keys:
        return
    _label_keys(keys, selector)
    if keys.run.has("MatchLabelKeysInPodTopologySpreadSelectorMerge"):
        _selected_twice(keys, selector, own_labels)
        return
    asked = {key for key, _ in selector["matchLabels"].entries()}
    asked.update(str(requirement["key"].value) for requirement in selector["matchExpressions"])
    for key in keys:
        if key.value in asked:
            key.invalid(_IN_BOTH, fix="remove it from one of the two")
