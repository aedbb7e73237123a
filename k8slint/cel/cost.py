"""How much work an expression can be, before it is evaluated: an upper bound, from the size of what it is given.

The library ends a loop after ten thousand rounds and knows no other limit, so a text that is doubled again and again
would fill all memory. Sizes are characters and parts; a bound holds for any value of that size and width. A unit of
work is a call, about a tenth of a microsecond, or sixteen characters that are read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import inf, prod
from typing import Any, Final, NamedTuple

from k8slint.cel.syntax import Call, Constant, Fold, Name, Node, Select, Several, walk

# The library's own limit on the rounds of all loops of an evaluation.
_MOST_ROUNDS: Final = 10_000
_READ_AT_ONCE: Final = 16
_MOST_FOLDS_DEEP: Final = 6
# What may read one argument once for each part of another, or write it so often; by the last part of its name.
_PRODUCTS: Final = frozenset(
    {
        "@sortByAssociatedKeys",
        "contains",
        "distinct",
        "equivalent",
        "find",
        "findAll",
        "indexOf",
        "intersects",
        "join",
        "lastIndexOf",
        "matches",
        "replace",
        "sort",
        "split",
    }
)
_OF_PATTERNS: Final = frozenset({"matches", "find", "findAll"})
_REPEATS: Final = re.compile(r"(\)?)\{(\d{1,4})(?:,(\d{0,4}))?\}")
_PER_STATE: Final = 3
# The library refuses larger ones.
_MOST_STATES: Final = 100_000.0
TRUTHS: Final = frozenset(
    {
        "_&&_",
        "_||_",
        "!_",
        "_==_",
        "_!=_",
        "_<_",
        "_<=_",
        "_>_",
        "_>=_",
        "@in",
        "_in_",
        "@not_strictly_false",
        "contains",
        "startsWith",
        "endsWith",
        "matches",
        "hasValue",
        "isSorted",
        "isIP",
        "isCIDR",
        "isURL",
        "isQuantity",
        "isSemver",
        "isGreaterThan",
        "isLessThan",
        "containsIP",
        "containsCIDR",
    }
)
"""Functions and operators whose value is true or false."""
# What is made of parts that its arguments have.
_PASSED_ON: Final = frozenset(
    {"_+_", "_?:_", "_[_]", "_[?_]", "_?._", "or", "orValue", "value", "optional.of", "of", "reverse", "slice", "sort"}
)
_WIDE: Final = re.compile(r"%\.\d{4}")


class Bound(NamedTuple):
    """At most so large is the value, with so many parts in a list or mapping of it, and so much work to have it."""

    size: float
    width: float
    work: float


class Extent(NamedTuple):
    """How large a value is, and how many parts the longest list or mapping in it has."""

    size: int
    width: int


def extent_of(value: Any) -> Extent:
    """The extent of plain data."""
    size = width = 0
    pending = [value]
    while pending:
        part = pending.pop()
        size += 1
        if isinstance(part, (dict, list)):
            width = max(width, len(part))
            pending += part.values() if isinstance(part, dict) else part
            size += sum(map(len, part)) if isinstance(part, dict) else 0
        elif isinstance(part, (str, bytes)):
            size += len(part)
    return Extent(size, width)


def bound(node: Node, extent: Extent) -> float:
    """The most work that an expression is of a value of that extent; infinite where that is not known."""
    if any(_is_wide(part) for part in walk(node)):
        return inf
    itself = Bound(float(extent.size), float(extent.width), 1.0)
    return _bound(node, {"self": itself}, 0).work


def _is_wide(node: Node) -> bool:
    """Whether it makes a text of any number of digits, or a list of any length, from a few characters."""
    match node:
        case Call("format", (target, *_)):
            return not isinstance(target, Constant) or _WIDE.search(str(target.value)) is not None
        case Call("lists.range" | "range", (*_, Constant(int(length)))):
            return length > _MOST_ROUNDS
        case Call("lists.range" | "range"):
            return True
    return False


def _bound(node: Node, known: Mapping[str, Bound], folds: int) -> Bound:
    match node:
        case Constant(value):
            return Bound(1.0 + (len(value) if isinstance(value, str) else 0), 0.0, 1.0)
        case Name(name):
            return known.get(name, _NOTHING)
        case Select(operand, _, is_test):
            inner = _bound(operand, known, folds)
            return Bound(1.0 if is_test else inner.size, inner.width, inner.work + 1)
        case Several(parts):
            bounds = [_bound(part, known, folds) for part in parts]
            size, work = 1.0 + sum(each.size for each in bounds), 1.0 + sum(each.work for each in bounds)
            return Bound(size, max([float(len(parts)), *(each.width for each in bounds)]), work + len(parts))
        case Call():
            return _call(node, known, folds)
        case Fold():
            return _fold(node, known, folds + 1)


def _call(node: Call, known: Mapping[str, Bound], folds: int) -> Bound:
    bounds = [_bound(part, known, folds) for part in node.arguments]
    if node.function in _OF_PATTERNS and len(bounds) > 1:
        states = _states(node.arguments[1])
        bounds[1] = Bound(states, 0.0, bounds[1].work + states * _PER_STATE)
    size = 1.0 + sum(each.size for each in bounds)
    name = node.function.rpartition(".")[2]
    if name in _PRODUCTS:
        size += prod(max(1.0, each.size) for each in bounds)
    work = 1.0 + sum(each.work for each in bounds) + size / _READ_AT_ONCE
    match node:
        case Call("lists.range" | "range", (*_, Constant(int(length)))):
            return Bound(1.0 + length, length, work + length)
        case Call(operator) if operator in TRUTHS:
            return Bound(1.0, 0.0, work)
        case Call(operator) if operator in _PASSED_ON:
            return Bound(size, sum(each.width for each in bounds), work)
    return Bound(size, size, work)


def _states(pattern: Node) -> float:
    """How large the machine of a regular expression is, which the library builds again at each call."""
    if not isinstance(pattern, Constant) or not isinstance(pattern.value, str):
        return _MOST_STATES
    states = float(len(pattern.value))
    for is_group, least, most in _REPEATS.findall(pattern.value):
        times = float(most or least)
        states = states * max(1.0, times) if is_group else states + times
    return min(states, _MOST_STATES)


def _fold(node: Fold, known: Mapping[str, Bound], folds: int) -> Bound:
    """A loop: the parts of its range are together no larger than it, and work grows at least as fast as their size.

    So all rounds together are no more work than one over all of the range, and each of the others over nothing.
    """
    if folds > _MOST_FOLDS_DEEP:
        return Bound(inf, inf, inf)
    over, start = _bound(node.range, known, folds), _bound(node.start, known, folds)
    rounds = min(over.size, over.width, _MOST_ROUNDS)
    size, width, work = start.size, start.width, over.work + start.work
    for part, times in ((over.size, 1.0), (1.0, rounds)):
        variable = Bound(part, min(part, over.width), 1.0)
        inside = {**known, **dict.fromkeys(node.variables, variable), node.accumulator: _NOTHING}
        for step in node.steps:
            each = _bound(step, inside, folds)
            size, width = size + times * each.size, width + times * max(1.0, each.width)
            work += times * each.work
    grown = Bound(size, width, 1.0)
    result = _bound(node.result, {**known, node.accumulator: grown}, folds)
    return Bound(result.size, result.width, work + result.work)


_NOTHING: Final = Bound(1.0, 0.0, 1.0)
