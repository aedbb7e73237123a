"""Makes schemas/kubernetes/ from the `kubernetes-validate` wheel: run it after the wheel has a new minor.

It writes one JSON Schema (2020-12) for each minor, without its prose and with one definition per line, so that a reader
can pick what it needs; and `kinds.json`: the first and the last minor of Kubernetes 1 that serve each kind, as far as
the wheel goes back.
"""

from __future__ import annotations

import importlib.util
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

OLDEST_BUNDLED = 30
OUT = Path(__file__).resolve().parent.parent / "schemas" / "kubernetes"
_GVK = "x-kubernetes-group-version-kind"
# Options of API calls and their answers: they name every group, but are never stored as objects.
_NO_OBJECTS = "io.k8s.apimachinery."


def main() -> None:
    """Writes every file anew; the same wheel gives the same bytes."""
    OUT.mkdir(parents=True, exist_ok=True)
    served: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for minor, file in sorted(_definition_files().items()):
        definitions = json.loads(file.read_text(encoding="utf-8"))["$defs"]
        for api_version, kind in _kinds(definitions):
            served[api_version][kind].append(minor)
        if minor >= OLDEST_BUNDLED:
            stripped = {name: _without_prose(schema) for name, schema in definitions.items()}
            _write(f"1.{minor}.json", _one_a_line(stripped))
    spans = {version: {kind: _span(minors) for kind, minors in kinds.items()} for version, kinds in served.items()}
    _write("kinds.json", _compact(spans) + "\n")


def _definition_files() -> dict[int, Path]:
    """The definitions of each minor of Kubernetes 1 in the installed wheel."""
    spec = importlib.util.find_spec("kubernetes_validate")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("kubernetes-validate is not installed: pip install 'k8slint[dev]'")
    folder = Path(spec.submodule_search_locations[0]) / "kubernetes-json-schema"
    return {int(file.parent.name.split(".")[1]): file for file in folder.glob("v1.*.0-local/_definitions.json")}


def _kinds(definitions: dict[str, Any]) -> list[tuple[str, str]]:
    """The apiVersion and kind of every object among the definitions."""
    return [
        (f"{kind['group']}/{kind['version']}".removeprefix("/"), kind["kind"])
        for name, schema in definitions.items()
        if not name.startswith(_NO_OBJECTS)
        for kind in schema.get(_GVK, ())
    ]


def _span(minors: list[int]) -> list[int]:
    """The first and the last minor; the program ends if a kind is missing in between, for a span could not say so."""
    if minors != list(range(minors[0], minors[-1] + 1)):
        raise SystemExit(f"a kind is served in {minors}, with a gap")
    return [minors[0], minors[-1]]


def _without_prose(schema: Any) -> Any:
    """The schema without descriptions; a property that is named `description` stays."""
    if isinstance(schema, list):
        return [_without_prose(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: _without_prose(part) for key, part in schema.items() if key not in ("description", "properties")}
    if "properties" in schema:
        kept["properties"] = {name: _without_prose(part) for name, part in schema["properties"].items()}
    return kept


def _one_a_line(definitions: dict[str, Any]) -> str:
    """A JSON Schema with each definition on a line of its own, in order of their names."""
    lines = ",\n".join(f"{_compact(name)}:{_compact(schema)}" for name, schema in sorted(definitions.items()))
    return f'{{"$schema":"https://json-schema.org/draft/2020-12/schema","$defs":{{\n{lines}\n}}}}\n'


def _compact(content: Any) -> str:
    return json.dumps(content, separators=(",", ":"), sort_keys=True)


def _write(name: str, text: str) -> None:
    (OUT / name).write_text(text, encoding="utf-8")
    print(f"{name}: {len(text)} bytes")


if __name__ == "__main__":
    main()
