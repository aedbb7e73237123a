"""What the API server refuses of an object, by kind.

A table has `source:`, the functions it mirrors; `objects:`, whole ones that are accepted; and `cases:`. A case takes an
object, changes the fields at these paths (null removes one) and names the errors: path and type in the server's words,
in any order. A case without errors is accepted.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from k8slint.apiserver.create import create
from k8slint.apiserver.schemas import NEWEST, schemas_for
from k8slint.loading.composer import compose
from k8slint.loading.document import Source
from k8slint.objects.from_documents import read_source
from k8slint.values.version import KubernetesVersion

TABLES = sorted((Path(__file__).parent / "apiserver").glob("*.yaml"))
_STEP = re.compile(r"\[(\d+)\]|\[([^\]]+)\]|\.?([^.\[]+)")


def cases() -> Iterator[Any]:
    for file in TABLES:
        (document,) = compose(Source(file.name, file.read_text(encoding="utf-8")))
        assert not document.problems, file.name
        table = document.data
        assert table["source"]
        for case in table["cases"]:
            assert not set(case) - {"name", "of", "minor", "change", "errors"}, case
            yield pytest.param(table["objects"][case["of"]], case, id=f"{file.stem}: {case['name']}")


def changed(data: Any, path: str, value: Any) -> None:
    """Sets the field at a path; a list takes one item more at its end."""
    steps = [int(index) if index else key or name for index, key, name in _STEP.findall(path)]
    *way, last = steps
    for step, following in zip(way, steps[1:], strict=True):
        if isinstance(step, str) and data.get(step) is None:
            data[step] = [] if isinstance(following, int) else {}
        if isinstance(step, int) and step == len(data):
            data.append({})
        data = data[step]
    if value is None:
        del data[last]
    elif isinstance(last, int) and last == len(data):
        data.append(value)
    else:
        data[last] = value


@pytest.mark.parametrize(("base", "case"), list(cases()))
def test_the_server_says(base: dict[str, Any], case: dict[str, Any]) -> None:
    data = copy.deepcopy(base)
    for path, value in case.get("change", {}).items():
        changed(data, path, value)
    source = Source("object.json", json.dumps(data))
    (obj,) = read_source(source, compose(source)).objects
    version = KubernetesVersion(1, case["minor"]) if "minor" in case else NEWEST
    found = [problem.message for problem in create(obj, schemas_for(version, ()))]
    wanted = case.get("errors", [])
    unmet = [error for error in wanted if not any(message.startswith(error) for message in found)]
    assert not unmet, found
    assert len(found) == len(wanted), found
