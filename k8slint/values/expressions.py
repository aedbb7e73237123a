"""Regular expressions as Go's regexp and RE2 read them: the part of the language that nearly all patterns keep to.

Characters, classes, escapes, groups, alternatives, repeats and the anchors of the text are read; anything else, such as
flags, names and classes of Unicode, is declined. Greed is ignored: it chooses among matches, and one is enough here.

Mirrors: regexp/syntax/parse.go Parse @ go1.25
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

Ranges = tuple[tuple[int, int], ...]

_LONGEST: Final = 2_000
_DEEPEST: Final = 50
_MOST_REPEATS: Final = 1_000
_LAST: Final = 0x10FFFF
_REPEAT: Final = re.compile(r"\{(\d{1,4})(?:(,)(\d{0,4}))?\}", re.ASCII)
_HEX: Final = re.compile(r"x([0-9A-Fa-f]{2})|x\{([0-9A-Fa-f]{1,6})\}")
_CONTROLS: Final = {"a": 7, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13}
_CLASSES: Final[dict[str, Ranges]] = {
    "d": ((48, 57),),
    "s": ((9, 10), (12, 13), (32, 32)),
    "w": ((48, 57), (65, 90), (95, 95), (97, 122)),
}
_COUNTS: Final = {"*": (0, None), "+": (1, None), "?": (0, 1)}


class Characters(NamedTuple):
    """One character of the ranges, which are pairs of code points, both ends included."""

    ranges: Ranges


class Start(NamedTuple):
    """The start of the text."""


class End(NamedTuple):
    """The end of the text."""


class Sequence(NamedTuple):
    """One part after the other."""

    parts: tuple[Node, ...]


class Choice(NamedTuple):
    """One of the parts."""

    parts: tuple[Node, ...]


class Repeat(NamedTuple):
    """The part, `least` to `most` times; without a limit if `most` is None."""

    part: Node
    least: int
    most: int | None


Node = Characters | Start | End | Sequence | Choice | Repeat


class DeclinedError(ValueError):
    """The expression is invalid, or uses a part of the language that is not supported."""


def parse(expression: str) -> Node:
    """The syntax tree of an expression.

    Raises:
        DeclinedError: if the expression is invalid or not supported.
    """
    if len(expression) > _LONGEST:
        raise DeclinedError("too long")
    reader = _Reader(expression)
    node = reader.choice(0)
    if reader.rest():
        raise DeclinedError("a parenthesis too many")
    return node


class _Reader:
    """An expression, and the position up to which it is read."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def rest(self) -> str:
        return self._text[self._at :]

    def choice(self, depth: int) -> Node:
        if depth > _DEEPEST:
            raise DeclinedError("too deep")
        parts = [self._sequence(depth)]
        while self._take("|"):
            parts.append(self._sequence(depth))
        return parts[0] if len(parts) == 1 else Choice(tuple(parts))

    def _sequence(self, depth: int) -> Node:
        parts: list[Node] = []
        while self._at < len(self._text) and self._text[self._at] not in "|)":
            parts.append(self._repeated(self._atom(depth)))
        return Sequence(tuple(parts))

    def _repeated(self, part: Node) -> Node:
        counts = self._counts()
        if counts is None:
            return part
        self._take("?")
        if self._counts() is not None:
            raise DeclinedError("a repeat of a repeat")
        return Repeat(part, *counts)

    def _counts(self) -> tuple[int, int | None] | None:
        if self._at < len(self._text) and self._text[self._at] in _COUNTS:
            return _COUNTS[self._next()]
        match = _REPEAT.match(self._text, self._at)
        if match is None:
            return None
        self._at = match.end()
        least = int(match[1])
        most = int(match[3]) if match[3] else None if match[2] else least
        if not least <= (least if most is None else most) <= _MOST_REPEATS:
            raise DeclinedError("a number of repeats that no engine takes")
        return least, most

    def _atom(self, depth: int) -> Node:
        char = self._next()
        if char in "*+?{":
            raise DeclinedError("nothing to repeat")
        if char == "(":
            if self._take("?") and not self._take(":"):
                raise DeclinedError("a flag, a name, or a look around")
            part = self.choice(depth + 1)
            if not self._take(")"):
                raise DeclinedError("a parenthesis too few")
            return part
        if char == "[":
            return Characters(self._class())
        if char == "\\":
            return End() if self._take("z") else Start() if self._take("A") else Characters(self._escape())
        if char == ".":
            return Characters(_others(((10, 10),)))
        return Start() if char == "^" else End() if char == "$" else Characters(_only(char))

    def _class(self) -> Ranges:
        is_negated = self._take("^")
        found: list[tuple[int, int]] = []
        is_first = True
        while is_first or not self._take("]"):
            is_first = False
            found += self._range()
        return _others(tuple(found)) if is_negated else tuple(found)

    def _range(self) -> Ranges:
        start = self._member()
        if self.rest()[:1] != "-" or self.rest()[1:2] in ("]", ""):
            return start
        self._next()
        end = self._member()
        (first, one), (other, last) = start[0], end[0]
        if len(start) + len(end) > 2 or first != one or other != last or last < first:
            raise DeclinedError("a range without two ends")
        return ((first, last),)

    def _member(self) -> Ranges:
        char = self._next()
        if char == "[" and self.rest()[:1] == ":":
            raise DeclinedError("a class with a name")
        return self._escape() if char == "\\" else _only(char)

    def _escape(self) -> Ranges:
        if match := _HEX.match(self._text, self._at):
            self._at = match.end()
            code = int(match[1] or match[2], 16)
            if code > _LAST:
                raise DeclinedError("no character")
            return ((code, code),)
        char = self._next()
        if char.lower() in _CLASSES:
            ranges = _CLASSES[char.lower()]
            return _others(ranges) if char.isupper() else ranges
        if char in _CONTROLS:
            return ((_CONTROLS[char], _CONTROLS[char]),)
        if not char.isascii() or char.isalnum() or char <= " " or char == "\x7f":
            raise DeclinedError("an escape of another kind")
        return _only(char)

    def _next(self) -> str:
        if self._at >= len(self._text):
            raise DeclinedError("the end comes too soon")
        self._at += 1
        return self._text[self._at - 1]

    def _take(self, char: str) -> bool:
        is_there = self._text.startswith(char, self._at)
        self._at += is_there
        return is_there


def _only(char: str) -> Ranges:
    return ((ord(char), ord(char)),)


def _others(ranges: Ranges) -> Ranges:
    """All the characters that are in none of the ranges."""
    found = []
    start = 0
    for first, last in sorted(ranges):
        if first > start:
            found.append((start, first - 1))
        start = max(start, last + 1)
    return (*found, (start, _LAST)) if start <= _LAST else tuple(found)
