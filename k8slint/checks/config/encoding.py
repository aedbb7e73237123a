"""How the values of Secrets are written: base64 once, and nothing after it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from k8slint.checks.credentials import is_filled_in_later, names_a_credential, words
from k8slint.cluster.cluster import Cluster
from k8slint.loading.document import Path
from k8slint.objects.fields import strings
from k8slint.objects.object import Object
from k8slint.objects.problem import Place, Problem
from k8slint.values.base64_text import decode_base64

_LOGINS: Final = frozenset({"login", "user", "username"})
_MEANT_ENCODED = re.compile(r"b64|base64|basic|encoded", re.IGNORECASE)
_HASHED = re.compile(r"[^:\s]+:(?:\$|\{SHA)")
# Passwords and URLs that people write have this punctuation; random keys from programs have other, too.
_WRITTEN = re.compile(r"[A-Za-z0-9 _.,:/@!#$%*+=?&-]+")


def secret_trailing_newline(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A password, token or user name that ends with a newline."""
    for field in ("data", "stringData"):
        for path, key, value in _secret_values(obj, field):
            if not _is_of_one_line(key):
                continue
            plain = _text_of(value) if field == "data" else value
            line = plain.removesuffix("\n").removesuffix("\r")
            if line and line != plain and line.isprintable() and _HASHED.match(line) is None:
                fix = "" if field == "data" else "Write the value on the line of its key, or as a block with `|-`."
                yield Problem(path, f'the value of "{key}" ends with a newline', fix=fix, place=Place.SECRET)


def _is_of_one_line(key: str) -> bool:
    """Whether the key names a credential or a login, which have one line, rather than a file."""
    return "." not in key and (names_a_credential(key) or not _LOGINS.isdisjoint(words(key)[-1:]))


def secret_double_encoded(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A value that encodes readable text in base64 once more than its field needs."""
    for path, key, value in _secret_values(obj, "data"):
        if _is_encoded_text(key, _text_of(value)):
            yield Problem(path, f'the value of "{key}" is base64 twice over', place=Place.SECRET)
    for path, key, value in _secret_values(obj, "stringData"):
        # Without padding, the value may be a token that merely looks like base64.
        if value.rstrip().endswith("=") and _is_encoded_text(key, value):
            message = f'the value of "{key}" is base64, which stringData does not decode'
            yield Problem(path, message, fix="Move the value to `data`, or write it plain.", place=Place.SECRET)


def _is_encoded_text(key: str, value: str) -> bool:
    """Whether the value is base64 of a line that a person wrote; false if its key is one that often stays encoded."""
    encoded = value.rstrip("\r\n")
    if len(encoded) < 8 or _MEANT_ENCODED.search(key) or encoded in (encoded.lower(), encoded.upper()):
        return False
    plain = _text_of(encoded).removesuffix("\n").removesuffix("\r")
    if len(plain) < 5 or _WRITTEN.fullmatch(plain) is None or (":" in plain and "://" not in plain):
        return False
    # One in some hundreds of random texts of eight letters decodes to text as well.
    letters = sum(character.isalnum() for character in plain)
    return letters == len(plain) if len(encoded) == 8 else letters >= 0.7 * len(plain)


def _text_of(value: str) -> str:
    """The decoded text of a base64 value; empty if the value is not base64 of text."""
    try:
        return (decode_base64(value) or b"").decode("utf-8")
    except UnicodeDecodeError:
        return ""


def _secret_values(obj: Object, field: str) -> Iterator[tuple[Path, str, str]]:
    """The path, key and value of each entry of a Secret that is not filled in later; empty for a SOPS file."""
    if "sops" in obj.data:
        return
    for key, value in strings(obj.data.get(field)).items():
        if value and not is_filled_in_later(value):
            yield (field, key), key, value
