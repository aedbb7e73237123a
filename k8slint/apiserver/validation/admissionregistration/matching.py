"""Which requests a webhook or a policy is asked about: rules, selectors and conditions."""

from __future__ import annotations

from typing import Final

from k8slint.apiserver.validation.admissionregistration.variables import variables
from k8slint.apiserver.validation.expressions import BOOL, expression
from k8slint.apiserver.validation.field import Field, Unique, fields, given, needed, one_of
from k8slint.apiserver.validation.formats import path_segment_name, qualified_name
from k8slint.apiserver.validation.selectors import label_selector

_MOST_CONDITIONS: Final = 64
_OPERATION = one_of("*", "CONNECT", "CREATE", "DELETE", "UPDATE")
_CONDITION_NAME = needed(qualified_name).check
_SELECTORS = fields(namespaceSelector=given(label_selector), objectSelector=given(label_selector))
MATCH_POLICY = one_of("Equivalent", "Exact")
FAILURE_POLICY = one_of("Fail", "Ignore")
_SCOPE = one_of("*", "Cluster", "Namespaced")


def selectors(field: Field) -> None:
    """The selectors of namespaces and of objects."""
    _SELECTORS(field)


def match_resources(match: Field) -> None:
    """The resources that a policy or its binding matches.

    Mirrors: pkg/apis/admissionregistration/validation/validation.go validateMatchResources @ v1.37
    """
    if match["matchPolicy"].is_set:
        MATCH_POLICY(match["matchPolicy"])
    _SELECTORS(match)
    for name in ("resourceRules", "excludeResourceRules"):
        for rule in match[name]:
            _named_rule(rule)


def _named_rule(rule: Field) -> None:
    names = Unique()
    for name in rule["resourceNames"]:
        path_segment_name(name)
        names.add(name)
    rule_with_operations(rule)


def rule_with_operations(rule: Field) -> None:
    """Operations on resources.

    Mirrors: pkg/apis/admissionregistration/validation/validation.go validateRuleWithOperations @ v1.37
    """
    _all_or_some(rule["operations"], "operations")
    for operation in rule["operations"]:
        _OPERATION(operation)
    _all_or_some(rule["apiGroups"], "API groups")
    _all_or_some(rule["apiVersions"], "API versions")
    for version in rule["apiVersions"]:
        if not version:
            version.required()
    _resources(rule["resources"])
    if rule["scope"].is_set:
        _SCOPE(rule["scope"])


def _all_or_some(words: Field, what: str) -> None:
    if not words:
        words.required()
    elif len(words) > 1 and any(word.value == "*" for word in words):
        words.invalid(f"if '*' is present, must not specify other {what}")


def _resources(resources: Field) -> None:
    """Resources and their subresources; none may be listed beside a wildcard that covers it.

    Mirrors: pkg/apis/admissionregistration/validation/validation.go validateResources @ v1.37
    """
    if not resources:
        resources.required()
    for resource in resources:
        if not resource:
            resource.required()
    _covered_parts(resources)
    texts = [resource.value for resource in resources if resource and resource.value.__class__ is str]
    if len(resources) > 1 and "*/*" in texts:
        resources.invalid("if '*/*' is present, must not specify other resources")
    plain = [text for text in texts if "/" not in text]
    # The server looks only at the last resource that has no subresource.
    if "*" in plain and plain[-1] != "*":
        resources.invalid("if '*' is present, must not specify other resources without subresources")


def _covered_parts(resources: Field) -> None:
    """Subresources that an earlier wildcard covers already."""
    with_all_parts: set[str] = set()
    of_all: set[str] = set()
    for resource in resources:
        if resource.value.__class__ is not str or "/" not in resource.value:
            continue
        name, _, part = resource.value.partition("/")
        if name in with_all_parts:
            resource.invalid(f"if '{name}/*' is present, must not specify {resource.value}")
        if part in of_all:
            resource.invalid(f"if '*/{part}' is present, must not specify {resource.value}")
        if part == "*":
            with_all_parts.add(name)
        if name == "*":
            of_all.add(part)


def match_conditions(conditions: Field) -> None:
    """The conditions of a webhook, which has no parameters."""
    named_conditions(conditions, has_params=False)


def named_conditions(conditions: Field, *, has_params: bool) -> None:
    """Conditions by name.

    Mirrors: pkg/apis/admissionregistration/validation/validation.go validateMatchConditions @ v1.37
    """
    if len(conditions) > _MOST_CONDITIONS:
        conditions.too_many(_MOST_CONDITIONS)
    names = Unique()
    for condition in conditions:
        if is_blank(condition["expression"]):
            condition["expression"].required()
        else:
            expression(condition["expression"], variables(has_params=has_params), BOOL)
        _CONDITION_NAME(condition["name"])
        names.add(condition["name"])


def is_blank(field: Field) -> bool:
    """Whether a text is absent, empty or only spaces."""
    return not field or (field.value.__class__ is str and not field.value.strip())
