"""Admission policies and their bindings, as the API server validates them on creation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from k8slint.apiserver.validation.admissionregistration.matching import (
    FAILURE_POLICY,
    is_blank,
    match_resources,
    named_conditions,
)
from k8slint.apiserver.validation.admissionregistration.variables import variables
from k8slint.apiserver.validation.expressions import BOOL, STRING, Wanted, expression
from k8slint.apiserver.validation.field import Field, Form, Unique, fields, given, needed, one_of
from k8slint.apiserver.validation.formats import dns_1035_label, dns_subdomain, path_segment_name, qualified_name
from k8slint.apiserver.validation.selectors import label_selector
from k8slint.values.regex import regex

if TYPE_CHECKING:
    from k8slint.cel.scope import Scope

_MOST_ANNOTATIONS: Final = 20
_MOST_ANNOTATION_BYTES: Final = 5 * 1024
_IDENTIFIER = regex(r"[_a-zA-Z][_a-zA-Z0-9]*")
_RESERVED: Final = frozenset(
    (
        *("true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if"),
        *("import", "let", "loop", "package", "namespace", "return", "var", "void", "while"),
    )
)
_NOTHING: Final = "validations or auditAnnotations must contain at least one item"
_ONE_OF_TWO: Final = "name and selector are mutually exclusive"
_DENY_AND_WARN: Final = (
    "must not contain both Deny and Warn (repeating the same validation failure information in the API response and"
    " headers serves no purpose)"
)
_ACTION = one_of("Audit", "Deny", "Warn")
_NAME_OF_POLICY = needed(dns_subdomain).check
# The type of a mutation and the field that it needs.
_PATCHES: Final = {"ApplyConfiguration": "applyConfiguration", "JSONPatch": "jsonPatch"}
_ANNOTATION: Final = Wanted(("string", "null_type"), "must evaluate to one of [string null_type] but got")
_MUTATED: Final = {
    "ApplyConfiguration": Wanted(("Object",), "must evaluate to Object but got"),
    "JSONPatch": Wanted(("list(JSONPatch)",), "must evaluate to list(JSONPatch) but got"),
}
_MUTATIONS = one_of("*", "CONNECT", "CREATE", "UPDATE")


@Form
def _identifier(text: str) -> Iterator[str]:
    """A name in expressions."""
    if not _IDENTIFIER.fullmatch(text) or text in _RESERVED:
        yield "must be a valid CEL identifier"


_REASON = one_of("Forbidden", "Invalid", "RequestEntityTooLarge")
_POLICY = fields(failurePolicy=given(FAILURE_POLICY))
_REINVOCATION = needed(one_of("IfNeeded", "Never")).check


def validating_policy(obj: Field) -> None:
    """A ValidatingAdmissionPolicy.

    Mirrors: pkg/apis/admissionregistration/validation/validation.go validateValidatingAdmissionPolicySpec @ v1.37
    """
    spec = obj["spec"]
    _policy(spec)
    own = _variables(spec)
    validations, annotations = spec["validations"], spec["auditAnnotations"]
    if not validations and not annotations:
        validations.required(_NOTHING)
        annotations.required(_NOTHING)
        return
    for validation in validations:
        _validation(validation, _scope(spec, own), _scope(spec, own, has_authorizer=False))
    if len(annotations) > _MOST_ANNOTATIONS:
        annotations.invalid(f"must not have more than {_MOST_ANNOTATIONS} auditAnnotations")
    keys = Unique()
    for annotation in annotations:
        _audit_annotation(annotation, obj["metadata"]["name"], _scope(spec, own))
        keys.add(annotation["key"])


def mutating_policy(obj: Field) -> None:
    """A MutatingAdmissionPolicy.

    Mirrors: pkg/apis/admissionregistration/validation/validation.go validateMutatingAdmissionPolicySpec @ v1.37
    """
    spec = obj["spec"]
    _policy(spec)
    for rule in spec["matchConstraints"]["resourceRules"]:
        for operation in rule["operations"]:
            if operation.value == "DELETE":
                _MUTATIONS(operation)
    if not spec["mutations"]:
        spec["mutations"].required("mutations must contain at least one item")
    own = _variables(spec)
    for mutation in spec["mutations"]:
        _mutation(mutation, _scope(spec, own))
    _REINVOCATION(spec["reinvocationPolicy"])


def _policy(spec: Field) -> None:
    """The fields that both kinds of policies have."""
    _POLICY(spec)
    if spec["paramKind"].is_set:
        _param_kind(spec["paramKind"])
    match = spec["matchConstraints"]
    if not match.is_set:
        match.required()
    else:
        match_resources(match)
        if not match["resourceRules"]:
            match["resourceRules"].required()
    named_conditions(spec["matchConditions"], has_params=spec["paramKind"].is_set)


def _scope(spec: Field, own: Scope | None, *, has_authorizer: bool = True) -> Scope | None:
    """The variables of an expression of a policy, with those that it declares itself; None if those are not known."""
    if own is None:
        return None
    return {**variables(has_params=spec["paramKind"].is_set, has_authorizer=has_authorizer), **own}


def _variables(spec: Field) -> Scope | None:
    """What a policy declares: `variables`, each an expression that may name those before it; None if not known.

    Mirrors: pkg/apis/admissionregistration/validation/validation.go validateVariable @ v1.37
    """
    declared, names = spec["variables"], dict[str, None]()
    own = {"variables": names} if declared else {}
    if declared.is_hole or any(variable["name"].is_hole for variable in declared):
        return None
    for variable in declared:
        _variable(variable, _scope(spec, own))
        names[variable["name"].value or ""] = None
    return own


def _param_kind(kind: Field) -> None:
    """The kind of the parameters of a policy.

    Mirrors: pkg/apis/admissionregistration/validation/validation.go validateParamKind @ v1.37
    """
    version, name = kind["apiVersion"], kind["kind"]
    if not version:
        version.required()
    elif version.value.__class__ is str:
        _group_version(version)
    if not name:
        name.required()
    elif name.value.__class__ is str:
        for fault in dns_1035_label.faults(name.value.lower()):
            name.invalid(f"may have mixed case, but should otherwise match: {fault}")


def _group_version(field: Field) -> None:
    group, slash, version = field.value.rpartition("/")
    if "/" in group:
        field.invalid(f"unexpected GroupVersion string: {field.value}")
        return
    if slash and group:
        for fault in dns_subdomain.faults(group):
            field.invalid(fault, group)
    for fault in dns_1035_label.faults(version):
        field.invalid(fault, version)


def _variable(variable: Field, scope: Scope | None) -> None:
    if is_blank(variable["name"]):
        variable["name"].required("name is not specified")
    else:
        _identifier(variable["name"])
    if is_blank(variable["expression"]):
        variable["expression"].required("expression is not specified")
    else:
        expression(variable["expression"], scope)


def _validation(validation: Field, scope: Scope | None, scope_of_message: Scope | None) -> None:
    message, reason, said = validation["message"], validation["reason"], validation["messageExpression"]
    if is_blank(validation["expression"]):
        validation["expression"].required("expression is not specified")
    else:
        expression(validation["expression"], scope, BOOL)
    if said and is_blank(said):
        said.invalid("must be non-empty if specified")
    elif said:
        expression(said, scope_of_message, STRING)
    if message and is_blank(message):
        message.invalid("must be non-empty if specified")
    elif message.value.__class__ is str and "\n" in message.value.strip():
        message.invalid("must not contain line breaks")
    if reason.is_set:
        _REASON(reason)


def _audit_annotation(annotation: Field, policy: Field, scope: Scope | None) -> None:
    key, value = annotation["key"], annotation["valueExpression"]
    if not policy:
        key.invalid("requires metadata.name be non-empty", key.value or "")
    elif policy.value.__class__ is str and (key.value or "").__class__ is str:
        for fault in qualified_name.faults(f"{policy.value}/{key.value or ''}"):
            key.invalid(fault, f"{policy.value}/{key.value or ''}")
    if is_blank(value):
        value.required("valueExpression is not specified")
    elif value.value.__class__ is str and len(value.value.strip().encode(errors="replace")) > _MOST_ANNOTATION_BYTES:
        value.required("must not exceed 5kb in length")
    else:
        expression(value, scope, _ANNOTATION)


def _mutation(mutation: Field, scope: Scope | None) -> None:
    """A mutation, with the field that its type needs.

    Mirrors: pkg/apis/admissionregistration/validation/validation.go validateMutation @ v1.37
    """
    kind = mutation["patchType"]
    if not kind:
        kind.required()
        return
    if kind.is_hole:
        return
    if kind.value not in _PATCHES:
        kind.unsupported(tuple(_PATCHES))
        return
    for name, part in _PATCHES.items():
        if name == kind.value and not mutation[part].is_set:
            mutation[part].required(f"must be specified when patchType is {name}")
        elif name == kind.value and is_blank(mutation[part]["expression"]):
            mutation[part]["expression"].required()
        elif name == kind.value:
            expression(mutation[part]["expression"], scope, _MUTATED[name])
        elif mutation[part].is_set:
            mutation[part].invalid(f"must not be specified when patchType is {kind.value}", "")


def validating_binding(obj: Field) -> None:
    """A ValidatingAdmissionPolicyBinding.

    Mirrors: pkg/apis/admissionregistration/validation/validation.go validateValidatingAdmissionPolicyBinding @ v1.37
    """
    spec = obj["spec"]
    mutating_binding(obj)
    actions, seen = spec["validationActions"], Unique()
    if not actions:
        actions.required()
    for action in actions:
        _ACTION(action)
        seen.add(action)
    words = {action.value for action in actions if action.value.__class__ is str}
    if {"Deny", "Warn"} <= words:
        actions.invalid(_DENY_AND_WARN)


def mutating_binding(obj: Field) -> None:
    """A MutatingAdmissionPolicyBinding: the fields that both kinds of bindings have.

    Mirrors: pkg/apis/admissionregistration/validation/validation.go validateMutatingAdmissionPolicyBindingSpec @ v1.37
    """
    spec = obj["spec"]
    _NAME_OF_POLICY(spec["policyName"])
    if spec["paramRef"].is_set:
        _param_ref(spec["paramRef"])
    if spec["matchResources"].is_set:
        match_resources(spec["matchResources"])


def _param_ref(ref: Field) -> None:
    name, selector, action = ref["name"], ref["selector"], ref["parameterNotFoundAction"]
    if name:
        path_segment_name(name)
    label_selector(selector)
    if name and selector.is_set:
        name.forbidden(_ONE_OF_TWO)
        selector.forbidden(_ONE_OF_TWO)
    elif not name and not selector.is_set:
        ref.required("one of name or selector must be specified")
    if not action:
        action.required()
    elif not action.may_be("Allow", "Deny"):
        action.unsupported(("Deny", "Allow"))
