"""Objects of which a part is not known, or null: nothing is said of the one, and the other is an empty part."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from k8slint.apiserver.create import create
from k8slint.apiserver.defaults.registry import default
from k8slint.apiserver.schemas import NEWEST, schemas_for
from k8slint.apiserver.validation.field import HOLE
from k8slint.apiserver.validation.registry import validate
from k8slint.apiserver.warnings.registry import warn
from tests.build import objects_of, places, spoilt

FOLDER = Path(__file__).parents[2] / "conformance" / "apiserver"
OBJECTS = {
    f"{name}/{of}": data
    for name in ("config", "storage", "volumes")
    for of, data in YAML(typ="safe").load(FOLDER / f"{name}.yaml")["objects"].items()
}
ODD = (None, "", "x y", 0, -1, 2**70, True, [], [None], [[]], {}, {"a": None}, {"": [""]}, "${A}", "\udcff")


def said(name: str, path: tuple[Any, ...] = (), value: Any = None) -> list[str]:
    (obj,) = objects_of(OBJECTS[name])
    data = copy.deepcopy(OBJECTS[name])
    data = spoilt(data, path, value) if path else data
    whole = default(data, obj.group_kind)
    return [problem.message for problem in (*validate(whole, obj, 37), *warn(whole, obj, 37))]


@pytest.mark.parametrize("name", OBJECTS)
def test_nothing_is_said_of_what_is_not_known(name: str) -> None:
    known = set(said(name))
    for path in places(OBJECTS[name]):
        assert set(said(name, path, HOLE)) <= known, path


@pytest.mark.parametrize("name", OBJECTS)
def test_nothing_raises_whatever_a_field_holds(name: str) -> None:
    schemas = schemas_for(NEWEST, ())
    for path in places(OBJECTS[name]):
        for value in ODD:
            for obj in objects_of(spoilt(OBJECTS[name], path, value)):
                assert all(problem.message for problem in create(obj, schemas))
