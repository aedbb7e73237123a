"""Requests to rewrite all stored objects of a kind."""

from __future__ import annotations

from k8slint.apiserver.validation.field import Field, fields, needed, optional
from k8slint.apiserver.validation.formats import dns_1035_label, dns_subdomain

_RESOURCE = fields(resource=needed(dns_1035_label, "resource is required to be set"), group=optional(dns_subdomain))


def storage_version_migration(obj: Field) -> None:
    """A StorageVersionMigration. Alpha versions have another shape and are off by default.

    Mirrors: pkg/apis/storagemigration/validation/validation.go ValidateStorageVersionMigration @ v1.37
    """
    if obj["apiVersion"].value != "storagemigration.k8s.io/v1alpha1":
        _RESOURCE(obj["spec"]["resource"])
