"""Base64 as the API server reads it."""

from __future__ import annotations

import base64
import re
from typing import Final

_ALPHABET: Final = re.compile(r"[A-Za-z0-9+/]*={0,2}")
_NEWLINES: Final = {ord("\r"): None, ord("\n"): None}


def decode_base64(text: str) -> bytes | None:
    """The bytes that a text of padded standard base64 encodes, line ends ignored, or None if it is no such text.

    >>> decode_base64("aGk="), decode_base64("aGk"), decode_base64("aG_k")
    (b'hi', None, None)

    Mirrors: encoding/base64 Encoding.Decode
    """
    return None if base64_defect(text) else base64.b64decode(_joined(text))


def base64_defect(text: str) -> str:
    """Why a text is not padded standard base64, or empty if it is.

    The answer quotes at most one character, because the text may be a Secret value.

    >>> base64_defect("aGk="), base64_defect("aGk"), base64_defect("aG_k")
    ('', 'its length is no multiple of 4', 'character "_" is not allowed')
    """
    digits = _joined(text)
    match = _ALPHABET.match(digits)
    end = match.end() if match is not None else 0
    if end < len(digits):
        return f'character "{digits[end]}" is not allowed'
    return "its length is no multiple of 4" if len(digits) % 4 else ""


def _joined(text: str) -> str:
    return text.translate(_NEWLINES) if "\n" in text or "\r" in text else text
