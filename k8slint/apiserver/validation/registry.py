"""Which function validates which kind: the only list. A module is imported when a manifest first needs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any, Final

from k8slint.apiserver.validation.field import Field, Validation
from k8slint.apiserver.validation.metadata import validate_metadata
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem

Validator = Callable[[Field], None]

# By kind and group the module below this package, and its function.
_VALIDATORS: Final[Mapping[str, str]] = {
    "APIService.apiregistration.k8s.io": "apiregistration.api_service",
    "CertificateSigningRequest.certificates.k8s.io": "certificates.signing_request",
    "ClusterRole.rbac.authorization.k8s.io": "rbac.cluster_role",
    "ClusterRoleBinding.rbac.authorization.k8s.io": "rbac.cluster_role_binding",
    "CronJob.batch": "batch.cron_job",
    "DaemonSet.apps": "apps.daemon_set",
    "Deployment.apps": "apps.deployment",
    "EndpointSlice.discovery.k8s.io": "discovery.endpoint_slice",
    "Endpoints": "core.endpoints.endpoints",
    "FlowSchema.flowcontrol.apiserver.k8s.io": "flowcontrol.flow_schema",
    "IPAddress.networking.k8s.io": "networking.ip_address",
    "Ingress.networking.k8s.io": "networking.ingress",
    "IngressClass.networking.k8s.io": "networking.ingress_class",
    "Job.batch": "batch.job",
    "MutatingAdmissionPolicy.admissionregistration.k8s.io": "admissionregistration.policy.mutating_policy",
    "MutatingAdmissionPolicyBinding.admissionregistration.k8s.io": "admissionregistration.policy.mutating_binding",
    "MutatingWebhookConfiguration.admissionregistration.k8s.io": "admissionregistration.webhook.configuration",
    "NetworkPolicy.networking.k8s.io": "networking.network_policy",
    "Pod": "core.pod.pod",
    "PodTemplate": "core.workloads.pod_template",
    "PriorityLevelConfiguration.flowcontrol.apiserver.k8s.io": "flowcontrol.priority_level",
    "ReplicaSet.apps": "apps.replica_set",
    "ReplicationController": "core.workloads.replication_controller",
    "Role.rbac.authorization.k8s.io": "rbac.role",
    "RoleBinding.rbac.authorization.k8s.io": "rbac.role_binding",
    "Service": "core.service.service",
    "ServiceCIDR.networking.k8s.io": "networking.service_cidr",
    "StatefulSet.apps": "apps.stateful_set",
    "ValidatingAdmissionPolicy.admissionregistration.k8s.io": "admissionregistration.policy.validating_policy",
    "ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io": "admissionregistration.policy.validating_binding",
    "ValidatingWebhookConfiguration.admissionregistration.k8s.io": "admissionregistration.webhook.configuration",
}


def validate(data: dict[str, Any], obj: Object, minor: int) -> Sequence[Problem]:
    """What validation says of a decoded object with its defaults, in the order of the server."""
    group_kind = obj.group_kind
    run = Validation(obj, minor)
    whole = Field(data, run)
    validate_metadata(whole["metadata"], group_kind)
    validator = _validator_of(group_kind)
    if validator is not None:
        validator(whole)
    return run.found


@cache
def _validator_of(group_kind: str) -> Validator | None:
    """The function that validates objects of a kind; None if it has no rules beside its metadata."""
    place = _VALIDATORS.get(group_kind)
    if place is None:
        return None
    module, _, name = place.rpartition(".")
    validator: Validator = getattr(import_module(f"k8slint.apiserver.validation.{module}"), name)
    return validator
