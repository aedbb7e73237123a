"""Reads TOML for settings: the data, and where each part is written, which Python's reader does not keep."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from k8slint.loading.document import Path, ReadProblem, Source, Span
from k8slint.loading.text import decode

_POSITION: Final = re.compile(r"(.*?) \(at (?:line (\d+), column (\d+)|end of document)\)$", re.DOTALL)
_TABLE: Final = re.compile(r"\s*(\[\[?)([^\]\n]+)\]")
_KEY: Final = re.compile(r"""\s*((?:[\w-]+|"[^"\n]*"|'[^'\n]*')(?:\s*\.\s*(?:[\w-]+|"[^"\n]*"|'[^'\n]*'))*)\s*=\s*""")
_MOST_BITS: Final = 64
_PART: Final = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")


@dataclass(frozen=True, eq=False)
class Toml:
    """One table of a TOML text, at which paths start; a text that could not be read has a problem and no data."""

    source: Source
    table: tuple[str, ...]
    data: Any
    problems: tuple[ReadProblem, ...] = ()

    def span(self, path: Path, *, key: bool = False) -> Span:
        """The span of the value at the path, or of its key; for a path into a line, that of the line's whole value."""
        whole = (*self.table, *path)
        for length in range(len(whole), 0, -1):
            spans = self._spans.get(whole[:length])
            if spans is not None:
                return spans[0] if key else spans[1]
        return (0, 0)

    @cached_property
    def _spans(self) -> dict[Path, tuple[Span, Span]]:
        """The spans of every key and value that starts a line."""
        spans: dict[Path, tuple[Span, Span]] = {}
        tables: dict[Path, int] = defaultdict(int)
        table: Path = ()
        at = 0
        for line in self.source.text.splitlines(keepends=True):
            header, key = _TABLE.match(line), _KEY.match(line)
            if header is not None:
                table = tuple(_parts(header[2]))
                if header[1] == "[[":
                    tables[table] += 1
                    table = (*table, tables[table] - 1)
                name = (at + header.start(2), at + header.end(2))
                spans.setdefault(table, (name, name))
            elif key is not None:
                name = (at + key.start(1), at + key.end(1))
                written = line[key.end() :].partition(" #")[0].rstrip()
                value = (at + key.end(), at + key.end() + len(written))
                spans.setdefault((*table, *_parts(key[1])), (name, value))
            at += len(line)
        return spans


def read_toml(name: str, data: bytes, table: tuple[str, ...]) -> Toml:
    """The table of the text; its data is None if the table is absent or the text is wrong, which is a problem then."""
    import tomllib  # noqa: PLC0415 - only a project with settings there pays for it

    text, problem = decode(data)
    source = Source(name, text)
    if problem is not None:
        return Toml(source, table, None, (problem,))
    try:
        held: Any = tomllib.loads(text)
        for key in table:
            held = held.get(key) if isinstance(held, dict) else None
        return Toml(source, table, _plain(held))
    except ValueError as error:
        message, offset = _refusal(str(error), text)
    except RecursionError:
        message, offset = "nested too deeply to be read", _deepest(text)
    return Toml(source, table, None, (ReadProblem("syntax-error", message, (offset, offset)),))


def _plain(value: Any) -> Any:
    """The value in the form of documents: dates and times become text.

    Raises:
        ValueError: for an integer over 64 bits; Python cannot print one that 0x and very many digits make.
    """
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, int) and value.bit_length() > _MOST_BITS:
        raise ValueError(value.bit_length())
    return value if value is None or isinstance(value, (str, int, float)) else str(value)


def _refusal(message: str, text: str) -> tuple[str, int]:
    found = _POSITION.match(message)
    if found is None:
        return "this is no TOML that can be read: a number has too many digits", 0
    said = found[1][:1].lower() + found[1][1:]
    if found[2] is None:
        return f"this is no TOML: {said} at the end", len(text)
    lines = text.splitlines(keepends=True)
    return f"this is no TOML: {said}", sum(map(len, lines[: int(found[2]) - 1])) + int(found[3]) - 1


def _deepest(text: str) -> int:
    """The offset of the line with the most brackets."""
    lines = text.splitlines(keepends=True)
    deepest = max(range(len(lines)), key=lambda index: lines[index].count("[") + lines[index].count("{"))
    return sum(map(len, lines[:deepest]))


def _parts(key: str) -> list[str]:
    return [part.strip("\"'") for part in _PART.findall(key)]
