"""Numbers of ports, in fields of many kinds."""

from __future__ import annotations

from k8slint.apiserver.validation.field import Field
from k8slint.apiserver.validation.formats import port_name


def is_port(number: int) -> bool:
    """Whether a number is that of a port: 1 to 65535."""
    return 1 <= number <= 65535


def port_number(field: Field) -> None:
    """The number of a port; an absent one is 0, which is refused.

    Mirrors: apimachinery pkg/util/validation/validation.go IsValidPortNum @ v1.37
    """
    number = field.value or 0
    if number.__class__ is int and not is_port(number):
        field.invalid("must be between 1 and 65535, inclusive", number)


def port_number_or_name(field: Field) -> None:
    """A port by its number or by its name; an absent one is 0, which is refused.

    Mirrors: pkg/apis/core/validation/validation.go ValidatePortNumOrName @ v1.37
    """
    (port_name if field.value.__class__ is str else port_number)(field)
