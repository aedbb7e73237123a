"""Readers of plain Kubernetes data, which raise ShapeError with the path of the first field of a wrong type.

`where` is the path of `parent`, empty at the top. A field that is absent or null gives the default or an empty value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from k8slint.values.labels import LabelSelector, Requirement
from k8slint.values.nearest import did_you_mean, nearest
from k8slint.values.quantity import Quantity, QuantityError

_SELECTOR_OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist")
_NAMES = {
    bool: "a boolean",
    int: "a number",
    float: "a number",
    str: "a string",
    list: "a list",
    dict: "a mapping",
    type(None): "null",
}


class ShapeError(ValueError):
    """Data that the API server would not have stored, so that nothing can be scheduled with it.

    `field` is a path such as `spec.containers[0].resources.requests[cpu]`; `obj` names the object: `Pod default/web`.
    """

    def __init__(self, field: str, problem: str, obj: str = "") -> None:
        super().__init__(f"{obj}: {field}: {problem}" if obj else f"{field}: {problem}")
        self.field = field
        self.problem = problem
        self.obj = obj

    def of(self, obj: str) -> ShapeError:
        """The same error with the name of its object, unless it has one already."""
        return self if self.obj else ShapeError(self.field, self.problem, obj)


def as_mapping(value: Any, where: str) -> Mapping[str, Any]:
    """The value, which must be a mapping; an empty mapping if it is None."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise _wrong(value, where, "a mapping")
    return value


def mapping_at(parent: Mapping[str, Any], key: str, where: str) -> Mapping[str, Any]:
    """The mapping under a key."""
    return as_mapping(parent.get(key), _join(where, key))


def items_at(parent: Mapping[str, Any], key: str, where: str) -> list[tuple[str, Mapping[str, Any]]]:
    """The mappings of the list under a key, each with its path."""
    path = _join(where, key)
    found = []
    for index, item in enumerate(_list(parent.get(key), path)):
        here = f"{path}[{index}]"
        if not isinstance(item, Mapping):
            raise _wrong(item, here, "a mapping")
        found.append((here, item))
    return found


def strings_at(parent: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    """The strings of the list under a key."""
    path = _join(where, key)
    values = _list(parent.get(key), path)
    for index, value in enumerate(values):
        if not isinstance(value, str):
            raise _wrong(value, f"{path}[{index}]", "a string")
    return tuple(values)


def text_at(parent: Mapping[str, Any], key: str, where: str, default: str = "") -> str:
    """The string under a key; the default if it is empty, as in the API server."""
    value = parent.get(key)
    if value is None:
        return default
    if not isinstance(value, str):
        raise _wrong(value, _join(where, key), "a string")
    return value or default


def whole_at(parent: Mapping[str, Any], key: str, where: str, default: int = 0) -> int:
    """The whole number under a key, which may be written as a float."""
    value = parent.get(key)
    if value is None:
        return default
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong(value, _join(where, key), "a whole number")
    return value


def flag_at(parent: Mapping[str, Any], key: str, where: str) -> bool:
    """The boolean under a key."""
    value = parent.get(key)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise _wrong(value, _join(where, key), "true or false")
    return value


def time_at(parent: Mapping[str, Any], key: str, where: str) -> datetime | None:
    """The time under a key, in UTC unless it names a zone; None if there is none."""
    value = parent.get(key)
    if value is None:
        return None
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            pass
        else:
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    raise _wrong(value, _join(where, key), "a time such as 2026-01-31T12:00:00Z")


def labels_at(parent: Mapping[str, Any], key: str, where: str) -> dict[str, str]:
    """The labels, or any other map of strings, under a key."""
    path = _join(where, key)
    labels = as_mapping(parent.get(key), path)
    for name, value in labels.items():
        if not isinstance(name, str):
            raise _wrong(name, f"{path}[{name}]", "a string as key")
        if not isinstance(value, str):
            raise _wrong(value, f"{path}[{name}]", "a string")
    return dict(labels)


def quantity(value: Any, where: str) -> Quantity:
    """The quantity that a string or number means; `where` is its own path."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _wrong(value, where, "a quantity")
    try:
        return Quantity.parse(value)
    except QuantityError:
        raise ShapeError(where, f'"{value}" is no quantity; expected an amount such as 500m or 1Gi') from None


def amounts_at(parent: Mapping[str, Any], key: str, where: str) -> dict[str, int]:
    """The resource list under a key, in nano units by resource name."""
    path = _join(where, key)
    found = {}
    for name, value in as_mapping(parent.get(key), path).items():
        if not isinstance(name, str):
            raise _wrong(name, f"{path}[{name}]", "a string as key")
        found[name] = quantity(value, f"{path}[{name}]").nanos
    return found


def selector_at(parent: Mapping[str, Any], key: str, where: str) -> LabelSelector | None:
    """The label selector under a key, or None, which selects nothing, if there is none."""
    path = _join(where, key)
    value = parent.get(key)
    if value is None:
        return None
    selector = as_mapping(value, path)
    requirements = [
        Requirement(name, "In", (text,)) for name, text in sorted(labels_at(selector, "matchLabels", path).items())
    ]
    for here, expression in items_at(selector, "matchExpressions", path):
        operator = text_at(expression, "operator", here)
        values = strings_at(expression, "values", here)
        if operator not in _SELECTOR_OPERATORS:
            known = ", ".join(_SELECTOR_OPERATORS)
            raise ShapeError(f"{here}.operator", f'"{operator}" is no selector operator; expected one of {known}')
        if (operator in ("In", "NotIn")) != bool(values):
            raise ShapeError(f"{here}.values", f"{len(values)} values do not go with the operator {operator}")
        requirements.append(Requirement(text_at(expression, "key", here), operator, values))
    return LabelSelector(tuple(requirements))


def only_keys(data: Mapping[str, Any], known: Iterable[str], where: str) -> None:
    """Raise ShapeError for the first unknown key."""
    known = tuple(known)
    for key in data:
        if key not in known:
            hint = did_you_mean(nearest(str(key), known), f"expected one of {', '.join(known)}")
            raise ShapeError(_join(where, str(key)), f"unknown field; {hint}")


def _join(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key


def _list(value: Any, path: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        raise _wrong(value, path, "a list")
    return list(value)


def _wrong(value: Any, path: str, expected: str) -> ShapeError:
    kind = _NAMES.get(type(value), f"a {type(value).__name__}")
    shown = f"{kind} ({value!r})" if isinstance(value, str | int | float) else kind
    return ShapeError(path, f"{shown} where {expected} was expected")
