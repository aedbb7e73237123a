"""The fields of an object, held against its schema."""

from __future__ import annotations

from collections.abc import Iterator

from k8slint.objects.object import Object
from k8slint.objects.problem import Problem
from k8slint.schema.schemas import Schemas


def check_fields(obj: Object, schemas: Schemas) -> Iterator[Problem]:
    """What the API server would say of the object's shape; each problem's `kind` is its rule."""
    yield from ()
