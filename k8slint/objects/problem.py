"""What a check yields: a defect at a path, not yet a finding."""

from __future__ import annotations

from enum import Enum
from typing import Any, Literal, NamedTuple

from k8slint.loading.document import Path
from k8slint.objects.object import Object


class Related(NamedTuple):
    """Another place that explains a problem: a path in an object, from that object's root."""

    obj: Object
    path: Path
    message: str


class Place(Enum):
    """What of a path a problem points at.

    `VALUE` is the value, `KEY` the key instead of a scalar value. `SECRET` is a value that no report may show.
    """

    VALUE = 1
    KEY = 2
    SECRET = 3


class Absence(NamedTuple):
    """What a problem rests on that files which were not read could change.

    `name` is missing from the files: the problem is true only if they are all there is. `mended_by` is a word that
    settles the problem if something unread, such as a patch, holds it.
    """

    name: str = ""
    mended_by: str = ""


class Edit(NamedTuple):
    """A change that mends a file, in paths: a value set, an entry removed, a key renamed, a value inserted."""

    verb: Literal["set", "remove", "rename", "insert"]
    path: Path
    value: Any = None


class Problem(NamedTuple):
    """One defect.

    `path` starts at what the check was called with: the object, the pod or the container. If it leads nowhere, the
    problem is shown at the deepest part that is there. `rule` is the id of the rule, from stages whose problems belong
    to several. `effect` and `fix` replace the rule's own if the case allows to be more exact. `said_path` is the path
    in the words of the API server where it is not that of the file.
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
    said_path: Path = ()
