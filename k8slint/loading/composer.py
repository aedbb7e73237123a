"""Turns YAML text into documents, as kubectl reads it: line by line if the text allows it, else event by event."""

from __future__ import annotations

from collections.abc import Iterator

from k8slint.loading.block_reader import Known, read_lines
from k8slint.loading.document import Document, Source


def compose(source: Source, known: Known | None = None) -> Iterator[Document]:
    """The documents of a source, in order, without empty ones.

    A document that cannot be read comes back failed, with one `syntax-error`; reading goes on at the next `---`.
    `known` holds the lines read before in the same batch.
    """
    read = read_lines(source.text, known)
    if read is None:
        from k8slint.loading.event_composer import compose_events  # noqa: PLC0415 - most texts are read without the parser

        return compose_events(source)
    return (Document(source, index, start, data, marks) for index, (data, marks, start) in enumerate(read))
