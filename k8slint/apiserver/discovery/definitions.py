"""The built-in definitions of a Kubernetes minor, and which minors serve each kind. Read when first asked for."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any, Final

from k8slint.bundled import KINDS, MINORS
from k8slint.values.record import made, record

OLDEST_MINOR: Final = MINORS[0]
NEWEST_MINOR: Final = MINORS[-1]
_GVK: Final = '"x-kubernetes-group-version-kind":'
# Options of API calls and their answers: they name every group, but nobody keeps one as an object.
_NO_OBJECTS: Final = '"io.k8s.apimachinery.'


@record
class Definitions:
    """What the API server of a minor serves.

    `kinds` maps apiVersion and kind to the name of a definition.
    """

    minor: int
    kinds: Mapping[tuple[str, str], str]
    _lines: Mapping[str, str]
    _parsed: dict[str, dict[str, Any]] = made(factory=dict)

    @property
    def names(self) -> Collection[str]:
        """The names of all definitions."""
        return self._lines.keys()

    def schema(self, name: str) -> dict[str, Any]:
        """The JSON Schema of a definition; its references are not resolved."""
        schema = self._parsed.get(name)
        if schema is None:
            schema = self._parsed[name] = json.loads(self._lines[name])
        return schema


@cache
def definitions_of(minor: int) -> Definitions:
    """The definitions of a bundled minor.

    The file holds one definition per line, and a manifest needs few: a line is parsed when first asked for.
    """
    lines: dict[str, str] = {}
    kinds: dict[tuple[str, str], str] = {}
    text = (KINDS / f"1.{minor}.json").read_text(encoding="utf-8")
    for line in text.splitlines():
        if not line.startswith('"'):
            continue
        name = line[1 : line.index('"', 1)]
        lines[name] = line[len(name) + 3 :].removesuffix(",")
        at = line.find(_GVK)
        if at > 0 and not line.startswith(_NO_OBJECTS):
            for kind in json.loads(line[at + len(_GVK) : line.index("]", at) + 1]):
                kinds[f"{kind['group']}/{kind['version']}".removeprefix("/"), kind["kind"]] = name
    return Definitions(minor, kinds, lines)


@cache
def served_minors() -> Mapping[str, Mapping[str, tuple[int, int]]]:
    """The first and the last minor that serve a kind, by apiVersion and kind, from 1.25 on."""
    content = json.loads((KINDS / "kinds.json").read_text(encoding="utf-8"))
    return {version: {kind: (span[0], span[1]) for kind, span in kinds.items()} for version, kinds in content.items()}


# The minors that served `extensions` are older than the list.
BUILT_IN_GROUPS: Final = frozenset(version.rpartition("/")[0] for version in served_minors()) | {"extensions"}
