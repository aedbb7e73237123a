"""What a check yields: a defect at a path, not yet a finding."""

from __future__ import annotations

from enum import Enum
from typing import Any, Literal, NamedTuple

from k8slint.loading.document import Path
from k8slint.objects.object import Object


class Related(NamedTuple):
    """Another place that explains a problem; `path` starts at the root of `obj`."""

    obj: Object
    path: Path
    message: str


class Place(Enum):
    """The part of a path at which a problem points.

    `VALUE` is the value, `KEY` the key instead of a scalar value. `SECRET` is a value that no report may show.
    """

    VALUE = 1
    KEY = 2
    SECRET = 3


class Absence(NamedTuple):
    """The condition of a problem that unread files could disprove.

    `name` is missing from the files: the problem is true only if the files are the complete set. `mended_by` is a word
    that settles the problem if something unread, such as a patch, holds it.
    """

    name: str = ""
    mended_by: str = ""


class Edit(NamedTuple):
    """A change that mends a file: set a value, remove an entry, rename a key or insert a value at the path."""

    verb: Literal["set", "remove", "rename", "insert"]
    path: Path
    value: Any = None


class Problem(NamedTuple):
    """One defect.

    `path` starts at what the check was called with: the object, the pod or the container. If it leads nowhere, the
    problem is shown at the deepest part that exists. `rule` is the id of its rule, empty if the check serves one rule
    only. `effect` and `fix`, if not empty, replace those of the rule. `named` is how the API server writes the field,
    if not by its path.
    """

    path: Path
    message: str
    related: tuple[Related, ...] = ()
    effect: str = ""
    fix: str = ""
    rule: str = ""
    edits: tuple[Edit, ...] = ()
    place: Place = Place.VALUE
    rests_on: Absence | None = None
    named: str = ""
