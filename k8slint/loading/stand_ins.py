r"""What go-yaml takes and the parser at hand refuses: colons inside words in flow collections, `\'` in double quotes.

The parser is shown another character in their place, as often as it takes not to move what follows, and its scalars
get back what was there.
"""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from ruamel.yaml.events import ScalarEvent

from k8slint.loading.events import Events

_COLON: Final = "found unexpected ':'"
_ESCAPE: Final = "found unknown escape character"

# A colon that starts a value follows a blank, a quote, or what opens, closes or parts a collection.
_INNER = r"""(?<=[^\s,\[\]{}"']):(?=\S)"""
# Quotes begin a scalar where no word is; what stands in single quotes has no escapes.
_QUOTED = r"""(?<![^\s,:\[\]{}])(?:'(?:[^'\n]++|'')*+'|"(?:[^"\\\n]++|\\.)*+")"""
_PAIR = re.compile(r"\\.")
_PRIVATE: Final = range(0xE000, 0xF900)


class StandIn(NamedTuple):
    """What stands in a masked text, what was there, and what that means in a scalar of the style `"`."""

    sign: str
    written: str
    meant: str


def mask(text: str, problem: str, at: str, known: tuple[StandIn, ...]) -> tuple[str, StandIn] | None:
    """The text without what was refused, and what stands there now; none if the refusal is right.

    `problem` is what the parser said, `at` the text from there on, `known` is what stands in the text already.
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
    """The events of a masked text as they would be of the text itself."""

    def next_unmasked() -> Any:
        event = next_event()
        if isinstance(event, ScalarEvent):
            for each in stand_ins:
                event.value = event.value.replace(each.sign, each.meant if event.style == '"' else each.written)
        return event

    return next_unmasked
