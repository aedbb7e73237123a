"""Turns the bytes of a source into documents, whatever they are."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from k8slint.loading.block_reader import Known
from k8slint.loading.composer import compose
from k8slint.loading.document import Document, ReadProblem, Source
from k8slint.loading.text import MAX_BYTES, decode
from k8slint.values.regex import regex

TEMPLATE: Final = "a template, not yet YAML"
_ENOUGH: Final = 4096
# A template action in a place that only a template engine allows: at the start of a line, or of a value.
_TEMPLATE: Final = regex(
    r"""^[^\S\n]*(?:(?:- +)?(?:[^\s#'"{}][^#'"{}\n]*:[^\S\n]+)?(?:\{\{|@@?\w[\w.-]*@)|\{%[-+ ]|<%[-= ])""", re.MULTILINE
)
# JSON's escapes of surrogate pairs and of halves of them; matching an escaped backslash keeps it from starting one.
# Compiled when first used, because few files are JSON.
_SURROGATES: Final = (
    r"\\\\|\\u[dD]([89abAB][0-9a-fA-F]{2})\\u[dD]([c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)


class Loaded(NamedTuple):
    """A source and its documents; `skipped` is the reason why the whole source is no manifest, or empty."""

    source: Source
    documents: tuple[Document, ...]
    skipped: str = ""


def load(name: str, data: bytes, *, is_context: bool = False, known: Known | None = None) -> Loaded:
    """The documents in the bytes of a file or stream; no bytes make it raise.

    `known` holds the lines read before in the same batch.
    """
    if len(data) > MAX_BYTES:
        # The start of the text suffices to judge whether it is a manifest.
        source = Source(name, decode(data[:_ENOUGH])[0], is_context)
        message = f"the file has more than {MAX_BYTES:,} bytes, which is more than is read"
        return Loaded(source, (_failed(source, ReadProblem("syntax-error", message, (0, 0))),))
    text, problem = decode(data)
    if text[:64].lstrip().startswith("{") and "\\u" in text:
        text = re.sub(_SURROGATES, _joined, text)
    source = Source(name, text, is_context)
    documents = tuple(compose(source, known))
    if any(document.failed for document in documents) and _TEMPLATE.search(text):
        return Loaded(source, (), TEMPLATE)
    if problem is not None:
        readable = tuple(document for document in documents if not document.failed)
        documents = (_failed(source, problem), *readable)
    return Loaded(source, documents)


def _failed(source: Source, problem: ReadProblem) -> Document:
    """The document in which the problem lies, as one that cannot be read."""
    start = source.text.rfind("\n---", 0, problem.span[0]) + 1
    return Document(source, 0, start, None, None, (problem,), failed=True)


def _joined(escape: re.Match[str]) -> str:
    """JSON's two escapes of one character as YAML's single one; half a pair becomes U+FFFD."""
    if escape[1] is None:
        return escape[0] if escape[0] == "\\\\" else "\\uFFFD"
    high, low = int(escape[1], 16) - 0x800, int(escape[2], 16) - 0xC00
    return f"\\U{0x10000 + (high << 10) + low:08X}"
