"""Turns bytes into text: encodings and byte order marks."""

from __future__ import annotations

import codecs
from typing import Final

from k8slint.loading.document import ReadProblem

MAX_BYTES: Final = 64 * 1024 * 1024

# The little-endian mark of UTF-32 starts with that of UTF-16, so it comes first.
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(data: bytes) -> tuple[str, ReadProblem | None]:
    """The text of a source, and the problem of its encoding or None.

    YAML is UTF-8, or UTF-16 with a byte order mark. Bytes that are neither become U+FFFD, so that the rest can be read.
    """
    encoding, body = "utf-8", data
    for mark, name in _MARKS:
        if data.startswith(mark):
            encoding, body = name, data[len(mark) :]
            break
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        offset = len(body[: error.start].decode(encoding, "replace"))
        byte = body[error.start]
        message = f"byte 0x{byte:02X} is not {encoding.upper()}; kubectl reads UTF-8"
        return body.decode(encoding, "replace"), ReadProblem("syntax-error", message, (offset, offset + 1))
    if encoding.startswith("utf-32"):
        return text, ReadProblem("syntax-error", "the file is UTF-32; kubectl reads UTF-8", (0, 1))
    return text, None
