"""ConfigMaps and Secrets, as the API server validates them on creation. No value of a Secret is ever shown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, NoReturn

from k8slint.apiserver.validation.field import Field
from k8slint.apiserver.validation.formats import config_map_key
from k8slint.objects.problem import Place, Problem
from k8slint.values.base64_text import decode_base64
from k8slint.values.placeholder import has_placeholder, is_looked_up
from k8slint.values.regex import regex

MOST_BYTES: Final = 1024 * 1024
"""The most bytes that all values together may have."""
_OVERSIZED: Final = "oversized-configmap"
_OF_ACCOUNT: Final = "kubernetes.io/service-account.name"
_REDACTED: Final = "<secret contents redacted>"
# The keys that a type of Secret requires; below are those of which basic-auth needs one.
_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
}
_BASIC: Final = ("username", "password")
_ALPHABET = regex(r"[A-Za-z0-9+/=]*")
_JSON: Final = (".dockercfg", ".dockerconfigjson")


def config_map(obj: Field) -> None:
    """A ConfigMap.

    Mirrors: pkg/apis/core/validation/validation.go ValidateConfigMap @ v1.37
    """
    data, binary = obj["data"], obj["binaryData"]
    both = dict(binary.entries())
    for key, value in data.entries():
        _key(key, value)
        if key in both:
            value.invalid("duplicate of key present in binaryData", key, fix="remove one of the two")
    for key, value in both.items():
        _key(key, value)
    if value_bytes(data.value, binary.value) > MOST_BYTES:
        obj.too_long(MOST_BYTES, at=("data",) if data else ("binaryData",), rule=_OVERSIZED)


def secret(obj: Field) -> None:
    """A Secret; the server merges `stringData` into `data` before validation.

    Mirrors: pkg/apis/core/validation/validation.go ValidateSecret @ v1.37
    """
    data, plain = obj["data"], obj["stringData"].named_as(obj, "data")
    values = dict(data.entries()) | dict(plain.entries())
    is_encrypted = obj["sops"].is_set
    for key, value in values.items():
        _key(key, value)
    for _, value in data.entries():
        if not is_encrypted:
            _base64(value)
    if value_bytes(plain.value, data.value) > MOST_BYTES:
        (data or plain).too_long(MOST_BYTES, rule=_OVERSIZED)
    if not (data.is_hole or plain.is_hole):
        _of_type(obj, values)


def _key(key: str, value: Field) -> None:
    for fault in config_map_key.faults(key):
        value.invalid(fault, key)


def _base64(value: Field) -> None:
    """A value in base64; decoding fails on a wrong one, before any validation."""
    text = value.value
    if text.__class__ is str and text and not _is_filled_in_later(text) and decode_base64(text) is None:
        path = value.path
        said = f'the value of "{path[-1]}" is not base64: {_why_not_base64(text)}'
        value.run.found.append(Problem(path, said, rule="secret-data-not-base64", place=Place.SECRET))


def _is_filled_in_later(text: str) -> bool:
    return has_placeholder(text) or is_looked_up(text)


def _why_not_base64(text: str) -> str:
    """Why a text is no base64, without a letter of it."""
    joined = "".join(text.split())
    if decode_base64(joined) is not None:
        return "it has spaces"
    return "its padding is wrong" if _ALPHABET.fullmatch(joined) else "it has characters outside of the alphabet"


def _of_type(obj: Field, values: Mapping[str, Field]) -> None:
    """The keys that the type of a Secret requires."""
    kind = obj["type"].value
    if kind == "kubernetes.io/service-account-token":
        account = obj["metadata"]["annotations"][_OF_ACCOUNT]
        if not account:
            account.required()
    elif kind == "kubernetes.io/basic-auth":
        if not any(key in values for key in _BASIC):
            for key in _BASIC:
                obj["data"][key].required()
    elif kind.__class__ is str:
        for key in _KEYS.get(kind, ()):
            value = values.get(key)
            if value is None or (key == "ssh-privatekey" and not value):
                obj["data"][key].required()
            elif key in _JSON:
                _json(value, is_plain=value.path[0] == "stringData")


def _json(value: Field, *, is_plain: bool) -> None:
    """The logins of registries: a JSON object. The server's message quotes a letter of it, which is left out here."""
    text = value.value
    if text.__class__ is not str or _is_filled_in_later(text):
        return
    if not is_plain:
        decoded = decode_base64(text)
        if decoded is None:
            return
        text = decoded.decode(errors="replace")
    if not text:
        _redacted(value, "unexpected end of JSON input")
    elif not _is_json_object(text):
        _redacted(value, "is not a JSON object")


def _redacted(value: Field, detail: str) -> None:
    value.invalid(detail, _REDACTED, place=Place.SECRET, fix="write what kubectl create secret docker-registry makes")


def _is_json_object(text: str) -> bool:
    try:
        read = json.loads(text, parse_constant=_refuse, parse_int=float)
    except (ValueError, RecursionError):
        return False
    return read is None or isinstance(read, dict)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def value_bytes(plain: Any, encoded: Any) -> int:
    """The bytes of all values together. If a key is in both, the plain value counts; unknown values count nothing."""
    sizes = {key: len(decode_base64(value) or b"") for key, value in _texts(encoded).items()}
    sizes |= {key: utf8_bytes(value) for key, value in _texts(plain).items()}
    return sum(sizes.values())


def _texts(data: Any) -> dict[str, str]:
    return {key: value for key, value in data.items() if isinstance(value, str)} if isinstance(data, dict) else {}


def utf8_bytes(value: str) -> int:
    """The length of a text in bytes of UTF-8, as it is stored."""
    return len(value) if value.isascii() else len(value.encode("utf-8", "surrogatepass"))
