"""Claims of devices, and templates of claims."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Final

from k8slint.apiserver.validation.field import Field, Unique, needed
from k8slint.apiserver.validation.formats import dns_label, dns_subdomain
from k8slint.apiserver.validation.metadata import validate_template_metadata
from k8slint.apiserver.validation.resource.device import (
    at_most,
    configuration,
    full_attribute_name,
    is_current,
    selectors,
    toleration,
)

_MOST: Final = 32
_MOST_ALTERNATIVES: Final = 8
_NO_REQUEST: Final = (
    "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'"
)

# The requests of a claim, each with its alternatives; None if one of them is not known.
_Names = Mapping[str, AbstractSet[str]] | None


def resource_claim(obj: Field) -> None:
    """A ResourceClaim.

    Mirrors: pkg/apis/resource/validation/validation.go ValidateResourceClaim @ v1.37
    """
    if is_current(obj):
        _devices(obj["spec"]["devices"])


def resource_claim_template(obj: Field) -> None:
    """A ResourceClaimTemplate.

    Mirrors: pkg/apis/resource/validation/validation.go ValidateResourceClaimTemplate @ v1.37
    """
    if not is_current(obj):
        return
    validate_template_metadata(obj["spec"]["metadata"])
    _devices(obj["spec"]["spec"]["devices"])


def _devices(devices: Field) -> None:
    """The requests for devices, the constraints between devices, and their configuration.

    Mirrors: pkg/apis/resource/validation/validation.go validateDeviceClaim @ v1.37
    """
    if devices.is_hole:
        return
    requests, known = devices["requests"], _request_names(devices["requests"])
    if at_most(requests, _MOST):
        _each_once(requests)
        for request in requests:
            _request(request)
    for constraint in devices["constraints"] if at_most(devices["constraints"], _MOST) else ():
        _constraint(constraint, known)
    for config in devices["config"] if at_most(devices["config"], _MOST) else ():
        _references(config["requests"], known)
        configuration(config)


def _each_once(requests: Field) -> None:
    names = Unique()
    for request in requests:
        if request["name"].value.__class__ is str:
            names.add(request, request["name"].value)


def _request_names(requests: Field) -> _Names:
    known: dict[str, AbstractSet[str]] = {}
    if requests.is_hole:
        return None
    for request in requests:
        alternatives = {alternative["name"].value for alternative in request["firstAvailable"]}
        if any(name.__class__ is not str and name is not None for name in (request["name"].value, *alternatives)):
            return None
        known[request["name"].value or ""] = alternatives
    return known


def _request(request: Field) -> None:
    """One request: for devices of one class, or for the first alternative that can be met.

    Mirrors: pkg/apis/resource/validation/validation.go validateDeviceRequest @ v1.37
    """
    exactly, first = request["exactly"], request["firstAvailable"]
    dns_label.item(request["name"])
    if exactly.is_hole or first.is_hole:
        return
    if exactly.is_set and first:
        request.invalid("exactly one of `exactly` or `firstAvailable` is required, but multiple fields are set", None)
    elif first:
        if at_most(first, _MOST_ALTERNATIVES):
            _each_once(first)
            for alternative in first:
                dns_label.item(alternative["name"])
                _ask(alternative)
    elif exactly.is_set:
        _ask(exactly)
    else:
        request.required(
            "exactly one of `exactly` or `firstAvailable` is required",
            fix="write deviceClassName and what goes with it below exactly",
        )


def _ask(ask: Field) -> None:
    needed(dns_subdomain).check(ask["deviceClassName"])
    selectors(ask["selectors"])
    mode, count = ask["allocationMode"], ask["count"]
    number = count.value or 0
    if mode.value == "All":
        if number and not count.is_hole:
            count.invalid("must not be specified when allocationMode is 'All'")
    elif mode.value == "ExactCount":
        if number.__class__ is int and number <= 0:
            count.invalid("must be greater than zero", number)
    elif mode.is_set:
        mode.unsupported(("All", "ExactCount"))
    for entry in ask["tolerations"] if ask.run.has("DRADeviceTaints") else ():
        toleration(entry)


def _constraint(constraint: Field, known: _Names) -> None:
    """An attribute that the devices of several requests must share, or must differ in.

    Mirrors: pkg/apis/resource/validation/validation.go validateDeviceConstraint @ v1.37
    """
    _references(constraint["requests"], known)
    same, distinct = constraint["matchAttribute"], constraint["distinctAttribute"]
    has_distinct = constraint.run.has("DRAConsumableCapacity")
    if same.is_set:
        full_attribute_name(same)
    elif has_distinct and distinct.is_set:
        full_attribute_name(distinct)
    elif not has_distinct:
        same.required()
    else:
        constraint.required(
            'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set',
            fix="write matchAttribute with the name of an attribute",
        )


def _references(names: Field, known: _Names) -> None:
    """The names of requests, or of alternatives of one, that the claim has.

    Mirrors: pkg/apis/resource/validation/validation.go validateRequestNameRef @ v1.37
    """
    seen = Unique()
    for name in names if at_most(names, _MOST) else ():
        text = "" if name.value is None else name.value
        if text.__class__ is not str:
            continue
        parts = text.split("/")
        for part in parts if len(parts) <= 2 else ():
            for fault in dns_label.faults(part):
                name.invalid(fault, part)
        if known is not None and not _is_known(parts, known):
            name.invalid(_NO_REQUEST, text)
        seen.add(name)


def _is_known(parts: list[str], known: Mapping[str, AbstractSet[str]]) -> bool:
    request, *further = parts
    return request in known and (not further or (len(further) == 1 and further[0] in known[request]))
