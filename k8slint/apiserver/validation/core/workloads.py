"""Pod templates and ReplicationControllers, as the API server validates them on creation."""

from __future__ import annotations

from k8slint.apiserver.validation.core.pod import template_spec
from k8slint.apiserver.validation.field import Field


def pod_template(obj: Field) -> None:
    """A PodTemplate.

    Mirrors: pkg/apis/core/validation/validation.go ValidatePodTemplate @ v1.37
    """
    template_spec(obj["template"])


def replication_controller(obj: Field) -> None:
    """A ReplicationController.

    Mirrors: pkg/apis/core/validation/validation.go ValidateReplicationController @ v1.37
    """
    template_spec(obj["spec"]["template"])
