"""Colons inside words in flow collections, as `[--listen=:80]`: go-yaml takes them, the parser at hand does not.

The parser is shown another character in their place, and its scalars get the colon back.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from k8slint.loading.fallback import ScalarEvent

REFUSED: Final = "found unexpected ':'"

# A colon that starts a value follows a blank, a quote, or what opens, closes or parts a collection.
_INNER = re.compile(r"""(?<=[^\s,\[\]{}"']):(?=\S)""")
_PRIVATE: Final = range(0xE000, 0xF900)


def mask(text: str) -> tuple[str, str]:
    """The text with every colon inside a word replaced, and the character that stands there now."""
    stand_in = next((chr(code) for code in _PRIVATE if chr(code) not in text), "")
    return (_INNER.sub(stand_in, text), stand_in) if stand_in else (text, "")


def unmask(next_event: Callable[[], Any], stand_in: str) -> Callable[[], Any]:
    """The events of a masked text as they would be of the text itself."""

    def next_unmasked() -> Any:
        event = next_event()
        if type(event).__name__ != "ScalarEvent" or stand_in not in event.value:
            return event
        return ScalarEvent(
            event.value.replace(stand_in, ":"),
            event.ctag,
            event.anchor,
            event.implicit,
            event.style or "",
            event.start_mark,
            event.end_mark,
        )

    return next_unmasked
