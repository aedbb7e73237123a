"""What the tests of expressions are written with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from k8slint.cel.engine import Outcome, Program, Refused, Unjudged, Values, is_available, program


@pytest.fixture
def evaluate() -> Callable[..., Outcome | Refused]:
    """The value of an expression for a `self`, or why it has none."""
    if not is_available():
        pytest.skip("cel-expr-python is not installed: it is the extra `cel`")

    def value_of(expression: str, itself: Any = None, **options: bool) -> Outcome | Refused:
        compiled = program(expression, **options)
        return compiled.evaluate(Values(itself)) if isinstance(compiled, Program) else compiled

    assert value_of("true") is not Unjudged.LIBRARY
    return value_of
