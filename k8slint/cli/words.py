"""The words of `k8slint check`, read without typer: to import typer takes as long as to check a file.

Only options with their exact names are read; if there is any other, typer reads all the words and says what is wrong.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any, Final

from k8slint.cli.options import Asked, Field, Texts, fields

_DIGITS: Final = 5


def asked_by(words: Sequence[str]) -> Asked | None:
    """What the words ask of `check`, or None if typer has to read them."""
    # A shell asks for completions by this variable, and typer answers.
    if words[:1] != ["check"] or "_K8SLINT_COMPLETE" in os.environ:
        return None
    try:
        return _read(words[1:])
    except (KeyError, ValueError, StopIteration):
        return None


def _read(words: Sequence[str]) -> Asked:
    known = {name: field for field in fields() for name in field.names}
    asked: dict[str, Any] = {"paths": ()}
    rest = iter(words)
    for word in rest:
        if word == "--":
            asked["paths"] += tuple(rest)
        elif not _is_option(word):
            asked["paths"] += (word,)
        else:
            name, separator, text = word.partition("=") if word.startswith("--") else (word, "", "")
            field = known[name]
            if field.kind is bool:
                value: Any = _flag(name, separator)
            else:
                value = _value(field, text if separator else _next(rest))
            asked[field.name] = (*asked.get(field.name, ()), value) if field.kind is Texts else value
    return Asked(**asked)


def _is_option(word: str) -> bool:
    return word.startswith("-") and word != "-"


def _flag(name: str, separator: str) -> bool:
    if separator:
        raise ValueError(name)
    return not name.startswith("--no-")


def _next(rest: Iterator[str]) -> str:
    word = next(rest)
    # What looks like an option may be meant as one: typer decides whether it is a value.
    if _is_option(word):
        raise ValueError(word)
    return word


def _value(field: Field, text: str) -> Any:
    if field.kind is int:
        # `int` reads more than this, as blanks, signs and the digits of other scripts.
        if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS):
            raise ValueError(text)
        return int(text)
    return text if field.kind is Texts else field.kind(text)
