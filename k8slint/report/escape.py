r"""The only way for text from files into a report, in every format.

Characters that would steer a terminal, start a command of a CI log, or show nothing are escaped, as `\x1b` or `\u202e`.
The formats built on JSON and XML could carry some of them, but escape them too: a program that reads such a report
prints it in the end, often on a terminal. Backslashes are not doubled, so that paths and patterns stay readable.
"""

from __future__ import annotations

import re
from typing import Final

from k8slint.values.regex import regex

# Printable by Unicode, but invisible: fillers, blanks and variation selectors. Two names that differ in one of these
# look the same.
_UNSEEN: Final = frozenset(
    map(
        chr,
        (
            0x034F,
            0x115F,
            0x1160,
            0x17B4,
            0x17B5,
            *range(0x180B, 0x1810),
            0x2800,
            0x3164,
            *range(0xFE00, 0xFE10),
            0xFFA0,
            *range(0xE0100, 0xE01F0),
        ),
    )
)
# Anywhere in a line, GitHub's runner obeys `##[command]`, Azure's `##vso[command]`, TeamCity's `##teamcity[command]`.
_LOG_COMMAND: Final = regex(r"(?<=#)#(?=(?:vso|teamcity)?\[)", re.IGNORECASE)
_BLANKS: Final = regex(r"[ \t\r\n]+")


def written(text: str) -> list[str]:
    """Each character of the text as it may be shown, escaped if it has to be."""
    shown = [char if char.isprintable() and char not in _UNSEEN else _escaped(char) for char in text]
    for match in _LOG_COMMAND.finditer(text):
        shown[match.start()] = r"\x23"
    return shown


def visible(text: str) -> str:
    r"""The text as one line of visible characters, valid as UTF-8.

    Escaped are control characters with line breaks and tabs, signs that turn the direction of writing, zero-width
    characters, blanks other than the space, private and unassigned characters, halves of surrogate pairs, and the
    second `#` of a log command.

    >>> visible("a\tb\x1b[31m\u202e")
    'a\\tb\\x1b[31m\\u202e'
    """
    if text.isascii() and text.isprintable() and "##" not in text:
        return text
    return "".join(written(text))


def flowing(text: str) -> str:
    r"""Prose in one visible line: line breaks and runs of blanks become one space.

    >>> flowing("Name a tag,\n  or a digest.\n")
    'Name a tag, or a digest.'
    """
    return visible(_BLANKS.sub(" ", text).strip(" "))


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
