"""Regular expressions searched for in time that is linear in the text, whatever the expression is.

All ways through the expression are followed in parallel, as a set of states. Python's own `re` follows one after the
other, and takes exponential time for some expressions.
"""

from __future__ import annotations

from typing import Final

from k8slint.values.expressions import (
    Characters,
    Choice,
    DeclinedError,
    End,
    Node,
    Ranges,
    Repeat,
    Sequence,
    Start,
    parse,
)

_MOST_STATES: Final = 1_000
_MOST_KNOWN: Final = 20_000
_MATCHED: Final = 0


class Automaton:
    """An expression, compiled for searching.

    A state waits for a character if it has ranges, for an end of the text if it has an anchor, and else leads straight
    to others. A set of states is an integer with a bit for each.

    Raises:
        DeclinedError: if the expression is invalid or not supported, or has too many states.
    """

    def __init__(self, expression: str) -> None:
        self._ranges: dict[int, Ranges] = {}
        self._anchors: dict[int, type[Node]] = {}
        self._next: list[tuple[int, ...]] = [()]
        self._steps = 0
        self._start = self._built(parse(expression), _MATCHED)
        self._reachable: dict[tuple[int, bool, bool], int] = {}
        self._waiting: dict[str, int] = {}
        self._known: dict[tuple[int, str], int] = {}

    def occurs_in(self, text: str) -> bool:
        """Whether the expression matches any part of the text."""
        states = self._reached(self._start, is_start=True, is_end=not text)
        for char in text[:-1]:
            if _is_match(states):
                return True
            key = states, char
            known = self._known.get(key)
            if known is None:
                known = self._after(states, char, is_end=False)
                if len(self._known) < _MOST_KNOWN:
                    self._known[key] = known
            states = known
        return _is_match(states) or (bool(text) and _is_match(self._after(states, text[-1], is_end=True)))

    def _after(self, states: int, char: str, *, is_end: bool) -> int:
        reached = self._reached(self._start, is_start=False, is_end=is_end)
        passing = states & self._waiting_for(char)
        while passing:
            state = passing.bit_length() - 1
            passing ^= 1 << state
            reached |= self._reached(self._next[state][0], is_start=False, is_end=is_end)
        return reached

    def _waiting_for(self, char: str) -> int:
        waiting = self._waiting.get(char)
        if waiting is None:
            code = ord(char)
            fitting = (state for state, ranges in self._ranges.items() if any(a <= code <= b for a, b in ranges))
            waiting = self._waiting[char] = sum(1 << state for state in fitting)
        return waiting

    def _reached(self, state: int, *, is_start: bool, is_end: bool) -> int:
        """The set of the state and all that it leads to without a character."""
        key = state, is_start, is_end
        reached = self._reachable.get(key)
        if reached is None:
            reached = 0
            pending = [state]
            while pending:
                state = pending.pop()
                anchor = self._anchors.get(state)
                if reached >> state & 1 or (anchor is Start and not is_start) or (anchor is End and not is_end):
                    continue
                reached |= 1 << state
                if state not in self._ranges:
                    pending += self._next[state]
            self._reachable[key] = reached
        return reached

    def _state(self, *following: int) -> int:
        self._next.append(following)
        return len(self._next) - 1

    def _built(self, node: Node, after: int) -> int:
        """The first state of a part, which is built so that it goes on to the state `after`."""
        self._steps += 1
        if self._steps > 4 * _MOST_STATES or len(self._next) > _MOST_STATES:
            raise DeclinedError("too large")
        match node:
            case Characters(ranges):
                state = self._state(after)
                self._ranges[state] = ranges
            case Start() | End():
                state = self._state(after)
                self._anchors[state] = type(node)
            case Choice(parts):
                state = self._state(*[self._built(part, after) for part in parts])
            case Sequence(parts):
                state = after
                for part in reversed(parts):
                    state = self._built(part, state)
            case Repeat():
                state = self._repeated(node, after)
        return state

    def _repeated(self, node: Repeat, after: int) -> int:
        state = after
        if node.most is None:
            state = self._state()
            self._next[state] = (self._built(node.part, state), after)
        else:
            for _ in range(node.most - node.least):
                state = self._state(self._built(node.part, state), after)
        for _ in range(node.least):
            state = self._built(node.part, state)
        return state


def _is_match(states: int) -> bool:
    return bool(states >> _MATCHED & 1)
