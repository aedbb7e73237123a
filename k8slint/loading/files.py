"""Turns many files into documents, on all workers."""

from __future__ import annotations

import marshal
import os
from collections.abc import Sequence
from typing import Any, Final

from k8slint.loading.block_reader import Known
from k8slint.loading.discovery import Found
from k8slint.loading.document import Document, ReadProblem, Source
from k8slint.loading.load import Loaded, load
from k8slint.loading.opening import read_file
from k8slint.loading.text import MAX_BYTES
from k8slint.parallel import Tell, begins, chunked, map_in_order, silent
from k8slint.usage import UsageError, reason


def load_files(files: Sequence[Found], workers: int, tell: Tell = silent) -> list[Loaded | OSError]:
    """The documents of each file, in the order of the files, or the error of a file that cannot be read."""
    known = Known()

    def load_chunk(chunk: Sequence[Found]) -> list[Loaded | OSError]:
        return [_load(file, known) for file in chunk]

    chunks = chunked(files, [file.size for file in files], workers)
    begin = begins("read", chunks, tell)
    loaded = map_in_order(load_chunk, chunks, workers=workers, pack=_packed, unpack=_unpacked, begin=begin)
    return [each for chunk in loaded for each in chunk]


def load_file(name: str) -> Loaded:
    """The documents of a file that a flag or a setting names.

    Raises:
        UsageError: if the file cannot be read.
    """
    try:
        data = read_file(name, MAX_BYTES)
    except (OSError, ValueError) as error:
        raise UsageError(f"{name}: {reason(error)}") from None
    return load(name, data)


def _load(file: Found, known: Known) -> Loaded | OSError:
    try:
        data = read_file(file.name, MAX_BYTES)
    except OSError as error:
        return error
    if file.skipped:
        return Loaded(Source(file.name, data.decode("utf-8", "replace"), file.is_context), (), file.skipped)
    return load(file.name, data, is_context=file.is_context, known=known)


_NOT_READ: Final = "not read"


def _packed(chunk: list[Loaded | OSError]) -> bytes:
    # Documents are plain data, which marshal writes many times faster than pickle.
    return marshal.dumps([_pack(each) for each in chunk])


def _unpacked(packed: bytes) -> list[Loaded | OSError]:
    return [_unpack(each) for each in marshal.loads(packed)]  # noqa: S302 - written by our own fork


def _pack(loaded: Loaded | OSError) -> tuple[Any, ...]:
    if isinstance(loaded, OSError):
        return _NOT_READ, loaded.errno, loaded.strerror, os.fspath(loaded.filename or "")
    text = loaded.source.text.encode("utf-8", "surrogatepass")
    documents = [
        _fields(document, source=None, problems=list(map(tuple, document.problems))) for document in loaded.documents
    ]
    return _fields(loaded.source, text=text), documents, loaded.skipped


def _unpack(packed: tuple[Any, ...]) -> Loaded | OSError:
    if packed[0] == _NOT_READ:
        return OSError(*packed[1:])
    about, documents, skipped = packed
    source = Source(**{**about, "text": about["text"].decode("utf-8", "surrogatepass")})
    return Loaded(source, tuple(_document(source, fields) for fields in documents), skipped)


def _document(source: Source, fields: dict[str, Any]) -> Document:
    problems = tuple(map(ReadProblem._make, fields["problems"]))
    return Document(**{**fields, "source": source, "problems": problems})


def _fields(of: Source | Document, **changes: Any) -> dict[str, Any]:
    """The fields of a record by name; `changes` replace those that `marshal` cannot write."""
    return {name: getattr(of, name) for name in type(of).__match_args__} | changes
