"""Colours as plain ANSI codes: a markup parser would take text from manifests for markup."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

Paint = Callable[[str, str], str]
"""Takes the name of a style and the text to paint."""

_CODES: Final = {
    "error": "1;31",
    "warning": "1;33",
    "info": "1;36",
    "frame": "1;34",
    "strong": "1",
    "clear": "1;32",
}


def painter(*, color: bool) -> Paint:
    """A function that colours text, or leaves it as it is."""
    return _painted if color else _plain


def _painted(style: str, text: str) -> str:
    return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if text else ""


def _plain(_style: str, text: str) -> str:
    return text
