"""What kustomize refuses, and where."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from k8slint.loading.document import Place
from k8slint.rendering.origin import Origin


class About(Enum):
    """What a problem is about, as far as it matters to who reads it.

    `LIMIT` is a bound of this reader, which kustomize does not have.
    """

    BUILD = 1
    DEPRECATED = 2
    FIELD = 3
    PATH = 4
    TARGET = 5
    LIMIT = 6


class RenderProblem(NamedTuple):
    """What is wrong with a kustomization, at the place where a person wrote it.

    `is_error` is false for what builds all the same: deprecated fields, and targets that select nothing. `near` is the
    name that was probably meant, if there is one; the message has it too.
    """

    message: str
    place: Place
    is_error: bool = True
    about: About = About.BUILD
    near: str = ""


class Refused(Exception):  # noqa: N818 - never leaves this package
    """kustomize stops here, for the reason in the message."""

    def __init__(self, message: str, origin: Origin | Place, about: About = About.BUILD, near: str = "") -> None:
        super().__init__(message)
        place = origin.place if isinstance(origin, Origin) else origin
        self.problem = RenderProblem(message, place, about=about, near=near)
