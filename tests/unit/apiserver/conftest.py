"""What the tests of shapes are written with: text in, problems out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from k8slint.apiserver.create import decode
from k8slint.apiserver.schemas import schemas_for
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem
from k8slint.values.version import KubernetesVersion
from tests.build import read

Objects = Callable[..., tuple[Object, ...]]
Check = Callable[..., list[Problem]]


@pytest.fixture
def objects_in() -> Objects:
    """The objects of a YAML text, in a file of that name."""
    return read


@pytest.fixture
def check(objects_in: Objects) -> Check:
    """Every problem of shape in a YAML text, against a minor and the CRDs in it."""

    def problems(text: str, minor: int = 37) -> list[Problem]:
        objects = objects_in(text)
        assert objects, "the text holds no object, so nothing was checked"
        crds = [obj for obj in objects if obj.kind == "CustomResourceDefinition"]
        schemas = schemas_for(KubernetesVersion(1, minor), crds)
        return [problem for obj in objects for problem in decode(obj, schemas).problems]

    return problems
