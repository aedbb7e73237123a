"""The suffix that kustomize gives to the names of generated ConfigMaps and Secrets."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any, Final

from k8slint.rendering.resource import Resource, scalar_text

_LENGTH: Final = 10
_LETTERS: Final = str.maketrans("013ae", "ghkmt")
_ESCAPED: Final = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


def hash_of(resource: Resource) -> str:
    """The suffix of an object, from its kind, name and data; of a Secret, from its type too.

    The name counts as empty, for kustomize looks for it under a key that no object has.

    Mirrors: sigs.k8s.io/kustomize/api hasher/hasher.go Hasher.Hash @ v0.21.1
    """
    data = resource.data
    kind = scalar_text(data.get("kind"))
    hashed: dict[str, Any] = {"kind": kind, "name": "", "data": _found(data, "data")}
    optional = "binaryData"
    if kind == "Secret":
        hashed["type"] = _found(data, "type")
        optional = "stringData"
    if isinstance(data.get(optional), dict):
        hashed[optional] = data[optional]
    text = json.dumps(hashed, sort_keys=True, separators=(",", ":"), ensure_ascii=False).translate(_ESCAPED)
    return sha256(text.encode("utf-8", "replace")).hexdigest()[:_LENGTH].translate(_LETTERS)


def _found(data: dict[str, Any], key: str) -> Any:
    value = data.get(key)
    return value if isinstance(value, dict) else scalar_text(value)
