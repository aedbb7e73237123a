"""The variables that an expression may name: those that it names without having them, and fields that they lack.

Only what is certain is told. A function is never told, for the API server may know it, nor is what is called like one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from k8slint.cel.cost import TRUTHS
from k8slint.cel.engine import Parsed, Refused
from k8slint.cel.syntax import Call, Constant, Fold, Name, Node, Select, Several
from k8slint.values.nearest import nearest

_Fields = Mapping[str, "Shape"]
Shape = _Fields | None
"""The fields that a value has, each with its own; None where it may have any."""
Scope = Mapping[str, Shape]
"""Variables by their names, each with its shape; one that may have any is of the type `dyn`."""

# What names a type, or stands before the name of a function.
_OF_THE_LANGUAGE: Final = frozenset(
    (
        *(
            "bool",
            "bytes",
            "double",
            "dyn",
            "int",
            "list",
            "map",
            "null_type",
            "optional_type",
            "string",
            "type",
            "uint",
        ),
        *("cel", "format", "google", "ip", "jsonpatch", "kubernetes", "lists", "net", "optional", "sets", "strings"),
    )
)
_ARITHMETIC: Final = frozenset(("_+_", "_-_", "_*_", "_/_", "_%_"))


class Outside(NamedTuple):
    """A name that the variables of an expression do not have, in the API server's words; `near` may be meant."""

    refused: Refused
    near: str | None


class _Fault(NamedTuple):
    said: str
    id: int
    name: str
    instead: Scope


def first_outside(expression: Parsed, scope: Scope) -> Outside | None:
    """The first name in an expression that its variables do not have."""
    faults = [fault for fault in _faults(expression.tree, scope) if fault.id in expression.offsets]
    if not faults:
        return None
    fault = min(faults, key=lambda each: expression.offsets[each.id])
    offset = expression.offsets[fault.id]
    before = expression.text[:offset]
    return Outside(
        Refused(fault.said, before.count("\n") + 1, offset - before.rfind("\n")), nearest(fault.name, fault.instead)
    )


def _faults(node: Node, scope: Scope) -> Iterator[_Fault]:
    """What is wrong with the names of an expression."""
    # Each part with the variables of the loops around it.
    pending = [(node, frozenset[str]())]
    while pending:
        part, known = pending.pop()
        match part:
            case Name(name, id_):
                if not _is_known(name, scope, known):
                    yield _Fault(f"undeclared reference to '{name}' (in container '')", id_, name, scope)
            case Select(operand, field, _, id_):
                shape = _shape(operand, scope, known)
                if shape is not None and field not in shape:
                    yield _Fault(f"undefined field '{field}'", id_, field, shape)
                pending.append((operand, known))
            case Call("bind", (Name("cel"), Name(name), value, body)):
                pending += ((value, known), (body, known | {name}))
            case Call(_, parts) | Several(parts):
                pending.extend((each, known) for each in parts)
            case Fold(variables, over, accumulator, start, steps, result):
                inner = known | {*variables, accumulator}
                pending += ((over, known), (start, known), *((each, inner) for each in steps), (result, inner))


def _is_known(name: str, scope: Scope, bound: frozenset[str]) -> bool:
    return name in bound or name in scope or name in _OF_THE_LANGUAGE or name[:1] in {"@", "."}


def _shape(node: Node, scope: Scope, bound: frozenset[str]) -> Shape:
    """The fields that a value has; None if it may have any, or is not known."""
    match node:
        case Name(name):
            return None if name in bound else scope.get(name)
        case Select(operand, field, False):
            shape = _shape(operand, scope, bound)
            return None if shape is None else shape.get(field)
    return None


def type_of(expression: Parsed, scope: Scope) -> str:
    """The type that an expression has, where that is certain; else empty."""
    return _type(expression.tree, scope)


def _type(node: Node, scope: Scope) -> str:
    found = ""
    match node:
        case Constant(int()):
            found = "int"
        case Constant(str()):
            found = "string"
        case Name(name) if name in scope and scope[name] is None:
            found = "dyn"
        case Select(_, _, True):
            found = "bool"
        case Select(operand) | Call("_[_]", (operand, _)):
            found = "dyn" if _type(operand, scope) == "dyn" else ""
        case Call(operator) if operator in TRUTHS:
            found = "bool"
        case Call(operator, (one, other)) if operator in _ARITHMETIC:
            types = {_type(one, scope), _type(other, scope)}
            found = types.pop() if len(types) == 1 and "dyn" not in types else ""
    return found
