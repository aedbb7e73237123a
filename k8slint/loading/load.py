"""Sources to documents, whatever the bytes are."""

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
# A template action where only a template engine would put one: a line of its own, or a whole value.
_TEMPLATE: Final = regex(
    r"""^[^\S\n]*(?:(?:- +)?(?:[^\s#'"{}][^#'"{}\n]*:[^\S\n]+)?(?:\{\{|@@?\w[\w.-]*@)|\{%[-+ ]|<%[-= ])""", re.MULTILINE
)
# Halves of surrogate pairs as JSON escapes them; an escaped backslash is matched so that it cannot start one.
# Compiled when first used: few files are JSON.
_SURROGATES: Final = (
    r"\\\\|\\u[dD]([89abAB][0-9a-fA-F]{2})\\u[dD]([c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)


class Loaded(NamedTuple):
    """A source and its documents; `skipped` says why it holds none where it is no manifest as a whole."""

    source: Source
    documents: tuple[Document, ...]
    skipped: str = ""


def load(name: str, data: bytes, *, is_context: bool = False, known: Known | None = None) -> Loaded:
    """The documents in the bytes of a file or stream. Never raises on any of them.

    `known` are the lines of other files of its batch, which need not be looked at again.
    """
    if len(data) > MAX_BYTES:
        # By what it starts with it is judged whether it is a manifest.
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
    """A document that cannot be read: the one that the problem lies in."""
    start = source.text.rfind("\n---", 0, problem.span[0]) + 1
    return Document(source, 0, start, None, None, (problem,), failed=True)


def _joined(escape: re.Match[str]) -> str:
    """JSON's two escapes of one character as YAML's one; half a pair is no character."""
    if escape[1] is None:
        return escape[0] if escape[0] == "\\\\" else "\\uFFFD"
    high, low = int(escape[1], 16) - 0x800, int(escape[2], 16) - 0xC00
    return f"\\U{0x10000 + (high << 10) + low:08X}"
