"""Whether a text that cannot be read was meant to be a Kubernetes object, judged by its keys."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from k8slint.loading.document import Document
from k8slint.values.regex import regex

_LONGEST: Final = 1_000_000  # characters of a document that are looked at
_END = regex(r"^---", re.MULTILINE)
_NAMES: Final = "apiVersion|kind|metadata"
# A key that every object has, as a line in block style starts with it, with or without quotes.
_KEY: Final = rf"""["']?(?P<key>{_NAMES})["']?[ \t]*:(?=\s|$)"""
_AT_START = regex(rf"^{_KEY}", re.MULTILINE)
_ANYWHERE = regex(rf"[ \t]*{_KEY}")
# Kinds of other tools, such as `kind: role`, start in lower case.
_FOREIGN_KIND = regex(r"""^["']?kind["']?[ \t]*:[ \t]*["']?[a-z]""", re.MULTILINE)
_FLOW_TOKEN = regex(
    r"""//[^\n]*|/\*.*?(?:\*/|$)|"(?P<quoted>(?:[^"\\]++|\\.)*+)(?:"|$)|(?P<open>[\[{])|(?P<close>[\]}])|(?P<word>\w++)""",
    re.DOTALL,
)


def was_meant_as_object(document: Document) -> bool:
    """Whether a document that could not be read has at its top two of the keys that every object has."""
    text = document.source.text
    start = document.start + len("---") * text.startswith("---", document.start)
    end = _END.search(text, start)
    body = text[start : min(end.start() if end is not None else len(text), start + _LONGEST)]
    # UTF-16 without its byte order mark is full of NULs.
    body = body.replace("\0", "")
    return _looks_like_flow(body) if body.lstrip()[:1] == "{" else _looks_like_block(body)


def _looks_like_block(text: str) -> bool:
    found = {match["key"] for match in _AT_START.finditer(text)}
    if "apiVersion" not in found and _FOREIGN_KIND.search(text):
        return False
    return len(found) > 1 or _is_indented_head(text)


def _is_indented_head(text: str) -> bool:
    """Whether two of the keys follow each other, the first of them at the top: then the indentation is wrong."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    for number, (line, following) in enumerate(pairwise(lines)):
        is_at_top = not number or not line[0].isspace()
        if is_at_top and (first := _ANYWHERE.match(line)) and (second := _ANYWHERE.match(following)):
            return {first["key"], second["key"]} != {"kind", "metadata"} or not number
    return False


def _looks_like_flow(text: str) -> bool:
    found, depth = set(), 0
    for token in _FLOW_TOKEN.finditer(text):
        depth += (token["open"] is not None) - (token["close"] is not None)
        key = token["quoted"] or token["word"]
        if (
            depth == 1
            and key in {"apiVersion", "kind", "metadata"}
            and text[token.end() : token.end() + 9].lstrip()[:1] == ":"
        ):
            found.add(key)
    return "apiVersion" in found and len(found) > 1
