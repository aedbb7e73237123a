"""What an expression consists of, read from the bytes in which the library hands out what it parsed.

The bytes are a protobuf message; of its form only the few fields are known here that the tree needs, so that no
protobuf runtime is needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

_DEEPEST: Final = 200
_CHECKED: Final = b"CheckedExpr"
# Fields of cel.expr.Expr that say what kind of expression it is.
_ID: Final = 2
_CONSTANT, _NAME, _SELECT, _CALL, _LIST, _STRUCT, _FOLD = range(3, 10)


class UnreadableError(ValueError):
    """The expression nests deeper than is followed, or its bytes are of another form."""


class Constant(NamedTuple):
    """A literal; `value` is its text or whole number, None for any other."""

    value: str | int | None


class Name(NamedTuple):
    """A variable; `id` leads to its place in the text."""

    name: str
    id: int = 0


class Select(NamedTuple):
    """A field of something; `is_test` where `has()` asks for it, `id` leads to the place of its dot."""

    operand: Node
    field: str
    is_test: bool
    id: int = 0


class Call(NamedTuple):
    """A function or operator; the target of a member function is the first argument."""

    function: str
    arguments: tuple[Node, ...]


class Several(NamedTuple):
    """A list, or the keys and values of a map."""

    parts: tuple[Node, ...]


class Fold(NamedTuple):
    """What a macro is made into: a loop over a range, with the names of its variables, and an accumulator."""

    variables: tuple[str, ...]
    range: Node
    accumulator: str
    start: Node
    steps: tuple[Node, ...]
    result: Node


Node = Constant | Name | Select | Call | Several | Fold


def parse(serialized: bytes) -> Node:
    """The tree of a serialized expression.

    Raises:
        UnreadableError: for what nests too deep, or is of another form.
    """
    try:
        message = dict(_fields(serialized))
        body = dict(_fields(message[2]))
        return _node(body[4 if message[1].endswith(_CHECKED) else 2], 0)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise UnreadableError("of another form") from error


def offsets(serialized: bytes) -> Mapping[int, int]:
    """Where the parts of a serialized expression begin, by their ids: characters from the start of the text.

    Raises:
        UnreadableError: for what is of another form.
    """
    try:
        message = dict(_fields(serialized))
        source = dict(_fields(message[2]))[5 if message[1].endswith(_CHECKED) else 3]
        places = (dict(_fields(entry)) for number, entry in _fields(source) if number == 4)
        return {int(place[1]): int(place[2]) for place in places}
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise UnreadableError("of another form") from error


def walk(node: Node) -> Iterator[Node]:
    """The expression and all that it consists of."""
    pending = [node]
    while pending:
        part = pending.pop()
        yield part
        match part:
            case Select(operand):
                pending.append(operand)
            case Call(_, parts) | Several(parts):
                pending += parts
            case Fold(_, over, _, start, steps, result):
                pending += (over, start, *steps, result)


def _fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """The fields of a message: each one's number and bytes, of a whole number those of its decimal form."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        if tag & 7 == 2:
            size, at = _varint(message, at)
            yield tag >> 3, message[at : at + size]
            at += size
        elif tag & 7 == 0:
            number, at = _varint(message, at)
            yield tag >> 3, b"%d" % number
        else:
            size = 8 if tag & 7 == 1 else 4
            yield tag >> 3, b""
            at += size


def _varint(message: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = message[at]
        number |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return number, at


def _node(message: bytes, depth: int) -> Node:
    if depth > _DEEPEST:
        raise UnreadableError("too deep")
    id_ = 0
    for kind, body in _fields(message):
        if kind == _ID:
            id_ = int(body)
        elif kind in _READERS:
            node = _READERS[kind](body, depth + 1)
            return node._replace(id=id_) if isinstance(node, (Name, Select)) else node
    return Constant(None)


def _constant(body: bytes, _depth: int) -> Node:
    for kind, value in _fields(body):
        if kind == 6:
            return Constant(value.decode())
        if kind in (3, 4):
            return Constant(int(value))
        if kind == 7:
            return Constant(value.decode("latin-1"))
    return Constant(None)


def _name(body: bytes, _depth: int) -> Node:
    return Name(dict(_fields(body))[1].decode())


def _select(body: bytes, depth: int) -> Node:
    parts = dict(_fields(body))
    return Select(_node(parts[1], depth), parts[2].decode(), 3 in parts)


def _call(body: bytes, depth: int) -> Node:
    function, arguments = "", []
    for field, part in _fields(body):
        if field == 2:
            function = part.decode()
        else:
            arguments.append(_node(part, depth))
    return Call(function, tuple(arguments))


def _list(body: bytes, depth: int) -> Node:
    return Several(tuple(_node(part, depth) for field, part in _fields(body) if field == 1))


def _struct(body: bytes, depth: int) -> Node:
    entries = [part for field, part in _fields(body) if field == 2]
    return Several(tuple(_node(part, depth) for entry in entries for kind, part in _fields(entry) if kind in (3, 4)))


def _fold(body: bytes, depth: int) -> Node:
    parts = dict(_fields(body))
    return Fold(
        variables=tuple(parts[field].decode() for field in (1, 8) if field in parts),
        range=_node(parts[2], depth),
        accumulator=parts[3].decode(),
        start=_node(parts[4], depth),
        steps=(_node(parts[5], depth), _node(parts[6], depth)),
        result=_node(parts[7], depth),
    )


_READERS: Final = {
    _CONSTANT: _constant,
    _NAME: _name,
    _SELECT: _select,
    _CALL: _call,
    _LIST: _list,
    _STRUCT: _struct,
    _FOLD: _fold,
}
