"""PodTemplates and ReplicationControllers, as the API server validates them on creation."""

from __future__ import annotations

from typing import Final

from k8slint.apiserver.validation.core.pod import template_spec
from k8slint.apiserver.validation.field import Field, fields, given, not_negative
from k8slint.apiserver.validation.template_selector import RULE, template_labels_by_map

_RESTARTS: Final = ("Never", "OnFailure")
_COUNTS: Final = fields(minReadySeconds=given(not_negative), replicas=given(not_negative))


def pod_template(obj: Field) -> None:
    """A PodTemplate.

    Mirrors: pkg/apis/core/validation/validation.go ValidatePodTemplate @ v1.37
    """
    template_spec(obj["template"])


def replication_controller(obj: Field) -> None:
    """A ReplicationController.

    Mirrors: pkg/apis/core/validation/validation.go ValidateReplicationControllerSpec @ v1.37
    """
    spec = obj["spec"]
    template = spec["template"]
    if not spec["selector"]:
        spec["selector"].required(rule=RULE)
    _COUNTS(spec)
    if not template.is_set:
        template.required()
        return
    template_labels_by_map(spec["selector"], template)
    template_spec(template)
    policy, deadline = template["spec"]["restartPolicy"], template["spec"]["activeDeadlineSeconds"]
    if policy.value in _RESTARTS:
        policy.unsupported(("Always",))
    if deadline.is_set:
        deadline.forbidden("activeDeadlineSeconds in ReplicationController is not Supported", fix="remove it")
