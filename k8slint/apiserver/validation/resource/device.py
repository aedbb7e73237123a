"""What the kinds of devices share: names, selectors, configuration, taints; and the kinds that have little more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from k8slint.apiserver.validation.core.resources import is_extended
from k8slint.apiserver.validation.expressions import Wanted
from k8slint.apiserver.validation.expressions import expression as compiled
from k8slint.apiserver.validation.field import HOLE, Field, Form, given, needed, one_of
from k8slint.apiserver.validation.formats import dns_label, dns_subdomain, label_value, qualified_name
from k8slint.values.regex import regex

_MOST_SELECTORS: Final = 32
_MOST_CONFIGS: Final = 32
_MOST_PARAMETER_BYTES: Final = 10 * 1024
_MOST_EXPRESSION_BYTES: Final = 10 * 1024
_MOST_ID: Final = 32
_DEVICE: Final = {"device": dict.fromkeys(("driver", "attributes", "capacity", "allowMultipleAllocations"))}
_MATCH: Final = Wanted(("bool",), "must evaluate to bool or the unknown type, not")
_EFFECTS: Final = one_of("NoExecute", "NoSchedule", **{"None": 35})
_C_IDENTIFIER = regex(r"[A-Za-z_][A-Za-z0-9_]*")
# The versions of the shape that is validated here; older ones have another, and are off by default.
_VERSIONS: Final = ("resource.k8s.io/v1", "resource.k8s.io/v1beta2")


def is_current(obj: Field) -> bool:
    """Whether an object is of a version of this shape, and its spec is known."""
    return obj["apiVersion"].value in _VERSIONS and not obj["spec"].is_hole


def at_most(field: Field, most: int) -> bool:
    """Whether a list or map has at most `most` entries. If not, that is a problem, and the server reads none of it."""
    if len(field) > most:
        field.too_many(most)
        return False
    return True


def driver_name(field: Field) -> None:
    """The name of a driver: a domain of at most 63 characters.

    Mirrors: pkg/apis/core/validation/validation.go ValidateCSIDriverName @ v1.37
    """
    if not field:
        field.required()
    elif field.value.__class__ is str:
        if len(field.value.encode()) > 63:
            field.too_long(63)
        for fault in dns_subdomain.faults(field.value.lower()):
            field.invalid(fault)


def pool_name(field: Field) -> None:
    """The name of a pool: domains, separated by slashes.

    Mirrors: pkg/apis/resource/validation/validation.go validatePoolName @ v1.37
    """
    if not field:
        field.required()
    elif field.value.__class__ is str:
        if len(field.value.encode()) > 253:
            field.too_long(253)
        for part in field.value.split("/"):
            for fault in dns_subdomain.faults(part):
                field.invalid(fault)


@Form
def _identifier(text: str) -> Iterator[str]:
    """A name in the form of the language C."""
    if not _C_IDENTIFIER.fullmatch(text):
        yield (
            "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric"
            f" characters or '_' (e.g. 'my_name', or 'MY_NAME', or 'MyName', regex used for validation is"
            f" '{_C_IDENTIFIER.pattern}')"
        )


def attribute_name(field: Field, text: str) -> None:
    """The name of an attribute or capacity, which may have a domain.

    Mirrors: pkg/apis/resource/validation/validation.go validateQualifiedName @ v1.37
    """
    *domain, name = text.split("/")
    if len(domain) > 1:
        # The server does not check those, by an oversight.
        return
    if domain:
        if not domain[0]:
            field.invalid("the domain must not be empty", "")
        for fault in dns_subdomain.faults(domain[0].lower()) if domain[0] else ():
            field.invalid(fault, domain[0])
        if len(domain[0]) > 63:
            field.too_long(63)
    if domain and not name:
        field.invalid("the name must not be empty", "")
        return
    if len(name) > _MOST_ID:
        field.too_long(_MOST_ID)
    for fault in _identifier.faults(name):
        field.invalid(fault, name)


def full_attribute_name(field: Field) -> None:
    """The name of an attribute, with its domain.

    Mirrors: pkg/apis/resource/validation/validation.go validateFullyQualifiedName @ v1.37
    """
    if field.value.__class__ is not str:
        return
    attribute_name(field, field.value)
    if "/" not in field.value:
        field.invalid("a fully qualified name must be a domain and a name separated by a slash")


def selectors(field: Field) -> None:
    """Expressions that devices must meet.

    Mirrors: pkg/apis/resource/validation/validation.go validateSelector,
    dynamic-resource-allocation cel/compile.go newCompiler @ v1.37
    """
    if not at_most(field, _MOST_SELECTORS):
        return
    for selector in field:
        cel, expression = selector["cel"], selector["cel"]["expression"]
        if not cel.is_set:
            cel.required()
        elif not expression:
            expression.invalid("compilation failed: the expression is empty", "")
        elif len(expression) > _MOST_EXPRESSION_BYTES:
            expression.too_long(_MOST_EXPRESSION_BYTES)
        else:
            compiled(expression, _DEVICE, _MATCH)


def configuration(config: Field) -> None:
    """Parameters that are handed to the driver unread.

    Mirrors: pkg/apis/resource/validation/validation.go validateDeviceConfiguration @ v1.37
    """
    opaque = config["opaque"]
    if config.is_hole or opaque.is_hole:
        return
    if not opaque.is_set:
        opaque.required()
        return
    driver_name(opaque["driver"])
    parameters = opaque["parameters"]
    if not parameters.is_set:
        parameters.required()
    elif not parameters.is_hole and parameters.value.__class__ is not dict:
        parameters.invalid("must be a valid JSON object", "<value omitted>")
    elif _bytes_of(parameters) > _MOST_PARAMETER_BYTES:
        parameters.too_long(_MOST_PARAMETER_BYTES)


def _bytes_of(field: Field) -> int:
    try:
        return len(json.dumps(field.value, separators=(",", ":"), ensure_ascii=False, default=str))
    except RecursionError:
        return 0


def taint(field: Field) -> None:
    """A taint of a device.

    Mirrors: pkg/apis/resource/validation/validation.go validateDeviceTaint @ v1.37
    """
    if field.is_hole:
        return
    qualified_name.item(field["key"])
    if field["value"]:
        label_value(field["value"])
    needed(_EFFECTS).check(field["effect"])


def toleration(field: Field) -> None:
    """A toleration of a taint of a device.

    Mirrors: pkg/apis/resource/validation/validation.go validateDeviceToleration @ v1.37
    """
    operator, value = field["operator"], field["value"]
    if field["key"]:
        qualified_name(field["key"])
    if operator.value == "Exists" and value and not value.is_hole:
        value.invalid("must be empty for operator `Exists`")
    elif operator.value == "Equal":
        label_value(value)
    needed(one_of("Equal", "Exists")).check(operator)
    if field["effect"]:
        _EFFECTS(field["effect"])


def device_class(obj: Field) -> None:
    """A DeviceClass.

    Mirrors: pkg/apis/resource/validation/validation.go ValidateDeviceClass @ v1.37
    """
    if not is_current(obj):
        return
    spec = obj["spec"]
    selectors(spec["selectors"])
    if at_most(spec["config"], _MOST_CONFIGS):
        for config in spec["config"]:
            configuration(config)
    given(_extended_resource_name).check(spec["extendedResourceName"])


def _extended_resource_name(field: Field) -> None:
    text = field.value
    if text.__class__ is not str:
        return
    if "/" not in text:
        field.invalid("a name must be a domain-prefixed path, such as 'example.com/my-prop'")
        return
    faults = list(qualified_name.faults(text))
    for fault in faults:
        field.invalid(fault)
    if not faults and not is_extended(text):
        field.invalid("must be a valid extended resource name")


def device_taint_rule(obj: Field) -> None:
    """A DeviceTaintRule.

    Mirrors: pkg/apis/resource/validation/validation.go ValidateDeviceTaintRule @ v1.37
    """
    if not is_current(obj):
        return
    selector = obj["spec"]["deviceSelector"]
    for name, check in (("driver", driver_name), ("pool", pool_name), ("device", dns_label.item)):
        if selector[name].is_set and selector[name].value is not HOLE:
            check(selector[name])
    taint(obj["spec"]["taint"])
