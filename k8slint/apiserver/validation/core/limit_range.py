"""LimitRanges, as the API server validates them on creation."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, Final

from k8slint.apiserver.admission.resource_list import PrintedQuantity
from k8slint.apiserver.validation.core.resources import (
    amount_of,
    container_resource_name,
    is_overcommitted,
    resource_name,
)
from k8slint.apiserver.validation.field import Field
from k8slint.apiserver.validation.formats import qualified_name
from k8slint.values.nearest import nearest
from k8slint.values.quantity import Quantity

_TYPES: Final = ("Container", "PersistentVolumeClaim", "Pod")
_DEFAULTS: Final = ("default", "defaultRequest")
_LISTS: Final = ("max", "min", *_DEFAULTS, "maxLimitRequestRatio")
_MOST_IN_THOUSANDTHS: Final = (2**63 - 1) // 1000
# The lesser amount, the greater, the one the server reports at, the one it shows, and its words.
_ORDER: Final = (
    ("min", "max", "min", "min", "min value {} is greater than max value {}"),
    (
        "min",
        "defaultRequest",
        "defaultRequest",
        "defaultRequest",
        "min value {} is greater than default request value {}",
    ),
    (
        "defaultRequest",
        "max",
        "defaultRequest",
        "defaultRequest",
        "default request value {} is greater than max value {}",
    ),
    (
        "defaultRequest",
        "default",
        "defaultRequest",
        "defaultRequest",
        "default request value {} is greater than default limit value {}",
    ),
    ("min", "default", "default", "min", "min value {} is greater than default value {}"),
    ("default", "max", "default", "max", "default value {} is greater than max value {}"),
)
Amounts = dict[str, PrintedQuantity | None]


def limit_range(obj: Field) -> None:
    """A LimitRange.

    Mirrors: pkg/apis/core/validation/validation.go ValidateLimitRange @ v1.37
    """
    types: set[Any] = set()
    for limit in obj["spec"]["limits"]:
        if limit.is_hole:
            continue
        kind = limit["type"]
        if not kind.is_hole:
            _type(kind)
            if kind.value in types:
                kind.duplicate()
            types.add(kind.value)
        _limit(limit, kind)


def _type(kind: Field) -> None:
    """Mirrors: pkg/apis/core/validation/validation.go validateLimitRangeTypeName @ v1.37."""
    text = kind.value or ""
    faults = list(qualified_name.faults(text))
    for fault in faults:
        kind.invalid(fault, text)
    if not faults and "/" not in text and text not in _TYPES:
        near = nearest(text, _TYPES)
        fix = f'write "{near}"' if near else f"write one of {', '.join(_TYPES)}"
        kind.invalid("must be a standard limit type or fully qualified", fix=fix)


def _limit(limit: Field, kind: Field) -> None:
    is_of_pods = kind.value == "Pod"
    faults = container_resource_name if kind.value in ("Pod", "Container") else resource_name
    amounts: dict[str, Amounts] = {}
    for name in _LISTS:
        if is_of_pods and name in _DEFAULTS:
            if limit[name]:
                fix = "move it to an entry with type: Container"
                limit[name].forbidden("may not be specified when `type` is 'Pod'", fix=fix)
            amounts[name] = {}
        else:
            amounts[name] = _amounts(limit[name], faults)
    is_known = not (limit["min"].is_hole or limit["max"].is_hole)
    if kind.value == "PersistentVolumeClaim" and is_known and "storage" not in {**amounts["min"], **amounts["max"]}:
        said = "either minimum or maximum storage value is required, but neither was provided"
        limit["limits"].required(said, fix="write min or max with storage")
    for resource in dict.fromkeys(resource for name in _LISTS for resource in amounts[name]):
        _compare(limit, resource, {name: amounts[name].get(resource) for name in _LISTS})


def _amounts(listed: Field, faults: Callable[[str], Iterator[str]]) -> Amounts:
    found: Amounts = {}
    for resource, amount in listed.entries():
        for fault in faults(resource):
            amount.invalid(fault, resource)
        found[resource] = amount_of(amount)
    return found


def _compare(limit: Field, resource: str, amounts: Amounts) -> None:
    for lower, upper, place, shown, said in _ORDER:
        low, high = amounts[lower], amounts[upper]
        if low is not None and high is not None and low.nanos > high.nanos:
            limit[place][resource].invalid(said.format(low, high), str(amounts[shown]))
    ratio = amounts["maxLimitRequestRatio"]
    if ratio is not None:
        _ratio(limit["maxLimitRequestRatio"][resource], ratio, amounts["min"], amounts["max"])
    default, request = amounts["default"], amounts["defaultRequest"]
    if not is_overcommitted(resource) and default and request and default.nanos != request.nanos:
        said = f"default value {default} must equal to defaultRequest value {request} in {resource}"
        limit["defaultRequest"][resource].invalid(said, str(request))


def _ratio(field: Field, ratio: PrintedQuantity, least: PrintedQuantity | None, most: PrintedQuantity | None) -> None:
    """The ratio of a limit to its request: at least 1, and no more than maximum by minimum."""
    if ratio.nanos < 10**9:
        field.invalid(f"ratio {ratio} is less than 1", str(ratio))
    if least is None or most is None:
        return
    numbers = [Quantity(amount.nanos) for amount in (ratio, least, most)]
    if all(number.value < _MOST_IN_THOUSANDTHS for number in numbers):
        wanted, low, high = numbers[0].millicores / 1000, numbers[1].millicores, numbers[2].millicores
    else:
        wanted, low, high = float(numbers[0].value), numbers[1].value, numbers[2].value
    # Go's division by zero yields infinity or NaN.
    room = high / low if low else math.copysign(math.inf, high) if high else math.nan
    if wanted > room:
        field.invalid(f"ratio {ratio} is greater than max/min = {room:f}", str(ratio))
