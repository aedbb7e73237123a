"""Why an expression has no value."""

from __future__ import annotations


class EvaluationError(ValueError):
    """What the API server too ends with; its message is the API server's."""


class UnjudgedError(ValueError):
    """What is not known to be evaluated as the API server does it."""

    def __init__(self) -> None:
        super().__init__(UNJUDGED)


UNJUDGED = "not evaluated by k8slint"
