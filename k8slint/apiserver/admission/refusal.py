"""Refusals: objects and pods that the API server would not create."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final, NamedTuple

from k8slint.loading.document import Path
from k8slint.objects.object import Object
from k8slint.values.field_path import path_of
from k8slint.values.placeholder import has_placeholder
from k8slint.values.reading import ShapeError


class AdmissionPhase(StrEnum):
    """When the API server refuses: before it completes a generated name, or after."""

    MUTATING = "mutating"
    VALIDATING = "validating"


class Reason(Enum):
    """Why an object is refused.

    `NOT_FOUND`: something that has to exist does not. `QUOTA_EXCEEDED`: a quota has no room left. `QUOTA_FAILED`: the
    object does not say what a quota counts. `LIMIT_RANGE`: it breaks a LimitRange. `FORBIDDEN`: another plugin does
    not allow it. `POD_SECURITY`: its namespace enforces a level that it violates. `OVER_LIMIT`: a request is above
    its limit. `INVALID_POD`: validation refuses the pod, and took its template. `INVALID`: it refuses something else.
    """

    FORBIDDEN = "forbidden"
    NOT_FOUND = "not found"
    QUOTA_EXCEEDED = "quota exceeded"
    QUOTA_FAILED = "quota failed"
    LIMIT_RANGE = "limit range"
    POD_SECURITY = "pod security"
    INVALID = "invalid"
    INVALID_POD = "invalid pod"
    OVER_LIMIT = "over limit"

    @property
    def is_invalid(self) -> bool:
        """Whether the server answers that the object is invalid, rather than forbidden."""
        return self in (Reason.INVALID, Reason.INVALID_POD, Reason.OVER_LIMIT)


class Missing(NamedTuple):
    """An object that has to exist; the namespace is empty for kinds without one."""

    kind: str
    name: str
    namespace: str = ""


class Cause(NamedTuple):
    """Why an object is refused, in a form for programs.

    `policy` is the name of the quota or LimitRange, and `entry` leads to what it says. `resource` is the first by name
    that a quota has no room for, or all that it demands and does not find. `missing` is the object that was not found:
    the refusal is true only if it exists nowhere.
    """

    reason: Reason = Reason.FORBIDDEN
    policy: str = ""
    entry: Path = ()
    resource: str = ""
    missing: Missing | None = None


_FORBIDDEN: Final = Cause()


class Refused(Exception):  # noqa: N818 - it is the API server's answer, not an error of this program
    """The API server would refuse the object. `field` leads from the object to what it refuses."""

    def __init__(self, message: str, phase: AdmissionPhase, field: Path = (), cause: Cause = _FORBIDDEN) -> None:
        super().__init__(message)
        self.message = message
        self.phase = phase
        self.field = field
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Refusal:
    """An object of the manifests that would not be created; `path` leads to the reason in the object.

    `cause` is None if the object cannot be read. `is_known` is false if the refusal is not
    certain: a value may still be a template's placeholder.
    """

    obj: Object
    path: Path
    message: str
    cause: Cause | None
    is_known: bool = True


def refusal_of(obj: Object, error: ShapeError) -> Refusal:
    """The refusal of an object with an unreadable field."""
    return Refusal(obj, path_of(error.field), str(error), None, is_known=not has_placeholder(error.problem))
