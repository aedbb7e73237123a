"""The CEL expressions of a CustomResourceDefinition: those that are none, for which the API server refuses it.

Types are not checked: here `self` may be anything, so that only what is no expression at all is told.
"""

from __future__ import annotations

from typing import Final

from k8slint.apiserver.validation.expressions import expression
from k8slint.apiserver.validation.field import Field

_RULES: Final = "x-kubernetes-validations"
_FAILURES: Final = {"rule": "compilation failed", "messageExpression": "messageExpression compilation failed"}
_SCOPE: Final = {"self": None, "oldSelf": None}
_FIX: Final = "write self before the name of a field, as self.replicas"


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
            for name, failure in _FAILURES.items():
                if rule[name].value.__class__ is str and rule[name].value.strip():
                    expression(rule[name], _SCOPE, failure=failure, fix=_FIX)
        pending += (node["items"], node["additionalProperties"], *(part for _, part in node["properties"].entries()))
