"""The policies of a Job: when it has failed, and when it has succeeded before all of its pods have."""

from __future__ import annotations

from typing import Any, Final

from k8slint.apiserver.validation.field import Field, one_of
from k8slint.apiserver.validation.formats import qualified_name

_ACTIONS: Final = ("Count", "FailIndex", "FailJob", "Ignore")
_OPERATORS: Final = ("In", "NotIn")
_STATUSES: Final = ("False", "True", "Unknown")
_MOST_RULES: Final = 20
_MOST_CONDITIONS: Final = 20
_MOST_EXIT_CODES: Final = 255
_LONGEST_INDEXES: Final = 64 * 1024


def pod_failure_policy(spec: Field) -> None:
    """Which failures of pods count, and as what.

    Mirrors: pkg/apis/batch/validation/validation.go validatePodFailurePolicy @ v1.37
    """
    rules = spec["podFailurePolicy"]["rules"]
    if len(rules) > _MOST_RULES:
        rules.too_many(_MOST_RULES)
    containers = _names(spec["template"]["spec"])
    for rule in rules:
        _failure_rule(spec, rule, containers)


def _names(pod: Field) -> frozenset[Any] | None:
    """The names of the pod's containers; None if not all are known."""
    lists = (pod["containers"], pod["initContainers"])
    names = [container["name"] for containers in lists for container in containers]
    if any(field.is_hole for field in (*lists, *names)):
        return None
    return frozenset(name.value for name in names)


def _failure_rule(spec: Field, rule: Field, containers: frozenset[Any] | None) -> None:
    action, codes, conditions = rule["action"], rule["onExitCodes"], rule["onPodConditions"]
    if action.value == "FailIndex":
        # Without the gate, the server drops that limit.
        if not spec["backoffLimitPerIndex"].is_set and spec.run.has("JobBackoffLimitPerIndex"):
            action.invalid("requires the backoffLimitPerIndex to be set")
    else:
        _word(action, _ACTIONS)
    if codes.is_set:
        _exit_codes(codes, containers)
    if len(conditions) > _MOST_CONDITIONS:
        conditions.too_many(_MOST_CONDITIONS)
    for condition in conditions:
        kind = condition["type"].value or ""
        for fault in qualified_name.faults(kind) if kind.__class__ is str else ():
            condition["type"].invalid(fault, kind)
        _word(condition["status"], _STATUSES)
    if codes.is_set and conditions:
        rule.invalid("specifying both OnExitCodes and OnPodConditions is not supported")
    elif not codes.is_set and not conditions:
        rule.invalid("specifying one of OnExitCodes and OnPodConditions is required")


def _word(field: Field, words: tuple[str, ...]) -> None:
    if field:
        one_of(*words)(field)
    else:
        listed = " ".join(f'"{word}"' for word in words)
        field.required(f"valid values: [{listed}]")


def _exit_codes(codes: Field, containers: frozenset[Any] | None) -> None:
    """Exit codes, in ascending order.

    Mirrors: pkg/apis/batch/validation/validation.go validatePodFailurePolicyRuleOnExitCodes @ v1.37
    """
    operator, name, values = codes["operator"], codes["containerName"], codes["values"]
    _word(operator, _OPERATORS)
    if name.is_set and containers is not None and name.value not in containers:
        name.invalid("must be one of the container or initContainer names in the pod template")
    if not values:
        values.invalid("at least one value is required", values.value or [])
    elif len(values) > _MOST_EXIT_CODES:
        values.too_many(_MOST_EXIT_CODES)
    seen: set[int] = set()
    before: int | None = None
    is_ordered = True
    for value in values:
        number = value.value if value.value is not None else 0
        if number.__class__ is not int:
            continue
        if operator.value == "In" and number == 0:
            value.invalid("must not be 0 for the In operator", 0)
        if number in seen:
            value.duplicate(number)
        seen.add(number)
        is_ordered = is_ordered and (before is None or before <= number)
        before = number
    if not is_ordered:
        values.invalid("must be ordered")


def success_policy(spec: Field) -> None:
    """Which indexes must succeed, or how many.

    Mirrors: pkg/apis/batch/validation/validation.go validateSuccessPolicy @ v1.37
    """
    policy, completions = spec["successPolicy"], spec["completions"]
    if not spec["completionMode"].may_be("Indexed"):
        policy.invalid("requires indexed completion mode", fix="write completionMode: Indexed")
        return
    rules = policy["rules"]
    if not rules:
        rules.required("at least one rules must be specified when the successPolicy is specified")
    if len(rules) > _MOST_RULES:
        rules.too_many(_MOST_RULES)
    for rule in rules:
        _success_rule(rule, completions.value if completions.value.__class__ is int else None)


def _success_rule(rule: Field, completions: int | None) -> None:
    count, indexes = rule["succeededCount"], rule["succeededIndexes"]
    if not count.is_set and not indexes.is_set:
        rule.required("at least one of succeededCount or succeededIndexes must be specified")
    total: int | None = None
    if indexes.value.__class__ is str:
        if len(indexes) > _LONGEST_INDEXES:
            indexes.too_long(_LONGEST_INDEXES)
        total = _indexes(indexes, completions) if completions is not None else None
    if count.value.__class__ is not int:
        return
    if count.value < 0:
        count.invalid("must be greater than or equal to 0")
    if completions is not None and count.value > completions:
        count.invalid(f"must be less than or equal to {completions} (the number of specified completions)")
    if total is not None and count.value > total:
        said = f"must be less than or equal to {total} (the number of indexes in the specified succeededIndexes field)"
        count.invalid(said)


def _indexes(field: Field, completions: int) -> int:
    """The number of indexes that a text names; 0 if it is wrong.

    Mirrors: pkg/apis/batch/validation/validation.go validateIndexesFormat @ v1.37
    """
    try:
        return _count(field.value, completions)
    except ValueError as error:
        field.invalid(f"error parsing succeededIndexes: {error}")
        return 0


def _count(text: str, completions: int) -> int:
    total, last = 0, None
    for part in text.split(",") if text else ():
        first, final = _interval(part, completions)
        if last is not None and last >= first:
            raise ValueError(f"non-increasing order, previous: {last}, current: {first}")
        total += final - first + 1
        last = final
    return total


def _interval(text: str, completions: int) -> tuple[int, int]:
    """The first and the last index of an interval.

    Raises:
        ValueError: in the server's words, if it is neither a number nor two with a dash.

    Mirrors: pkg/apis/batch/validation/validation.go parseIndexInterval @ v1.37
    """
    limits = text.split("-")
    if len(limits) > 2:
        raise ValueError(
            f'the fragment "{text}" violates the requirement that an index interval can have at most two parts'
            " separated by '-'"
        )
    numbers = [_index(limit, completions) for limit in limits]
    if len(numbers) > 1 and numbers[0] >= numbers[1]:
        raise ValueError(f"non-increasing order, previous: {numbers[0]}, current: {numbers[1]}")
    return numbers[0], numbers[-1]


def _index(text: str, completions: int) -> int:
    digits = text.removeprefix("+")
    if not (digits.isascii() and digits.isdecimal()):
        raise ValueError(f'cannot convert string to integer for index: "{text}"')
    # No count of completions has more than ten digits; reading many digits would be slow.
    if len(digits.lstrip("0")) > 10 or int(digits[-11:]) >= completions:
        raise ValueError(f'too large index: "{text}"')
    return int(digits[-11:])
