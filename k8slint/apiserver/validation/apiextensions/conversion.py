"""The conversion of custom resources between versions."""

from __future__ import annotations

from k8slint.apiserver.validation.field import Field, needed, one_of
from k8slint.apiserver.validation.formats import dns_1035_label
from k8slint.apiserver.validation.webhook_client import client_config


def conversion(spec: Field) -> None:
    """The strategy of conversion, and the webhook if that is the strategy.

    Mirrors: apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go
    validateCustomResourceConversion @ v1.37
    """
    whole = spec["conversion"]
    strategy, webhook = whole["strategy"], whole["webhook"]
    if not whole.is_set or whole.is_hole:
        return
    client = webhook["clientConfig"].named_as(whole, "webhookClientConfig")
    reviews = webhook["conversionReviewVersions"].named_as(whole, "conversionReviewVersions")
    if spec["preserveUnknownFields"].value is True and not strategy.may_be("None"):
        strategy.invalid("must be None if spec.preserveUnknownFields is true")
    needed(one_of("None", "Webhook")).check(strategy)
    if strategy.is_hole or webhook.is_hole:
        return
    if strategy.value != "Webhook":
        for field in (client, reviews):
            if field.is_set and (field or field is client):
                field.forbidden("should not be set when strategy is not set to Webhook")
        return
    if not client.is_set:
        client.required("required when strategy is set to Webhook")
    else:
        client_config(client)
    _reviews(reviews)


def _reviews(versions: Field) -> None:
    if not versions:
        versions.required(fix="write [v1]")
        return
    if versions.is_hole or any(version.is_hole for version in versions):
        return
    seen: set[str] = set()
    for version in versions:
        name = version.value or ""
        if name in seen:
            version.invalid("duplicate version")
            continue
        seen.add(name)
        for fault in dns_1035_label.faults(name):
            version.invalid(fault, name)
    if not seen & {"v1", "v1beta1"}:
        versions.invalid("must include at least one of v1, v1beta1", fix="add v1")
