"""What the API server says of an object that is created, a table a kind.

A table has whole `objects` that are accepted, by name. A case is `of` one of them, with a `change`: values by the path
of their field (null removes one). `errors` are all that the server says, each to its path and type in the server's
words, or further, in any order. A case without errors is accepted. `warnings`, if a case has them, are all that the
server says beside taking the object. Without the library that it `needs`, a case is skipped.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from k8slint.apiserver.create import create
from k8slint.apiserver.schemas import NEWEST, schemas_for
from k8slint.engine.rule import load_rules
from k8slint.finding import Severity
from k8slint.values.version import KubernetesVersion
from tests.build import read

KEYS = {"objects", "of", "change", "errors", "needs", "warnings"}
_STEP = re.compile(r"\[(\d+)\]|\[([^\]]+)\]|\.?([^.\[]+)")


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


def check(case: Mapping[str, Any]) -> None:
    if "needs" in case:
        pytest.importorskip(case["needs"], reason="it comes with an extra")
    data = copy.deepcopy(case["objects"][case["of"]])
    for path, value in case.get("change", {}).items():
        changed(data, path, value)
    (obj,) = read(json.dumps(data))
    version = KubernetesVersion(1, case["minor"]) if "minor" in case else NEWEST
    found = list(create(obj, schemas_for(version, ())))
    for key, severity in (("errors", Severity.ERROR), ("warnings", Severity.WARNING)):
        said = [problem.message for problem in found if load_rules()[problem.rule].severity is severity]
        if key == "warnings" and key not in case:
            continue
        wanted = case.get(key, [])
        unmet = [each for each in wanted if not any(message.startswith(each) for message in said)]
        assert not unmet, said
        assert len(said) == len(wanted), said
