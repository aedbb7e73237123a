"""The meaning of a YAML scalar to kubectl, which reads YAML through go-yaml v2 and then as JSON."""

from __future__ import annotations

import base64
import math
import re
import struct
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

_INT = re.compile(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
# After a leading point an underscore must stand between digits; elsewhere it may stand anywhere.
_FRACTION = re.compile(r"\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?")
_INT64 = 2**63
_LONGEST_DECIMAL = 20  # digits of the largest unsigned 64-bit integer
_TAG = "tag:yaml.org,2002:"


class ScalarError(ValueError):
    """A scalar that go-yaml, or the JSON after it, refuses."""


def resolve(text: str) -> Scalar:
    """The value of a plain scalar without a tag.

    Floats without a fraction come back as int, and integers outside of signed 64 bits as float, because kubectl passes
    them through JSON.

    Mirrors: go.yaml.in/yaml/v2 resolve.go resolve
    """
    if not text:
        return None
    first = text[0]
    if first not in HINTS:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if first not in _NUMERIC:
        return text
    number = _number(text)
    return text if number is None else _through_json(number)


def resolve_tagged(text: str, tag: str) -> Scalar:
    """The value of a scalar with an explicit tag; with a tag that this module does not know, its text.

    Raises:
        ScalarError: for a text that is not of the tag's type.
    """
    name = tag.removeprefix(_TAG) if tag.startswith(_TAG) else ""
    if name == "binary":
        try:
            decoded = base64.b64decode(text.replace("\n", "").replace("\r", ""), validate=True)
        except ValueError:
            raise ScalarError("!!binary value contains invalid base64 data") from None
        return decoded.decode("utf-8", "replace")
    accepted = _TAGGED.get(name)
    if accepted is None:
        return text
    value = _WORDS[text] if text in _WORDS else _number(text)
    if type(value) not in accepted or (value is None and text not in _WORDS):
        raise ScalarError(f"cannot decode the value as !!{name}")
    return _through_json(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


_TAGGED: Final[dict[str, tuple[type, ...]]] = {
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "null": (type(None),),
}


def key_text(value: Scalar) -> str:
    """The JSON object key that a resolved mapping key becomes.

    Raises:
        ScalarError: for null.

    Mirrors: sigs.k8s.io/yaml yaml.go convertToJSONableObject
    """
    if isinstance(value, str):
        return value
    if value is None:
        raise ScalarError("null is no key: JSON object keys are strings")
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else _float_key(value)


def resolve_key(text: str) -> Scalar:
    """The value of a plain scalar without a tag that is a key; a key like 1e3 stays a float.

    Raises:
        ScalarError: for integers over 63 bits.
    """
    number = None if text in _WORDS else _number(text)
    if isinstance(number, int) and number >= _INT64:
        raise ScalarError(f"{number} is no key: it has more than 63 bits")
    return resolve(text) if number is None else number


def is_json(value: Scalar) -> bool:
    """Whether JSON can write the value; it cannot write not-a-number and the infinities."""
    return not isinstance(value, float) or math.isfinite(value)


def _number(text: str) -> int | float | None:
    """The number that a text stands for, or None."""
    if text[:1] not in _NUMERIC:
        return None
    if text[0] == ".":
        return _finite(text.replace("_", "")) if _FRACTION.fullmatch(text) else None
    plain = text.replace("_", "")
    match = _INT.fullmatch(plain)
    if match is not None:
        number = _integer(*match.groups())
        if number is not None and -_INT64 <= number < (_INT64 if match[1] else 2 * _INT64):
            return number
    return _finite(plain) if _FLOAT.fullmatch(plain) else None


def _integer(
    sign: str, hexadecimal: str | None, binary: str | None, octal: str | None, decimal: str | None
) -> int | None:
    """The value of the digits, or None for more decimal digits than 64 bits can hold."""
    if decimal is not None:
        number = int(decimal) if len(decimal) <= _LONGEST_DECIMAL else None
    elif hexadecimal is not None:
        number = int(hexadecimal, 16)
    else:
        number = int(binary, 2) if binary is not None else int(octal or "0", 8)
    return -number if number is not None and sign == "-" else number


def _finite(text: str) -> float | None:
    """The float, or None if the number is too large for one: Go then keeps the text."""
    number = float(text)
    return number if math.isfinite(number) else None


def _through_json(number: float) -> Scalar:
    if isinstance(number, int):
        return number if -_INT64 <= number < _INT64 else float(number)
    if math.isfinite(number) and number == int(number) and abs(number) < _INT64:
        return int(number)
    return number


def _float_key(value: float) -> str:
    """The key of a float: the shortest text that stands for the same number in 32 bits.

    Mirrors: sigs.k8s.io/yaml yaml.go convertToJSONableObject, strconv/ftoa.go FormatFloat
    """
    try:
        packed = struct.pack("f", value)
    except OverflowError:
        packed = struct.pack("f", math.copysign(math.inf, value))
    (single,) = struct.unpack("f", packed)
    if not math.isfinite(single):
        return ".nan" if math.isnan(single) else ".inf" if single > 0 else "-.inf"
    shortest = next(
        text for digits in range(9) for text in (f"{single:.{digits}e}",) if struct.pack("f", float(text)) == packed
    )
    mantissa, _, power = shortest.partition("e")
    if not -5 < int(power) < 6:
        return f"{mantissa}e{int(power):+03d}"
    from decimal import Decimal  # noqa: PLC0415 - only !!float keys of few digits pay for it

    return f"{Decimal(shortest):f}"
