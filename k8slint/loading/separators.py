"""Lines that begin with `---` and go on: kubectl takes them for separators, or for wrong ones; YAML for text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

# `---#` parts documents for kubectl alone; with anything but a comment after it, it parts them for nobody.
_UNUSUAL = re.compile(r"^---(?:#|[^\S\n]*[^\s#])", re.MULTILINE)
_SEPARATOR = re.compile(r"^---[^\S\n]*(?P<rest>[^\s#])?", re.MULTILINE)
_JSON = re.compile(r"\s*\{")

REFUSED: Final = 'invalid Yaml document separator: nothing but a comment may follow "---" in its line'


class Part(NamedTuple):
    """Where a document lies that kubectl reads by itself, and where the line is for which it refuses it, or -1."""

    start: int
    end: int
    refused_at: int = -1


def parts(text: str) -> list[Part]:
    """The parts of a text as kubectl's reader cuts it; the whole text, if YAML sees the same documents in it.

    What stands before a wrong separator is not read either: the error comes in its place.

    Mirrors: apimachinery pkg/util/yaml/decoder.go YAMLReader.Read @ v1.37
    """
    if "---" not in text or starts_as_json(text) or _UNUSUAL.search(text) is None:
        return [Part(0, len(text))]
    return list(_cut(text))


def starts_as_json(text: str) -> bool:
    """Whether kubectl tries to read the text as JSON before it reads it as YAML."""
    return _JSON.match(text) is not None


def _cut(text: str) -> Iterator[Part]:
    start, refused_at = 0, -1
    for separator in _SEPARATOR.finditer(text):
        if separator["rest"]:
            refused_at = separator.start() if refused_at < 0 else refused_at
        elif text[start : separator.start()].strip():
            yield Part(start, separator.start(), refused_at)
            # A comment may follow at once, which is none to YAML.
            start, refused_at = separator.start() + len("---"), -1
    yield Part(start, len(text), refused_at)
