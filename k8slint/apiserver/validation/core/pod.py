"""Pods and pod templates, as the API server validates them on creation."""

from __future__ import annotations

from k8slint.apiserver.validation.core.container import containers
from k8slint.apiserver.validation.core.mounts import volumes_of
from k8slint.apiserver.validation.field import Field


def pod(obj: Field) -> None:
    """A Pod.

    Mirrors: pkg/apis/core/validation/validation.go ValidatePodCreate @ v1.37
    """
    pod_spec(obj["spec"], obj["metadata"], is_template=False)


def template_spec(template: Field, claim_templates: Field | None = None) -> None:
    """The pod template of a workload. The claim templates of a StatefulSet are volumes of each Pod.

    Mirrors: pkg/apis/core/validation/validation.go ValidatePodTemplateSpec @ v1.37
    """
    pod_spec(template["spec"], template["metadata"], is_template=True, claim_templates=claim_templates)


def pod_spec(
    spec: Field,
    metadata: Field,  # noqa: ARG001 - the names of volumes made for a Pod depend on it
    *,
    is_template: bool,
    claim_templates: Field | None = None,
) -> None:
    """The spec of a Pod, or of a template of Pods.

    Mirrors: pkg/apis/core/validation/validation.go ValidatePodSpec @ v1.37
    """
    containers(spec, volumes_of(spec, claim_templates), is_template=is_template)
