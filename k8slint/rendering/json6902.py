"""JSON patches as kustomize applies them.

Mirrors: gopkg.in/evanphx/json-patch.v4 patch.go Patch.Apply @ v4.12.0
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from k8slint.rendering.origin import MOST_VALUES, Data, Origin, bounded, copied
from k8slint.rendering.problems import About, Refused

_INDEX: Final = re.compile(r"[-+]?[0-9]{1,9}")


# Each copy looks at the whole object, because copies of copies grow fast.
_MOST_COPIES: Final = 200


class Operation(NamedTuple):
    """One operation of a patch; `origin` is that of the operation, below which its value is written."""

    op: str
    path: str
    source: str
    value: Data
    has_value: bool
    origin: Origin


def operations_of(data: Any, origin: Origin) -> list[Operation]:
    """The operations of a patch.

    Raises:
        Refused: for what is no list of mappings.
    """
    if data is None:
        return []
    if not isinstance(data, list):
        raise Refused("a JSON patch is a list of operations", origin)
    found = []
    for index, each in enumerate(data):
        here = origin.below(index)
        if not isinstance(each, dict):
            raise Refused("an operation of a JSON patch is a mapping with op and path", here)
        op, path, source = (each[key] if isinstance(each.get(key), str) else "\0" for key in ("op", "path", "from"))
        found.append(Operation(op, path, source, each.get("value"), "value" in each, here))
    return found


def applied(data: Data, origin: Origin, operations: list[Operation]) -> Data:
    """The data after all operations, changed in place but for a replacement of the whole.

    Raises:
        Refused: for an operation that does not apply.
    """
    if sum(operation.op == "copy" for operation in operations) > _MOST_COPIES:
        raise Refused(f"more than {_MOST_COPIES:,} copies in a patch", operations[0].origin, About.LIMIT)
    for operation in operations:
        if operation.path == "\0":
            raise Refused(f'the operation "{operation.op}" has no path', operation.origin)
        apply = _OPERATIONS.get(operation.op)
        if apply is None:
            raise Refused(f'unexpected kind of operation: "{operation.op}"', operation.origin)
        if operation.path == "" and operation.op == "replace":
            if not isinstance(operation.value, dict):
                raise Refused("the value of a replaced object must be an object", operation.origin)
            data = copied(operation.value)
            value = operation.origin.below("value")
            origin.document, origin.path, origin.parts = value.document, value.path, None
        else:
            apply(_Document(data, origin), operation)
    if not bounded(data):
        raise Refused("the object becomes too large, or nested too deep", operations[-1].origin, About.LIMIT)
    return data


class _Document(NamedTuple):
    data: Data
    origin: Origin


class _Slot(NamedTuple):
    """A place in a mapping or list, which may be empty."""

    container: Any
    origin: Origin
    key: str


def _slot(document: _Document, path: str, operation: Operation) -> _Slot:
    """The place that a path leads to.

    Raises:
        Refused: if the mapping or list around it is not there.
    """
    container, origin = document
    steps = path.split("/")
    for step in steps[1:-1]:
        found = _get(_Slot(container, origin, _decoded(step)))
        if not isinstance(found, (dict, list)):
            raise _missing(operation, path)
        key = _decoded(step)
        if isinstance(container, list):
            origin = origin.items(len(container))[_index(container, key)]
        else:
            origin = origin.child(key)
        container = found
    if len(steps) < 2:
        raise _missing(operation, path)
    return _Slot(container, origin, _decoded(steps[-1]))


def _missing(operation: Operation, path: str) -> Refused:
    return Refused(f"{operation.op} operation does not apply: doc is missing path: {path}", operation.origin)


def _decoded(step: str) -> str:
    return step.replace("~1", "/").replace("~0", "~")


class _NoItem(Exception):  # noqa: N818 - never leaves this module
    pass


def _index(items: list[Any], key: str, *, is_new: bool = False) -> int:
    """The index that a step names; negative ones count from the end."""
    size = len(items) + is_new
    if not _INDEX.fullmatch(key):
        raise _NoItem
    index = int(key)
    if not -size <= index < size:
        raise _NoItem
    return index + size if index < 0 else index


def _get(slot: _Slot) -> Any:
    """The value of a place; None if it has none."""
    if isinstance(slot.container, dict):
        return slot.container.get(slot.key)
    try:
        return slot.container[_index(slot.container, slot.key)]
    except _NoItem:
        return None


def _origin_at(slot: _Slot) -> Origin:
    if isinstance(slot.container, dict):
        return slot.origin.child(slot.key)
    return slot.origin.items(len(slot.container))[_index(slot.container, slot.key)]


def _put(slot: _Slot, value: Data, origin: Origin) -> None:
    slot.container[slot.key] = value
    slot.origin.set(slot.key, origin)


def _add(document: _Document, operation: Operation) -> None:
    if operation.path == "":
        raise _missing(operation, operation.path)
    _insert(_slot(document, operation.path, operation), operation, copied(operation.value), _value_origin(operation))


def _value_origin(operation: Operation) -> Origin:
    return operation.origin.below("value") if operation.has_value else operation.origin


def _insert(slot: _Slot, operation: Operation, value: Data, origin: Origin) -> None:
    if isinstance(slot.container, dict):
        _put(slot, value, origin)
        return
    origins = slot.origin.items(len(slot.container))
    if slot.key == "-":
        slot.container.append(value)
        origins.append(origin)
        return
    try:
        index = _index(slot.container, slot.key, is_new=True)
    except _NoItem:
        raise _no_index(operation, slot) from None
    slot.container.insert(index, value)
    origins.insert(index, origin)


def _no_index(operation: Operation, slot: _Slot) -> Refused:
    size = len(slot.container)
    return Refused(
        f'error in {operation.op} for path: "{operation.path}": "{slot.key}" is no index of a list of {size}',
        operation.origin,
    )


def _remove(document: _Document, operation: Operation) -> None:
    _take(_slot(document, operation.path, operation), operation)


def _take(slot: _Slot, operation: Operation) -> tuple[Data, Origin]:
    """Remove what is in a place."""
    if isinstance(slot.container, dict):
        if slot.key not in slot.container:
            raise Refused(f'unable to remove nonexistent key: "{slot.key}"', operation.origin)
        origin = slot.origin.child(slot.key)
        slot.origin.forget(slot.key)
        return slot.container.pop(slot.key), origin
    try:
        index = _index(slot.container, slot.key)
    except _NoItem:
        raise _no_index(operation, slot) from None
    origin = slot.origin.items(len(slot.container)).pop(index)
    return slot.container.pop(index), origin


def _replace(document: _Document, operation: Operation) -> None:
    slot = _slot(document, operation.path, operation)
    if isinstance(slot.container, dict):
        # A key that is not there is added.
        _put(slot, copied(operation.value), _value_origin(operation))
        return
    try:
        index = _index(slot.container, slot.key)
    except _NoItem:
        raise Refused(
            f"replace operation does not apply: doc is missing key: {operation.path}", operation.origin
        ) from None
    slot.origin.items(len(slot.container))[index] = _value_origin(operation)
    slot.container[index] = copied(operation.value)


def _move(document: _Document, operation: Operation) -> None:
    value, origin = _take(_slot(document, operation.source, operation), operation)
    _insert(_slot(document, operation.path, operation), operation, value, origin)


def _copy(document: _Document, operation: Operation) -> None:
    slot = _slot(document, operation.source, operation)
    if isinstance(slot.container, list) and _get(slot) is None:
        raise _no_index(operation, slot)
    value = _get(slot)
    if not bounded(document.data, MOST_VALUES // 2):
        raise Refused("copies of copies: the object becomes too large", operation.origin)
    value, origin = copied(value), _origin_at(slot).copy()
    _insert(_slot(document, operation.path, operation), operation, value, origin)


def _test(document: _Document, operation: Operation) -> None:
    if operation.path == "":
        found = document.data
    else:
        slot = _slot(document, operation.path, operation)
        found = _get(slot)
        if found is None and isinstance(slot.container, list):
            raise _no_index(operation, slot)
    if not _equal(found, operation.value):
        raise Refused(f"testing value {operation.path} failed", operation.origin)


def _equal(one: Any, other: Any) -> bool:
    """Whether two values are the same in JSON, where true is not 1."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_equal(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


_OPERATIONS: Final[dict[str, Callable[[_Document, Operation], None]]] = {
    "add": _add,
    "remove": _remove,
    "replace": _replace,
    "move": _move,
    "copy": _copy,
    "test": _test,
}
