"""Plain words for a value of the wrong shape."""

from __future__ import annotations

from types import NoneType
from typing import Any, Final

from k8slint.loading.document import Document, Path

_LONGEST_SHOWN: Final = 60
_NAMES: Final[dict[type, str]] = {
    dict: "a mapping",
    list: "a list",
    str: "a string",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    NoneType: "null",
}


def named(value: Any) -> str:
    """What a value is, without the value.

    >>> named(["a"])
    'a list'
    """
    return _NAMES[type(value)]


def shown(value: Any) -> str:
    """What a value is, with the value itself if it is a scalar.

    >>> shown(8080), shown("web"), shown({})
    ('the number 8080', 'the string "web"', 'a mapping')
    """
    if isinstance(value, str):
        text = value if len(value) <= _LONGEST_SHOWN else value[:_LONGEST_SHOWN] + "…"
        return f'the string "{text}"' if value else "an empty string"
    if isinstance(value, (int, float)):
        return f"the {named(value).removeprefix('a ')} {plain_form(value)}"
    return named(value)


def plain_form(value: float) -> str:
    """A number or boolean as JSON writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def written(document: Document, path: Path) -> str:
    """The text of a scalar as the document writes it; empty if it has an alias, a tag or an anchor."""
    start, end = document.span(path)
    text = document.source.text[start:end]
    return "" if text[:1] in ("*", "!", "&") else text


def is_ambiguous(text: str, value: float) -> bool:
    """Whether an unquoted text became a number or boolean that is not plainly what it says.

    >>> is_ambiguous("0755", 493), is_ambiguous("no", False), is_ambiguous("8080", 8080)
    (True, True, False)
    """
    return bool(text) and text[0] not in "\"'" and text.lower() != plain_form(value)
