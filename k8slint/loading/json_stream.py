"""JSON objects one after the other without a separator, which kubectl accepts and YAML does not."""

from __future__ import annotations

import re

from k8slint.loading.document import Span

_OBJECT = re.compile(r'\s*\{\s*["}]')  # a mapping in braces that only YAML allows may start otherwise
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|$)|[{}]|[^\s{}"]', re.DOTALL)


def json_objects(text: str, offset: int) -> list[Span]:
    """The spans of the objects from the offset on; empty if the rest of the text is no stream of JSON objects.

    Mirrors: apimachinery pkg/util/yaml/decoder.go YAMLOrJSONDecoder @ v1.37
    """
    if _OBJECT.match(text) is None or text[offset : offset + 1] != "{":
        return []
    found: list[Span] = []
    depth = start = 0
    for token in _TOKEN.finditer(text, offset):
        if token[0] == "{":
            if not depth and _OBJECT.match(text, token.start()) is None:
                return []
            start = start if depth else token.start()
            depth += 1
        elif not depth:
            return []
        elif token[0] == "}":
            depth -= 1
            if not depth:
                found.append((start, token.end()))
    return [] if depth else found
