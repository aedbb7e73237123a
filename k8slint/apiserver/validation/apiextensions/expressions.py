"""The CEL expressions of a CustomResourceDefinition: those that are none, for which the API server refuses it.

Types are not checked: here `self` may be anything, so that only what is no expression at all is told.
"""

from __future__ import annotations

from typing import Final

from k8slint.apiserver.validation.field import Field

_RULES: Final = "x-kubernetes-validations"


def expressions(crd: Field) -> None:
    """The rules of all versions, and what is said where one is broken; without the library, nothing is told.

    Mirrors: apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go
    ValidateCustomResourceDefinitionOpenAPISchema @ v1.37
    """
    from k8slint.cel.engine import is_available  # noqa: PLC0415 - only CRDs pay for it

    if not is_available():
        return
    pending = [version["schema"]["openAPIV3Schema"] for version in crd["spec"]["versions"]]
    done = set[int]()  # an anchored part may stand in many places
    while pending:
        node = pending.pop()
        if not isinstance(node.value, dict) or id(node.value) in done:
            continue
        done.add(id(node.value))
        for rule in node[_RULES] if _RULES in node.value else ():
            _expression(rule["rule"], "compilation failed")
            _expression(rule["messageExpression"], "messageExpression compilation failed")
        pending += (node["items"], node["additionalProperties"], *(part for _, part in node["properties"].entries()))


def _expression(field: Field, failure: str) -> None:
    from k8slint.cel.engine import Refused, program  # noqa: PLC0415 - only CRDs with rules pay for it

    if not isinstance(field.value, str) or not field.value.strip():
        return
    compiled = program(field.value)
    if isinstance(compiled, Refused):
        place = f"line {compiled.line}, column {compiled.column}"
        fix = "write an expression of CEL, such as self.replicas <= self.maxReplicas"
        field.invalid(f"{failure}: syntax error at {place}: {compiled.reason.partition(' expecting ')[0]}", fix=fix)
