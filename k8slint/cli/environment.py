"""Settings from the environment: `K8SLINT_` and the name of a setting of one value. They override those of files."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Final

from k8slint.usage import UsageError
from k8slint.values.record import replaced

if TYPE_CHECKING:
    from k8slint.config import Config

SETTINGS: Final = ("kubernetes-version", "profile", "cluster", "fail-level", "output-format", "color", "workers")
_BOOLEANS: Final = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def with_variables(config: Config) -> Config:
    """The settings, in which the values of variables replace those of files.

    Raises:
        UsageError: for a variable whose value the setting does not take.
    """
    given = {key: value for key in SETTINGS if (value := os.environ.get(variable(key)))}
    if not given:
        return config
    values = {key.replace("-", "_"): _value(key, value) for key, value in given.items()}
    return replaced(config, **values, variables={key: variable(key) for key in given})


def variable(setting: str) -> str:
    """The name of the variable for a setting.

    >>> variable("fail-level")
    'K8SLINT_FAIL_LEVEL'
    """
    return f"K8SLINT_{setting.upper().replace('-', '_')}"


def _value(key: str, text: str) -> Any:
    """The value that the text gives a setting; for `output-format` a tuple of those between commas."""
    from k8slint.bundled import SCHEMAS

    contract = json.loads((SCHEMAS / "config.schema.json").read_text(encoding="utf-8"))["properties"][key]
    if key == "cluster":
        return os.path.abspath(text)
    if contract.get("type") == "boolean":
        if text.lower() not in _BOOLEANS:
            raise UsageError(f'{variable(key)} is true or false, not "{text}"')
        return _BOOLEANS[text.lower()]
    if contract.get("type") == "integer":
        if not (text.isascii() and text.isdecimal() and len(text) < 6):
            raise UsageError(f'{variable(key)} is a whole number, not "{text}"')
        return int(text)
    if key == "output-format":
        return tuple(each.strip() for each in text.split(","))
    _refuse_unknown(key, text, contract.get("enum"))
    return text


def _refuse_unknown(key: str, value: str, known: list[str] | None) -> None:
    if known is None or value in known:
        return
    from k8slint.values.nearest import did_you_mean, nearest_choice

    hint = did_you_mean(nearest_choice(value, known), f"known are {', '.join(known)}")
    raise UsageError(f'{variable(key)} knows no "{value}"; {hint}')
