"""The devices that drivers offer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from k8slint.apiserver.validation.field import Field, Unique, needed
from k8slint.apiserver.validation.formats import dns_label, dns_subdomain, qualified_name
from k8slint.apiserver.validation.resource.device import (
    at_most,
    attribute_name,
    driver_name,
    is_current,
    pool_name,
    taint,
)
from k8slint.apiserver.validation.selectors import node_selector
from k8slint.values.regex import regex

_MOST_DEVICES: Final = 128
# A lower limit if devices have taints, shared counters or lists of attributes, which take more room.
_MOST_RICH_DEVICES: Final = 64
_MOST_COUNTER_SETS: Final = 8
_MOST_COUNTERS: Final = 32
_MOST_CONSUMED_SETS: Final = 2
_MOST_ENTRIES: Final = 32
_MOST_VALUES: Final = 48
_MOST_TAINTS: Final = 16
_MOST_CONDITIONS: Final = 4
_MOST_TEXT_BYTES: Final = 64
_SINGLE: Final = ("int", "bool", "string", "version")
_LISTS: Final = ("ints", "bools", "strings", "versions")
_PRE_RELEASE: Final = r"(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)"
_NUMBER: Final = r"(0|[1-9]\d*)"
_SEMANTIC_VERSION = regex(
    rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}(-{_PRE_RELEASE}(\.{_PRE_RELEASE})*)?(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?",
    re.ASCII,
)
_ON_NODES: Final = ("nodeName", "nodeSelector", "allNodes")


def resource_slice(obj: Field) -> None:
    """A ResourceSlice.

    Mirrors: pkg/apis/resource/validation/validation.go ValidateResourceSlice @ v1.37
    """
    if not is_current(obj):
        return
    spec = obj["spec"]
    driver_name(spec["driver"])
    _pool(spec["pool"])
    _nodes(spec)
    devices, counters = spec["devices"], spec["sharedCounters"]
    has_counters = spec.run.has("DRAPartitionableDevices")
    if has_counters and counters.is_set and devices.is_set:
        spec.invalid("only one of `sharedCounters` or `devices` is allowed", "")
    is_rich = any(device["taints"] or device["consumesCounters"] for device in devices)
    if at_most(devices, _MOST_RICH_DEVICES if is_rich else _MOST_DEVICES):
        names = Unique()
        for device in devices:
            _device(device, spec["perDeviceNodeSelection"])
            if device["name"].value.__class__ is str:
                names.add(device, device["name"].value, device["name"].value)
    if has_counters and at_most(counters, _MOST_COUNTER_SETS):
        _counter_sets(counters, "name", _MOST_COUNTERS)


def _pool(pool: Field) -> None:
    if pool.is_hole:
        return
    pool_name(pool["name"])
    count, generation = pool["resourceSliceCount"], pool["generation"]
    if not count.is_hole and (count.value or 0) <= 0:
        count.invalid("must be greater than zero", count.value or 0)
    if generation.value.__class__ is int and generation.value < 0:
        generation.invalid("must be greater than or equal to zero")


def _nodes(spec: Field) -> None:
    """The nodes that reach the devices of the slice: exactly one way to name them."""
    ways = [*_ON_NODES, "perDeviceNodeSelection"] if spec.run.has("DRAPartitionableDevices") else [*_ON_NODES]
    if any(spec[way].is_hole for way in ways):
        return
    if spec["nodeName"].value == "":
        spec["nodeName"].invalid("must be either unset or set to a non-empty string")
    chosen = _chosen(spec, ways)
    listed = "`nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection`"
    if not chosen:
        spec.required(f"exactly one of {listed} is required")
    elif len(chosen) > 1:
        said = f"exactly one of {listed} is required, but multiple fields are set"
        spec.invalid(said, f"{{{', '.join(chosen)}}}")
    terms = spec["nodeSelector"]["nodeSelectorTerms"]
    if spec["nodeSelector"].is_set:
        node_selector(spec["nodeSelector"])
    if spec["nodeSelector"].is_set and not terms.is_hole and len(terms) != 1:
        terms.invalid("must have exactly one node selector term")


def _chosen(owner: Field, ways: Sequence[str]) -> list[str]:
    chosen = [f"`{way}`" for way in ways if (owner[way].is_set if way == "nodeSelector" else owner[way])]
    if owner["nodeName"]:
        dns_subdomain(owner["nodeName"])
    for way in ("allNodes", "perDeviceNodeSelection"):
        if way in ways and owner[way].value is False:
            owner[way].invalid("must be either unset or set to true")
    return chosen


def _device(device: Field, selects_nodes: Field) -> None:
    """One device.

    Mirrors: pkg/apis/resource/validation/validation.go validateDevice @ v1.37
    """
    if device.is_hole:
        return
    dns_label.item(device["name"])
    _attributes(device)
    if device.run.has("DRADeviceTaints") and at_most(device["taints"], _MOST_TAINTS):
        for entry in device["taints"]:
            taint(entry)
    if device.run.has("DRAPartitionableDevices"):
        if at_most(device["consumesCounters"], _MOST_CONSUMED_SETS):
            _counter_sets(device["consumesCounters"], "counterSet", _MOST_COUNTERS)
        _nodes_of_device(device, selects_nodes)
    if device.run.has("DRADeviceBindingConditions"):
        _binding(device)


def _attributes(device: Field) -> None:
    """The attributes and capacities of a device."""
    attributes, capacity = device["attributes"], device["capacity"]
    entries = len(attributes) + len(capacity)
    if entries > _MOST_ENTRIES:
        device.invalid(f"the total number of attributes and capacities must not exceed {_MOST_ENTRIES}", entries)
    values = sum(sum(len(attribute[name]) for name in _LISTS) or 1 for _, attribute in attributes.entries())
    if values > _MOST_VALUES:
        device.invalid(f"the total number of attribute values must not exceed {_MOST_VALUES}", values)
    for name, attribute in attributes.entries():
        attribute_name(attributes, name)
        _attribute(attribute)
    for name, amount in capacity.entries():
        attribute_name(capacity, name)
        _capacity(amount, device["allowMultipleAllocations"])


def _attribute(attribute: Field) -> None:
    """The value of an attribute, of exactly one type.

    Mirrors: pkg/apis/resource/validation/validation.go validateDeviceAttribute @ v1.37
    """
    if attribute.is_hole:
        return
    types = [name for name in (*_SINGLE, *_LISTS) if attribute[name].is_set]
    listed = ", ".join(f"`{name}`" for name in (*_SINGLE, *_LISTS))
    if not types:
        attribute.invalid(f"must specify one of: {listed}", "")
    elif len(types) > 1:
        said = ", ".join(f"`{name}`" for name in types)
        attribute.invalid(f"exactly one of {listed} is required, but multiple fields are set", f"{{{said}}}")
    for name in _LISTS:
        if attribute[name].value == []:
            attribute[name].invalid("must not be empty if specified")
    for field in (attribute["string"], *attribute["strings"]):
        _short(field)
    for field in (attribute["version"], *attribute["versions"]):
        if field.value.__class__ is str and not _SEMANTIC_VERSION.fullmatch(field.value):
            field.invalid("must be a string compatible with semver.org spec 2.0.0", fix="write it as 1.2.3")
        _short(field)


def _short(field: Field) -> None:
    if field.value.__class__ is str and len(field.value.encode(errors="replace")) > _MOST_TEXT_BYTES:
        field.too_long(_MOST_TEXT_BYTES)


def _capacity(amount: Field, is_shared: Field) -> None:
    policy = amount["requestPolicy"]
    if not policy.is_set or policy.is_hole or is_shared.is_hole or not amount.run.has("DRAConsumableCapacity"):
        return
    if is_shared.value is not True:
        policy.forbidden(
            "allowMultipleAllocations must be true", fix="add allowMultipleAllocations: true to the device"
        )
        return
    values, span = policy["validValues"], policy["validRange"]
    if values and span.is_set:
        policy.forbidden(
            'exactly one policy can be specified, cannot specify "validValues" and "validRange" at the same time'
        )
        return
    for field, name in ((values, "validValues"), (span, "validRange")):
        if field and not policy["default"].is_set:
            policy["default"].required(f"required when {name} is defined")
    if span.is_set and policy["default"].is_set and not span["min"].is_set:
        span["min"].required("required when validRange is defined")


def _counter_sets(sets: Field, key: str, most: int) -> None:
    """Sets of counters, which several devices may share.

    Mirrors: pkg/apis/resource/validation/validation.go validateCounterSet, validateDeviceCounterConsumption @ v1.37
    """
    names = Unique()
    for one in sets:
        if one.is_hole:
            continue
        needed(dns_label).check(one[key])
        counters = one["counters"]
        if not counters:
            counters.required()
        elif at_most(counters, most):
            for name, _ in counters.entries():
                for fault in dns_label.faults(name):
                    counters.invalid(fault, name, at=(name,))
        if one[key].value.__class__ is str:
            names.add(one, one[key].value)


def _nodes_of_device(device: Field, selects_nodes: Field) -> None:
    if selects_nodes.is_hole or any(device[way].is_hole for way in _ON_NODES):
        return
    if selects_nodes.value is not True:
        if any(device[way].is_set for way in _ON_NODES):
            device.invalid(
                "`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true"
                " in the ResourceSlice spec",
                None,
            )
        return
    if device["nodeName"].value == "":
        device["nodeName"].invalid("must not be empty")
    if device["nodeSelector"].is_set:
        node_selector(device["nodeSelector"])
    chosen = _chosen(device, _ON_NODES)
    said = (
        "exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to"
        " true in the ResourceSlice spec"
    )
    if not chosen:
        device.required(said)
    elif len(chosen) > 1:
        device.invalid(said, f"{{{', '.join(chosen)}}}")


def _binding(device: Field) -> None:
    """The conditions that the scheduler waits for before binding, and those that end the wait.

    Mirrors: pkg/apis/resource/validation/validation.go validateDeviceBindingParameters @ v1.37
    """
    good, bad = device["bindingConditions"], device["bindingFailureConditions"]
    if good.is_hole or bad.is_hole:
        return
    for conditions in (good, bad):
        seen = Unique()
        for condition in conditions if at_most(conditions, _MOST_CONDITIONS) else ():
            qualified_name.item(condition)
            seen.add(condition)
    wanted = {condition.value for condition in good if condition.value.__class__ is str}
    for condition in bad:
        if condition.value in wanted:
            condition.invalid("bindingFailureConditions must not overlap with bindingConditions")
    if bad and not good:
        good.invalid("bindingConditions are required to use bindingFailureConditions", [])
    if good and not bad:
        bad.invalid("bindingFailureConditions are required to use bindingConditions", [])
