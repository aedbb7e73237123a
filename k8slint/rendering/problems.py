"""What kustomize refuses, and where."""

from __future__ import annotations

from typing import NamedTuple

from k8slint.loading.document import Place
from k8slint.rendering.origin import Origin


class RenderProblem(NamedTuple):
    """What is wrong with a kustomization, at the place where a person wrote it.

    `is_error` is false for what builds all the same: deprecated fields.
    """

    message: str
    place: Place
    is_error: bool = True


class Refused(Exception):  # noqa: N818 - never leaves this package
    """kustomize stops here, for the reason in the message."""

    def __init__(self, message: str, origin: Origin | Place) -> None:
        super().__init__(message)
        self.problem = RenderProblem(message, origin.place if isinstance(origin, Origin) else origin)
