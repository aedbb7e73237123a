"""Which function validates which kind: the only list. A module is imported when a manifest first needs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final

from k8slint.apiserver.by_kind import function_for
from k8slint.apiserver.validation.field import Field, Validation
from k8slint.apiserver.validation.metadata import validate_metadata
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem

Validator = Callable[[Field], None]

# By kind and group the module below this package, and its function.
VALIDATORS: Final[Mapping[str, str]] = {
    "APIService.apiregistration.k8s.io": "apiregistration.api_service",
    "CSIDriver.storage.k8s.io": "storage.csi_driver",
    "CSINode.storage.k8s.io": "storage.csi_node",
    "CSIStorageCapacity.storage.k8s.io": "storage.csi_storage_capacity",
    "CertificateSigningRequest.certificates.k8s.io": "certificates.signing_request",
    "ClusterRole.rbac.authorization.k8s.io": "rbac.cluster_role",
    "ClusterRoleBinding.rbac.authorization.k8s.io": "rbac.cluster_role_binding",
    "ClusterTrustBundle.certificates.k8s.io": "trust_bundle.cluster_trust_bundle",
    "ConfigMap": "core.config.config_map",
    "ControllerRevision.apps": "apps.controller_revision",
    "CronJob.batch": "cron_job.cron_job",
    "CustomResourceDefinition.apiextensions.k8s.io": "apiextensions.definition.definition",
    "DaemonSet.apps": "apps.daemon_set",
    "Deployment.apps": "apps.deployment",
    "DeviceClass.resource.k8s.io": "resource.device.device_class",
    "DeviceTaintRule.resource.k8s.io": "resource.device.device_taint_rule",
    "EndpointSlice.discovery.k8s.io": "discovery.endpoint_slice",
    "Endpoints": "core.endpoints.endpoints",
    "Event": "core.event.event",
    "Event.events.k8s.io": "core.event.new_event",
    "FlowSchema.flowcontrol.apiserver.k8s.io": "flowcontrol.flow_schema",
    "HorizontalPodAutoscaler.autoscaling": "autoscaling.horizontal_pod_autoscaler",
    "IPAddress.networking.k8s.io": "networking.ip_address",
    "Ingress.networking.k8s.io": "networking.ingress",
    "IngressClass.networking.k8s.io": "networking.ingress_class",
    "Job.batch": "job.job",
    "Lease.coordination.k8s.io": "coordination.lease",
    "LeaseCandidate.coordination.k8s.io": "coordination.lease_candidate",
    "LimitRange": "core.limit_range.limit_range",
    "MutatingAdmissionPolicy.admissionregistration.k8s.io": "admissionregistration.policy.mutating_policy",
    "MutatingAdmissionPolicyBinding.admissionregistration.k8s.io": "admissionregistration.policy.mutating_binding",
    "MutatingWebhookConfiguration.admissionregistration.k8s.io": "admissionregistration.webhook.configuration",
    "Namespace": "core.cluster_objects.namespace",
    "NetworkPolicy.networking.k8s.io": "networking.network_policy",
    "Node": "core.cluster_objects.node",
    "PersistentVolume": "core.persistent_volume.persistent_volume",
    "PersistentVolumeClaim": "core.persistent_volume_claim.persistent_volume_claim",
    "Pod": "core.pod.pod",
    "PodCertificateRequest.certificates.k8s.io": "certificates.pod_certificate_request",
    "PodDisruptionBudget.policy": "policy.pod_disruption_budget",
    "PodTemplate": "core.workloads.pod_template",
    "PriorityClass.scheduling.k8s.io": "scheduling.priority_class",
    "PriorityLevelConfiguration.flowcontrol.apiserver.k8s.io": "flowcontrol.priority_level",
    "ReplicaSet.apps": "apps.replica_set",
    "ReplicationController": "core.workloads.replication_controller",
    "ResourceClaim.resource.k8s.io": "resource.claim.resource_claim",
    "ResourceClaimTemplate.resource.k8s.io": "resource.claim.resource_claim_template",
    "ResourceQuota": "core.resource_quota.resource_quota",
    "ResourceSlice.resource.k8s.io": "resource.slice.resource_slice",
    "Role.rbac.authorization.k8s.io": "rbac.role",
    "RoleBinding.rbac.authorization.k8s.io": "rbac.role_binding",
    "RuntimeClass.node.k8s.io": "node.runtime_class",
    "Secret": "core.config.secret",
    "Service": "core.service.service",
    "ServiceCIDR.networking.k8s.io": "networking.service_cidr",
    "StatefulSet.apps": "apps.stateful_set",
    "StorageClass.storage.k8s.io": "storage.storage_class",
    "StorageVersionMigration.storagemigration.k8s.io": "storagemigration.storage_version_migration",
    "ValidatingAdmissionPolicy.admissionregistration.k8s.io": "admissionregistration.policy.validating_policy",
    "ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io": "admissionregistration.policy.validating_binding",
    "ValidatingWebhookConfiguration.admissionregistration.k8s.io": "admissionregistration.webhook.configuration",
    "VolumeAttachment.storage.k8s.io": "storage.volume_attachment",
    "VolumeAttributesClass.storage.k8s.io": "storage.volume_attributes_class",
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
    validator: Validator | None = function_for(group_kind, VALIDATORS, "k8slint.apiserver.validation")
    return validator
