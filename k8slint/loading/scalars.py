"""What a plain YAML scalar means to kubectl, which reads YAML through go-yaml v2 and then as JSON."""

from __future__ import annotations

import base64
import binascii
import math
import re
from typing import Final

Scalar = str | int | float | bool | None

_WORDS: Final[dict[str, Scalar]] = {
    **dict.fromkeys(["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"], True),
    **dict.fromkeys(["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"], False),
    **dict.fromkeys(["", "~", "null", "Null", "NULL"], None),
    **dict.fromkeys([".nan", ".NaN", ".NAN"], math.nan),
    **dict.fromkeys([".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"], math.inf),
    **dict.fromkeys(["-.inf", "-.Inf", "-.INF"], -math.inf),
}
# Only a text that starts with one of these can be anything but a string.
HINTS: Final = frozenset("+-0123456789yYnNtTfFoO~.")
_NUMERIC: Final = frozenset("+-0123456789.")

_INT = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_LONGEST_NUMBER = 400
_INT64 = 2**63
_TAG = "tag:yaml.org,2002:"


class ScalarError(ValueError):
    """A scalar that go-yaml, or the JSON after it, refuses."""


def resolve(text: str) -> Scalar:
    """The value of a plain scalar without a tag.

    Floats without a fraction come back as int, since the JSON in between writes them so.

    Mirrors: go.yaml.in/yaml/v2 resolve.go resolve
    """
    if not text:
        return None
    first = text[0]
    if first not in HINTS:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if first not in _NUMERIC or len(text) > _LONGEST_NUMBER:
        return text
    plain = text if first == "." else text.replace("_", "")
    if first != "." and _INT.fullmatch(plain):
        number = _integer(plain)
        return number if -_INT64 <= number < _INT64 else float(number)
    if _FLOAT.fullmatch(plain):
        return _through_json(float(plain))
    return text


def resolve_tagged(text: str, tag: str, *, plain: bool) -> Scalar:
    """The value of a scalar with an explicit tag; a tag that is not YAML's own leaves the text.

    Raises:
        ScalarError: for a text that is not of the tag's type.
    """
    name = tag.removeprefix(_TAG) if tag.startswith(_TAG) else ""
    if name in ("", "str", "timestamp"):
        return text if name or not plain or tag != "!" else resolve(text)
    if name == "binary":
        try:
            return base64.b64decode("".join(text.split()), validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            raise ScalarError("!!binary value contains invalid base64 data") from None
    value = resolve(text)
    kinds = {"int": (int,), "float": (int, float), "bool": (bool,), "null": (type(None),)}
    expected = kinds.get(name)
    if expected is None:
        return text
    if not isinstance(value, expected) or (isinstance(value, bool) and name != "bool"):
        raise ScalarError(f"cannot decode the value as !!{name}")
    return value


def key_text(value: Scalar) -> str:
    """The JSON object key that a resolved mapping key becomes.

    Raises:
        ScalarError: for null, which JSON has no key for.

    Mirrors: sigs.k8s.io/yaml yaml.go convertToJSONableObject
    """
    if isinstance(value, str):
        return value
    if value is None:
        raise ScalarError("null is no key: JSON object keys are strings")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if math.isinf(value):
            return ".inf" if value > 0 else "-.inf"
        return ".nan" if math.isnan(value) else repr(value)
    return str(value)


def is_json(value: Scalar) -> bool:
    """Whether JSON can write it: not-a-number and the infinities it cannot."""
    return not isinstance(value, float) or math.isfinite(value)


def _integer(plain: str) -> int:
    sign, digits = (-1, plain[1:]) if plain[0] == "-" else (1, plain.removeprefix("+"))
    if len(digits) > 1 and digits[0] == "0":
        marker = digits[1].lower()
        base = {"x": 16, "o": 8, "b": 2}.get(marker)
        return sign * (int(digits[2:], base) if base else int(digits, 8))
    return sign * int(digits)


def _through_json(number: float) -> Scalar:
    if math.isfinite(number) and number == int(number) and abs(number) < _INT64:
        return int(number)
    return number
