"""Configurations of admission webhooks, as the API server validates them on creation."""

from __future__ import annotations

from typing import Final

from k8slint.apiserver.validation.admissionregistration.matching import (
    FAILURE_POLICY,
    MATCH_POLICY,
    match_conditions,
    rule_with_operations,
    selectors,
)
from k8slint.apiserver.validation.field import Field, Unique, each, fields, given, one_of, optional
from k8slint.apiserver.validation.formats import dns_1035_label, dns_subdomain
from k8slint.apiserver.validation.webhook_client import client_config

_REVIEW_VERSIONS: Final = ("v1", "v1beta1")
_LEAST_SEGMENTS: Final = 3


def _timeout(field: Field) -> None:
    if field.value.__class__ is int and not 1 <= field.value <= 30:
        field.invalid("the timeout value must be between 1 and 30 seconds")


_WEBHOOK = fields(
    rules=optional(each(rule_with_operations)),
    failurePolicy=given(FAILURE_POLICY),
    matchPolicy=given(MATCH_POLICY),
    sideEffects=given(one_of("None", "NoneOnDryRun")),
    timeoutSeconds=given(_timeout),
    reinvocationPolicy=given(one_of("IfNeeded", "Never")),
    matchConditions=optional(match_conditions),
)


def configuration(obj: Field) -> None:
    """A ValidatingWebhookConfiguration or a MutatingWebhookConfiguration.

    Mirrors: pkg/apis/admissionregistration/validation/validation.go ValidateValidatingWebhookConfiguration @ v1.37
    """
    names = Unique()
    for webhook in obj["webhooks"]:
        _name(webhook["name"])
        if not webhook["sideEffects"].is_set:
            webhook["sideEffects"].required("must specify one of None, NoneOnDryRun")
        _WEBHOOK(webhook)
        selectors(webhook)
        client_config(webhook["clientConfig"])
        _review_versions(webhook["admissionReviewVersions"])
        names.add(webhook["name"])


def _name(name: Field) -> None:
    """The name of a webhook, which is fully qualified.

    Mirrors: apimachinery pkg/util/validation/validation.go IsFullyQualifiedName @ v1.37
    """
    if not name:
        name.required()
    elif name.value.__class__ is str:
        dns_subdomain(name)
        if dns_subdomain.takes(name.value) and name.value.count(".") < _LEAST_SEGMENTS - 1:
            name.invalid("should be a domain with at least three segments separated by dots")


def _review_versions(versions: Field) -> None:
    known = ", ".join(_REVIEW_VERSIONS)
    if not versions:
        versions.required(f"must specify one of {known}", fix="write admissionReviewVersions: [v1]")
        return
    seen: set[str] = set()
    for version in versions:
        text = version.value or ""
        if text.__class__ is not str:
            return
        if text in seen:
            version.invalid("duplicate version", rule="duplicate-value")
            continue
        seen.add(text)
        dns_1035_label.item(version)
    if not seen.intersection(_REVIEW_VERSIONS):
        versions.invalid(f"must include at least one of {known}")
