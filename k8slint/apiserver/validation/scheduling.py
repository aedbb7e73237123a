"""PriorityClasses, as the API server validates them on creation."""

from __future__ import annotations

from typing import Final

from k8slint.apiserver.validation.field import Field, one_of

_RESERVED: Final = "system-"
_HIGHEST: Final = 1_000_000_000
# The classes of the system and their values; neither may be the default.
_OF_THE_SYSTEM: Final = {"system-node-critical": 2_000_001_000, "system-cluster-critical": 2_000_000_000}
_POLICIES: Final = one_of("Never", "PreemptLowerPriority")


def priority_class(obj: Field) -> None:
    """A PriorityClass.

    Mirrors: pkg/apis/scheduling/validation/validation.go ValidatePriorityClass @ v1.37
    """
    name, value, policy = obj["metadata"]["name"], obj["value"], obj["preemptionPolicy"]
    number = value.value or 0
    if name.value.__class__ is str and name.value.startswith(_RESERVED):
        said = _why_not_of_the_system(name.value, number, obj["globalDefault"])
        if said:
            name.forbidden(
                f"priority class names with 'system-' prefix are reserved for system use only. error: {said}"
            )
    elif number.__class__ is int and number > _HIGHEST and not name.is_hole:
        value.forbidden(f"maximum allowed value of a user defined priority is {_HIGHEST}")
    if not policy.is_set:
        return
    if policy:
        _POLICIES(policy)
    else:
        policy.required()


def _why_not_of_the_system(name: str, number: object, is_default: Field) -> str:
    known = _OF_THE_SYSTEM.get(name)
    if known is None:
        return f"{name} is not a known system priority class"
    if number.__class__ is int and number != known:
        return f"value of {name} PriorityClass must be {known}"
    if is_default.value is True:
        return f"globalDefault of {name} PriorityClass must be false"
    return ""
