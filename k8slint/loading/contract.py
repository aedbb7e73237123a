"""Our own files against their schemas: settings, rules."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from k8slint.bundled import SCHEMAS
from k8slint.loading.document import Path
from k8slint.values.nearest import nearest

_LONGEST = 160


def faults(data: Any, schema: str) -> Iterator[tuple[Path, str]]:
    """What the schema of that name refuses: the path and what is wrong there, each in one line."""
    import jsonschema  # noqa: PLC0415 - only a project with files of ours pays for it

    contract = json.loads((SCHEMAS / f"{schema}.schema.json").read_text(encoding="utf-8"))
    for error in jsonschema.Draft202012Validator(contract).iter_errors(data):
        path = tuple(error.absolute_path)
        if error.validator == "additionalProperties" and isinstance(error.instance, dict):
            yield from _unknown_keys(path, error.instance, error.schema.get("properties", {}))
        else:
            where = ".".join(str(step) for step in path)
            message = " ".join(error.message.split())
            if len(message) > _LONGEST:
                message = f"{message[: _LONGEST // 2]}...{message[-_LONGEST // 2 :]}"
            yield path, f"{where}: {message}" if where else message


def _unknown_keys(path: Path, data: dict[str, Any], known: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    for key in data:
        if key not in known:
            near = nearest(key, known)
            hint = f'did you mean "{near}"?' if near else f"known are {', '.join(sorted(known))}"
            yield (*path, key), f'unknown key "{key}"; {hint}'
