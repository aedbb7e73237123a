"""Lines that start with `---` and go on: kubectl reads them as separators, right or wrong, and YAML as text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

# `---#` separates documents for kubectl but not for YAML; with other text after it, `---` is an error to kubectl.
_UNUSUAL = re.compile(r"^---(?:#|[^\S\n]*[^\s#])", re.MULTILINE)
_SEPARATOR = re.compile(r"^---[^\S\n]*(?P<rest>[^\s#])?", re.MULTILINE)
_JSON = re.compile(r"\s*\{")

REFUSED: Final = 'invalid Yaml document separator: nothing but a comment may follow "---" in its line'


class Part(NamedTuple):
    """The part of a text that kubectl reads as one document; `refused_at` is the offset of a line it refuses, or -1."""

    start: int
    end: int
    refused_at: int = -1


def parts(text: str) -> list[Part]:
    """The parts into which kubectl's reader cuts a text; the whole text as one if YAML sees the same documents in it.

    kubectl does not read the text before a wrong separator either: it reports the error instead.

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
            # The next part starts after the dashes: with them, YAML would not see a comment that follows at once.
            start, refused_at = separator.start() + len("---"), -1
    yield Part(start, len(text), refused_at)
