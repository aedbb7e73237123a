"""Plain data as YAML that every parser reads as the same data."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

# Strings that need no quotes: no version of YAML reads them as anything else.
_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:[./-][A-Za-z0-9_]+)*", re.ASCII)
# After the bar of a block: whether its text ends without a line break, or with one.
_CHOMPING: Final = ("-", "")
_WORDS: Final = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"})


Step = tuple[str | int, ...]


def written(data: dict[str, Any], note: Callable[[Step], str] | None = None) -> str:
    r"""The data in block style, in its own order; `note` gives the comment after the value at a path, or nothing.

    >>> written({"kind": "Node", "labels": {"disk": "yes", "size": "0400"}, "taints": [{"key": "a", "value": None}]})
    'kind: Node\nlabels:\n  disk: "yes"\n  size: "0400"\ntaints:\n- key: a\n  value: null\n'
    >>> written({"data": {"a": "one\ntwo\n"}}, lambda path: "b.yaml:1" if path == ("data", "a") else "")
    'data:\n  a: |  # b.yaml:1\n    one\n    two\n'
    """
    return "".join(f"{line}\n" for line in _lines(data, (), note or _no_note))


def _no_note(_: Step) -> str:
    return ""


def _lines(value: Any, path: Step, note: Callable[[Step], str]) -> Iterator[str]:
    if isinstance(value, dict) and value:
        for key, entry in value.items():
            head, here = f"{_scalar(str(key))}:", (*path, key)
            said = note(here)
            comment = f"  # {said}" if said else ""
            if isinstance(entry, dict) and entry:
                yield f"{head}{comment}"
                yield from (f"  {line}" if line else line for line in _lines(entry, here, note))
            elif isinstance(entry, list) and entry:
                yield f"{head}{comment}"
                yield from _lines(entry, here, note)
            elif isinstance(entry, str) and _is_block(entry):
                yield f"{head} |{_CHOMPING[len(entry) - len(entry.rstrip(chr(10)))]}{comment}"
                yield from (f"  {line}" if line else line for line in entry.rstrip("\n").split("\n"))
            else:
                yield f"{head} {_scalar(entry)}{comment}"
    elif isinstance(value, list) and value:
        for index, entry in enumerate(value):
            here = (*path, index)
            said = note(here)
            if said:
                yield f"# {said}"
            first, *others = _lines(entry, here, note)
            yield f"- {first}"
            yield from (f"  {line}" if line else line for line in others)
    else:
        yield _scalar(value)


def _is_block(text: str) -> bool:
    """Whether a text of several lines can be written as a block: so that it stays what it is to every parser."""
    body = text.rstrip("\n")
    return (
        "\n" in text
        and bool(body)
        and len(text) - len(body) < len(_CHOMPING)
        and not body.startswith((" ", "\n"))
        and all(
            line.isascii() and (not line or line.isprintable()) and line == line.rstrip() for line in body.split("\n")
        )
    )


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
