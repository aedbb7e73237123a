"""How much work an expression can be, before it is evaluated: an upper bound, from the size of what it is given.

The library ends a loop after ten thousand rounds and knows no other limit, so a text that is doubled again and again
would fill all memory. Sizes are characters and parts; a bound holds for any value of that size.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import inf
from typing import Final, NamedTuple

from k8slint.cel.syntax import Call, Constant, Fold, Name, Node, Select, Several, walk

# The library's own limit on the rounds of all loops of an evaluation.
_MOST_ROUNDS: Final = 10_000
_MOST_FOLDS_DEEP: Final = 6
# What may read one argument once for each part of another, or write it so often; by the last part of its name.
_PRODUCTS: Final = frozenset(
    """@sortByAssociatedKeys contains distinct equivalent find findAll indexOf intersects join lastIndexOf matches replace
    sort split""".split()
)
_WIDE: Final = re.compile(r"%\.\d{4}")


class Bound(NamedTuple):
    """At most so large is the value, and so much work it is to have it."""

    size: float
    work: float


def bound(node: Node, size: int) -> float:
    """The most work that an expression is of a value of that size; infinite where that is not known."""
    if any(_is_wide(part) for part in walk(node)):
        return inf
    return _bound(node, {}, size, 0).work


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


def _bound(node: Node, known: Mapping[str, float], size: int, folds: int) -> Bound:
    match node:
        case Constant(value):
            return Bound(1.0 + (len(value) if isinstance(value, str) else 0), 1.0)
        case Name(name):
            return Bound(known.get(name, float(size)), 1.0)
        case Select(operand, _, is_test):
            inner = _bound(operand, known, size, folds)
            return Bound(1 if is_test else inner.size, inner.work + 1)
        case Call("lists.range" | "range", (*_, Constant(int(length)))):
            return Bound(1.0 + length, 1.0 + length)
        case Call(_, parts) | Several(parts):
            bounds = [_bound(part, known, size, folds) for part in parts]
            work = 1.0 + sum(each.work for each in bounds)
            larger = 1.0 + sum(each.size for each in bounds)
            if isinstance(node, Call) and node.function.rpartition(".")[2] in _PRODUCTS:
                for each in bounds:
                    larger *= max(1.0, each.size)
            return Bound(larger, work + larger)
        case Fold():
            return _fold(node, known, size, folds + 1)


def _fold(node: Fold, known: Mapping[str, float], size: int, folds: int) -> Bound:
    """A loop: the parts of its range are together no larger than it, and work grows at least as fast as their size.

    So all rounds together are no more work than one over all of the range, and each of the others over nothing.
    """
    if folds > _MOST_FOLDS_DEEP:
        return Bound(inf, inf)
    over, start = _bound(node.range, known, size, folds), _bound(node.start, known, size, folds)
    rounds = min(over.size, _MOST_ROUNDS)
    grown, work = start.size, over.work + start.work
    for part, times in ((over.size, 1.0), (1.0, rounds)):
        inside = {**known, **dict.fromkeys(node.variables, part), node.accumulator: 1.0}
        for step in node.steps:
            each = _bound(step, inside, size, folds)
            grown, work = grown + times * each.size, work + times * each.work
    result = _bound(node.result, {**known, node.accumulator: grown}, size, folds)
    return Bound(result.size, work + result.work)
