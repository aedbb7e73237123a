"""Expressions of CEL in the fields of an object: the API server refuses an object with one that it cannot compile.

Types are not checked, but for that of the whole where it is certain. Without the library, nothing is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from k8slint.apiserver.validation.field import Field

if TYPE_CHECKING:
    from k8slint.cel.engine import Parsed, Refused
    from k8slint.cel.scope import Scope


class Wanted(NamedTuple):
    """The types that an expression must have one of, and what is said of another, before the name of that."""

    types: tuple[str, ...]
    said: str


_EXAMPLES: Final = {
    "device": "device.driver == 'gpu.example.com'",
    "object": "object.spec.replicas <= 5",
    "self": "self.replicas <= self.maxReplicas",
}
BOOL: Final = Wanted(("bool",), "must evaluate to bool but got")
STRING: Final = Wanted(("string",), "must evaluate to string but got")


def expression(
    field: Field,
    scope: Scope | None,
    wanted: Wanted | None = None,
    *,
    failure: str = "compilation failed",
    fix: str = "",
) -> None:
    """A text that must be an expression of these variables, of which nothing is asked if they are not known.

    `fix` is what to do about a name that none of them has.

    Mirrors: apiserver pkg/admission/plugin/cel/compile.go CompileCELExpression @ v1.37
    """
    from k8slint.cel.engine import Parsed, Refused, is_available, parsed  # noqa: PLC0415 - only expressions pay for it

    if field.value.__class__ is not str or not is_available():
        return
    text = parsed(field.value)
    if isinstance(text, Refused):
        example = next((_EXAMPLES[name] for name in scope or () if name in _EXAMPLES), _EXAMPLES["object"])
        _refuse(field, text, failure, f"write an expression of CEL, such as {example}")
    elif isinstance(text, Parsed) and scope is not None:
        _judge(field, text, scope, wanted, failure=failure, fix=fix)


def _judge(field: Field, text: Parsed, scope: Scope, wanted: Wanted | None, *, failure: str, fix: str) -> None:
    from k8slint.cel.scope import first_outside, type_of  # noqa: PLC0415 - only expressions pay for it

    outside = first_outside(text, scope)
    if outside is not None:
        known = f"name one of {', '.join(sorted(scope))}"
        _refuse(field, outside.refused, failure, f"write {outside.near}" if outside.near else fix or known)
    elif wanted is not None:
        found = type_of(text, scope)
        if found and found not in wanted.types:
            field.invalid(f"{wanted.said} {found}", fix=f"write an expression that is {' or '.join(wanted.types)}")


def _refuse(field: Field, refused: Refused, failure: str, fix: str) -> None:
    reason = refused.reason.partition(" expecting ")[0]
    field.invalid(f"{failure}: ERROR: <input>:{refused.line}:{refused.column}: {reason}", fix=fix)
