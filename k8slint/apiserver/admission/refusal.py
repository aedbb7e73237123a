"""Objects and pods that would not come into being."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from k8slint.loading.document import Path
from k8slint.objects.object import Object
from k8slint.values.field_path import path_of
from k8slint.values.placeholder import has_placeholder
from k8slint.values.reading import ShapeError


class AdmissionPhase(StrEnum):
    """When the API server looks: before a generated name is complete, or after."""

    MUTATING = "mutating"
    VALIDATING = "validating"
    INVALID = "invalid"


class Refused(Exception):  # noqa: N818 - it is the API server's answer, not an error of this program
    """The API server would refuse the object. `field` leads from the object to what it refuses.

    `absent` is what is missing, where the refusal is only true if it exists nowhere.
    """

    def __init__(self, message: str, stage: AdmissionPhase, field: Path = (), absent: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.stage = stage
        self.field = field
        self.absent = absent


@dataclass(frozen=True, slots=True)
class Refusal:
    """An object of the manifests that comes to nothing; `path` leads to the reason in the object.

    `is_known` is false where nothing is claimed of it, as where a value is still a template's placeholder.
    """

    obj: Object
    path: Path
    message: str
    is_known: bool = True


def refusal_of(obj: Object, error: ShapeError) -> Refusal:
    """The refusal that an unreadable field of the object amounts to."""
    return Refusal(obj, path_of(error.field), str(error), is_known=not has_placeholder(error.problem))
