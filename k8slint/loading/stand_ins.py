r"""What go-yaml accepts and our parser refuses: colons inside words in flow collections, `\'` in double quotes.

The parser gets another character in their place, as many times as keeps all offsets the same, and its scalars get back
what was written.
"""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from ruamel.yaml.events import ScalarEvent

from k8slint.loading.events import Events

_COLON: Final = "found unexpected ':'"
_ESCAPE: Final = "found unknown escape character"

# A colon that starts a value follows a blank, a quote, a bracket, a brace or a comma.
_INNER = r"""(?<=[^\s,\[\]{}"']):(?=\S)"""
# Quotes start a scalar only outside of words; text in single quotes has no escapes.
_QUOTED = r"""(?<![^\s,:\[\]{}])(?:'(?:[^'\n]++|'')*+'|"(?:[^"\\\n]++|\\.)*+")"""
_PAIR = re.compile(r"\\.")
_PRIVATE: Final = range(0xE000, 0xF900)


class StandIn(NamedTuple):
    """A mask: the sign in the masked text, what was written there, and what that means inside double quotes."""

    sign: str
    written: str
    meant: str


def mask(text: str, problem: str, at: str, known: tuple[StandIn, ...]) -> tuple[str, StandIn] | None:
    """The text with a mask for what the parser refused, and the mask, or None if the refusal is right.

    `problem` is the message of the parser, `at` the text at its place, and `known` are the masks that the text has.
    """
    written = ":" if problem == _COLON else "\\'" if problem.startswith(_ESCAPE) and "\\'" in at[:2] else ""
    if not written or any(each.written == written for each in known):
        return None
    character = next((chr(code) for code in _PRIVATE if chr(code) not in text), "")
    if not character:
        return None
    stand_in = StandIn(character * len(written), written, written[-1])
    if written == ":":
        return re.sub(_INNER, character, text), stand_in
    return re.sub(_QUOTED, lambda quoted: _without_escaped_quotes(quoted[0], stand_in.sign), text), stand_in


def _without_escaped_quotes(quoted: str, sign: str) -> str:
    if quoted[0] == "'":
        return quoted
    return _PAIR.sub(lambda pair: sign if pair[0] == "\\'" else pair[0], quoted)


def unmask(next_event: Events, stand_ins: tuple[StandIn, ...]) -> Events:
    """The events of a masked text with the written characters in place of the masks."""

    def next_unmasked() -> Any:
        event = next_event()
        if isinstance(event, ScalarEvent):
            for each in stand_ins:
                event.value = event.value.replace(each.sign, each.meant if event.style == '"' else each.written)
        return event

    return next_unmasked
