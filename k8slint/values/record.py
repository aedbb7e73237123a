"""Records for the modules that every start imports: declared like dataclasses, at a fraction of the import time.

`dataclasses` imports `inspect`, `ast` and `tokenize`, and generates several functions for each class. A record gets
`__init__` only. It is equal to itself alone, and only the type checker keeps it from being changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")


class _Made:
    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make


def made(*, factory: Callable[[], Any]) -> Any:
    """Mark the default of a field as made anew for each record."""
    return _Made(factory)


@dataclass_transform(frozen_default=True, eq_default=False, field_specifiers=(made,))
def record(cls: type[T]) -> type[T]:
    """Give a class an `__init__` that takes its fields, by position or by name, and sets them.

    >>> @record
    ... class Place:
    ...     name: str
    ...     known: dict[str, int] = made(factory=dict)
    >>> Place("here").known, Place("there", known={"x": 1}).known
    ({}, {'x': 1})
    """
    names = [name for name, kind in cls.__annotations__.items() if not str(kind).startswith("ClassVar")]
    defaults = {name: vars(cls)[name] for name in names if name in vars(cls)}
    takes = [f"{name}=defaults[{name!r}]" if name in defaults else name for name in names]
    lines = [f"def __init__(self, {', '.join(takes)}):"]
    for name in names:
        if isinstance(defaults.get(name), _Made):
            lines.append(f"    if {name} is defaults[{name!r}]: {name} = {name}.make()")
        lines.append(f"    self.{name} = {name}")
    scope: dict[str, Any] = {"defaults": defaults}
    exec("\n".join(lines), scope)  # noqa: S102 - made of the names of fields
    for name, value in (("__init__", scope["__init__"]), ("__match_args__", tuple(names))):
        setattr(cls, name, value)
    return cls


def replaced(of: T, **changes: Any) -> T:
    """A copy of the record with other values in these fields; private fields start anew from their defaults.

    >>> @record
    ... class Place:
    ...     name: str
    ...     _found: list[str] = made(factory=list)
    >>> here = Place("here", ["a"])
    >>> replaced(here, name="there")._found
    []
    """
    kind: Any = type(of)
    kept = {name: getattr(of, name) for name in kind.__match_args__ if not name.startswith("_")}
    result: T = kind(**{**kept, **changes})
    return result
