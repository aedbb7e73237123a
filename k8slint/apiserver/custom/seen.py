"""Data as the rules of a CRD see it: what the schema declares, with names that expressions can write.

Mirrors: apiserver pkg/cel/common/values.go UnstructuredToVal, pkg/cel/escaping.go Escape @ v1.37
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

from k8slint.apiserver.custom.structural import Itself
from k8slint.cel.engine import Program
from k8slint.objects.fields import mapping, text
from k8slint.values.regex import regex

_RESERVED: Final = frozenset(
    {
        "true",
        "false",
        "null",
        "in",
        "as",
        "break",
        "const",
        "continue",
        "else",
        "for",
        "function",
        "if",
        "import",
        "let",
        "loop",
        "package",
        "namespace",
        "return",
        "var",
        "void",
        "while",
    }
)
_NAME = regex(r"[A-Za-z_./-][A-Za-z0-9_./-]*")
_ESCAPED = regex(r"__|[-./]")
_ESCAPES: Final = {"__": "__underscores__", ".": "__dot__", "-": "__dash__", "/": "__slash__"}
# Texts of these are times and durations for expressions, which the library takes from no mapping.
_TIMES: Final = frozenset({"date", "date-time", "duration"})
_INT64: Final = 2**63
_LARGEST: Final = 1e308
_STRING: Final = {"type": "string"}
_TYPE_META: Final = {
    "apiVersion": _STRING,
    "kind": _STRING,
    "metadata": {"type": "object", "properties": {"name": _STRING, "generateName": _STRING}},
}


class Names(NamedTuple):
    """Fields that a schema makes other than what they look like: times, and lists whose order means nothing."""

    times: frozenset[str]
    unordered: frozenset[str]


class Seen(NamedTuple):
    """A value as expressions see it."""

    value: Any

    def may_be_asked(self, asked: Program, names: Names) -> bool:
        """Whether an expression means the same of it here as for the API server."""
        is_timed = not names.times.isdisjoint(("self", *asked.names())) if names.times else False
        return not is_timed and (not names.unordered or names.unordered.isdisjoint(asked.compared()))


class _UnseenError(ValueError):
    """The value is not as its schema says."""


def seen(value: Any, schema: Mapping[str, Any], *, is_root: bool) -> Seen | None:
    """A value as the rules of its schema see it; None where it is not as the schema says."""
    try:
        return Seen(_seen(value, schema, is_root=is_root))
    except _UnseenError:
        return None


def escaped(name: str) -> str | None:
    """The name of a field in expressions; None where there is none.

    >>> escaped("app.kubernetes.io/name"), escaped("namespace"), escaped("1st")
    ('app__dot__kubernetes__dot__io__slash__name', '__namespace__', None)
    """
    if name in _RESERVED:
        return f"__{name}__"
    if not _NAME.fullmatch(name):
        return None
    return _ESCAPED.sub(lambda match: _ESCAPES[match[0]], name)


def _seen(value: Any, schema: Any, *, is_root: bool = False) -> Any:
    node = mapping(schema)
    takes_both, kind = node.get("x-kubernetes-int-or-string") is True, text(node.get("type"))
    if value is None or not (kind or takes_both):  # what is not declared, expressions cannot name
        return None
    if takes_both and isinstance(value, str):
        return _unicode(value)
    if kind == "object" and isinstance(value, dict):
        return _object(value, node, is_root=is_root or node.get("x-kubernetes-embedded-resource") is True)
    if kind == "array" and isinstance(value, list):
        return [_seen(item, node.get("items")) for item in value]
    return _scalar(value, "integer" if takes_both else kind, text(node.get("format")))


def _scalar(value: Any, kind: str, form: str) -> Any:
    match kind, value:
        case "string", str():
            return _bytes(value) if form == "byte" else _unicode(value)
        case "boolean", bool():
            return value
        case "number" | "integer", int() | float() if not isinstance(value, bool):
            return float(value) if kind == "number" and abs(value) < _LARGEST else _whole(value)
    raise _UnseenError


def _object(value: Mapping[str, Any], node: Mapping[str, Any], *, is_root: bool) -> dict[str, Any]:
    properties, further = mapping(node.get("properties")), node.get("additionalProperties")
    if is_root:
        properties = {**properties, **_TYPE_META}
    if not properties and isinstance(further, dict):
        return {_unicode(key): _seen(entry, further) for key, entry in value.items()}
    found = {}
    for key, entry in value.items():
        inner, name = properties.get(key), escaped(key)
        if isinstance(inner, dict) and name is not None and _is_declared(inner):
            found[name] = _seen(entry, inner)
    return found


def _is_declared(node: Mapping[str, Any]) -> bool:
    return bool(node.get("type")) or node.get("x-kubernetes-int-or-string") is True


def _whole(value: float) -> int:
    if value != int(value) or not -_INT64 <= value < _INT64:
        raise _UnseenError
    return int(value)


def _unicode(value: str) -> str:
    """The text, without half of a surrogate pair: JSON can spell it, and UTF-8 cannot."""
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise _UnseenError from error
    return value


def _bytes(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _UnseenError from error


@lru_cache(maxsize=4_096)
def names_of(node: Itself) -> Names:
    """What the names of fields in a part of a schema stand for; its own value is `self`."""
    times, unordered = set[str](), set[str]()
    pending: list[tuple[str, Any]] = [("self", node.value)]
    done = set[tuple[str, int]]()  # an anchored part may stand in many places
    while pending:
        name, part = pending.pop()
        if not isinstance(part, dict) or (name, id(part)) in done:
            continue
        done.add((name, id(part)))
        if part.get("format") in _TIMES and part.get("type") == "string":
            times.add(name)
        if part.get("x-kubernetes-list-type") in ("set", "map"):
            unordered.add(name)
        pending += ((name, part.get("items")), (name, part.get("additionalProperties")))
        pending += ((escaped(key) or "", inner) for key, inner in mapping(part.get("properties")).items())
    return Names(frozenset(times), frozenset({*unordered, "*"} if unordered else ()))
