"""Plain data as YAML that every parser reads as the same data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

# Strings that need no quotes: no version of YAML reads them as anything else.
_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:[./-][A-Za-z0-9_]+)*", re.ASCII)
_WORDS: Final = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"})


def written(data: dict[str, Any]) -> str:
    r"""The data in block style, in its own order.

    >>> written({"kind": "Node", "labels": {"disk": "yes", "size": "0400"}, "taints": [{"key": "a", "value": None}]})
    'kind: Node\nlabels:\n  disk: "yes"\n  size: "0400"\ntaints:\n- key: a\n  value: null\n'
    """
    return "".join(f"{line}\n" for line in _lines(data))


def _lines(value: Any) -> Iterator[str]:
    if isinstance(value, dict) and value:
        for key, entry in value.items():
            head = f"{_scalar(str(key))}:"
            if isinstance(entry, dict) and entry:
                yield head
                yield from (f"  {line}" for line in _lines(entry))
            elif isinstance(entry, list) and entry:
                yield head
                yield from _lines(entry)
            else:
                yield f"{head} {_scalar(entry)}"
    elif isinstance(value, list) and value:
        for entry in value:
            first, *others = _lines(entry)
            yield f"- {first}"
            yield from (f"  {line}" for line in others)
    else:
        yield _scalar(value)


def _scalar(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            is_plain = _PLAIN.fullmatch(value) is not None and value.lower() not in _WORDS
            return value if is_plain else f'"{"".join(map(_character, value))}"'
        case dict() | list():
            return "[]" if isinstance(value, list) else "{}"
        case _:
            return repr(value)


def _character(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    return char if char.isascii() and char.isprintable() else f"\\U{ord(char):08X}"
