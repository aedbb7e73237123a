"""What a check yields: a defect at a path, not yet a finding."""

from __future__ import annotations

from typing import NamedTuple

from k8slint.loading.document import Path
from k8slint.objects.object import Object


class Related(NamedTuple):
    """Another place that explains a problem: a path in an object, from that object's root."""

    obj: Object
    path: Path
    message: str


class Problem(NamedTuple):
    """One defect.

    `path` starts at what the check was called with: the object, the pod or the container. A path that leads nowhere
    points at the deepest part that is there. `at_key` points at the key instead of a scalar value.
    `effect` and `fix` replace the rule's own where the case allows to be more exact.
    `absent` names what is missing from the files read: only true if they are all there is, so it may be left unsaid.
    `kind` is the id of the rule, from stages whose problems belong to several.
    `conceals` keeps the value at the path out of every report.
    `unless` is a word that settles the problem where something unread, as a patch, holds it: then it is left unsaid.
    """

    path: Path
    message: str
    related: tuple[Related, ...] = ()
    effect: str = ""
    fix: str = ""
    at_key: bool = False
    absent: str = ""
    kind: str = ""
    conceals: bool = False
    unless: str = ""
