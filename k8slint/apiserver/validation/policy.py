"""PodDisruptionBudgets, as the API server validates them on creation."""

from __future__ import annotations

from typing import Final

from k8slint.apiserver.validation.field import Field, fields, given, one_of
from k8slint.apiserver.validation.int_or_percent import at_most_all, int_or_percent
from k8slint.apiserver.validation.selectors import label_selector


def _part(field: Field) -> None:
    int_or_percent(field)
    at_most_all(field)


_SPEC: Final = fields(
    minAvailable=given(_part),
    maxUnavailable=given(_part),
    selector=given(label_selector),
    unhealthyPodEvictionPolicy=given(one_of("AlwaysAllow", "IfHealthyBudget")),
)


def pod_disruption_budget(obj: Field) -> None:
    """A PodDisruptionBudget.

    Mirrors: pkg/apis/policy/validation/validation.go ValidatePodDisruptionBudgetSpec @ v1.37
    """
    spec = obj["spec"]
    if spec["minAvailable"].is_set and spec["maxUnavailable"].is_set:
        spec.invalid("minAvailable and maxUnavailable cannot be both set", fix="keep one of them")
    _SPEC(spec)
