"""RuntimeClasses, as the API server validates them on creation."""

from __future__ import annotations

from k8slint.apiserver.validation.field import Field
from k8slint.apiserver.validation.formats import dns_label
from k8slint.apiserver.validation.metadata import labels


def runtime_class(obj: Field) -> None:
    """A RuntimeClass.

    Mirrors: pkg/apis/node/validation/validation.go ValidateRuntimeClass @ v1.37
    """
    if not obj["handler"]:
        obj["handler"].required()
    else:
        dns_label(obj["handler"])
    labels(obj["scheduling"]["nodeSelector"])
