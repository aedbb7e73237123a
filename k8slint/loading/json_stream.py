"""JSON objects one after the other without a separator: kubectl takes them, and to YAML they are an error."""

from __future__ import annotations

import re

from k8slint.loading.document import Span

_OBJECT = re.compile(r'\s*\{\s*["}]')  # YAML's mappings in braces may start with other things
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|$)|[{}]|[^\s{}"]', re.DOTALL)


def json_objects(text: str, offset: int) -> list[Span]:
    """Where the objects from the offset on lie; none if the text is no stream of JSON objects to its end.

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
