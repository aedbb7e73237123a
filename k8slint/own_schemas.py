"""Checks our own files, settings and rules, by their schemas, in our own words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from k8slint.bundled import SCHEMAS
from k8slint.loading.document import Path
from k8slint.values.field_path import field_path
from k8slint.values.nearest import did_you_mean, nearest, nearest_choice

UNKNOWN_KEY: Final = "unknown key"
_LONGEST: Final = 80
_SHAPES: Final = {dict: "a mapping", list: "a list", type(None): "nothing", str: "text", bool: "true or false"}
_TAKES: Final = {"object": "keys with values", "boolean": "true or false", "integer": "a whole number"}


def faults(data: Any, schema: str, written: Callable[[Path], str] = lambda _path: "") -> Iterator[tuple[Path, str]]:
    """Everything that the schema of that name refuses: its path, and a message of one line.

    `written` returns the text of the value at a path, which may say more than the value: `1.30`, `off`.
    """
    import jsonschema  # noqa: PLC0415 - only a project with files of ours pays for it

    contract = json.loads((SCHEMAS / f"{schema}.schema.json").read_text(encoding="utf-8"))
    try:
        errors = list(jsonschema.Draft202012Validator(contract).iter_errors(data))
    except RecursionError:
        yield (), "nested too deeply to be read"
        return
    # The library yields some errors in the order of hashes.
    for error in sorted(errors, key=lambda error: error.json_path):
        path = tuple(error.absolute_path)
        if error.validator == "additionalProperties" and isinstance(error.instance, dict):
            yield from _unknown_keys(path, error.instance, error.schema.get("properties", {}))
        else:
            yield path, _told(error, f"`{field_path(path)}`" if path else "", written(path))


def _told(error: Any, where: str, written: str) -> str:
    tell = _TELLERS.get(error.validator)
    if tell is None:
        return f"{where or 'this'} breaks the contract, in its `{error.validator}`"
    return tell(error, where, _clipped(written or _shown(error.instance)))


def _type(error: Any, where: str, written: str) -> str:
    wanted, value = error.validator_value, error.instance
    is_scalar = not isinstance(value, (dict, list)) and value is not None
    key = where.strip("`").rpartition(".")[2]
    if not where:
        return f"this takes keys with values, not {_SHAPES.get(type(value), 'a number')}"
    if wanted == "array" and is_scalar:
        return f"{where} takes a list: {key}: [{written}]"
    if wanted == "string" and is_scalar:
        reading = json.dumps(value)
        hint = f", and {written} is read as {reading}" if written != reading else ""
        return f'{where} takes text{hint}: put it in quotes, "{written}"'
    takes = _TAKES.get(wanted, "text" if wanted == "string" else "a list")
    return f"{where} takes {takes}, not {written if is_scalar else _SHAPES[type(value)]}"


def _enum(error: Any, where: str, written: str) -> str:
    known = [each for each in error.validator_value if isinstance(each, str)]
    value = json.dumps(error.instance) if isinstance(error.instance, bool) else ""
    reading = f"{written} is read as {value}" if value not in {"", written} else value
    near = nearest_choice(error.instance, known) if isinstance(error.instance, str) else None
    hint = did_you_mean(near, error.schema.get("description", ""))
    said = f"{where}: {reading or _quoted(error.instance)}, and known are {', '.join(known)}"
    return f"{said}; {hint}" if hint else said


def _const(error: Any, where: str, written: str) -> str:
    return f"{where} is {_shown(error.validator_value)} in files that this k8slint reads, not {written}"


def _pattern(error: Any, where: str, _written: str) -> str:
    form = error.schema.get("title", f"of the form {error.validator_value}")
    return f'{where}: "{_clipped(error.instance)}" is not {form}'


def _required(error: Any, where: str, _written: str) -> str:
    missing = next(key for key in error.validator_value if key not in error.instance)
    return f'{where or "this"} has no "{missing}"'


def _too_short(error: Any, where: str, _written: str) -> str:
    unit = "characters" if error.validator == "minLength" else "entries"
    return f"{where} needs at least {error.validator_value} {unit}"


def _bound(error: Any, where: str, written: str) -> str:
    side = "least" if error.validator == "minimum" else "most"
    return f"{where} is at {side} {error.validator_value}, not {written}"


def _forbidden(_error: Any, where: str, _written: str) -> str:
    return f"{where} has no place here: remove it"


_TELLERS: Final[dict[str, Callable[[Any, str, str], str]]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "pattern": _pattern,
    "required": _required,
    "minLength": _too_short,
    "minItems": _too_short,
    "minimum": _bound,
    "maximum": _bound,
    "not": _forbidden,
}


def _quoted(value: Any) -> str:
    return f'"{_clipped(value)}"' if isinstance(value, str) else _SHAPES.get(type(value), _shown(value))


def _shown(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return _SHAPES[type(value)]
    return value if isinstance(value, str) else json.dumps(value)


def _clipped(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST // 2]}...{line[-_LONGEST // 2 :]}"


def _unknown_keys(path: Path, data: dict[str, Any], known: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    for key in data:
        if key not in known:
            hint = did_you_mean(nearest(key, known), f"known are {', '.join(sorted(known))}")
            yield (*path, key), f'{UNKNOWN_KEY} "{_clipped(key)}"; {hint}'
