"""The function that fills in the defaults of each kind. A module is imported when first needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from k8slint.apiserver.by_kind import function_for

Defaulter = Callable[[dict[str, Any]], None]

# Kind and group, the module below this package and its function, which changes the object: a decoded copy.
_DEFAULTERS: Final[Mapping[str, str]] = {
    "ClusterRoleBinding.rbac.authorization.k8s.io": "rbac.binding",
    "CronJob.batch": "batch.cron_job",
    "CustomResourceDefinition.apiextensions.k8s.io": "apiextensions.definition",
    "DaemonSet.apps": "apps.daemon_set",
    "Deployment.apps": "apps.deployment",
    "FlowSchema.flowcontrol.apiserver.k8s.io": "flowcontrol.flow_schema",
    "HorizontalPodAutoscaler.autoscaling": "autoscaling.horizontal_pod_autoscaler",
    "IngressClass.networking.k8s.io": "networking.ingress_class",
    "Job.batch": "batch.job",
    "LimitRange": "limit_range.limit_range",
    "Pod": "pod.pod",
    "PodCertificateRequest.certificates.k8s.io": "certificates.pod_certificate_request",
    "PodTemplate": "workloads.pod_template",
    "PriorityLevelConfiguration.flowcontrol.apiserver.k8s.io": "flowcontrol.priority_level",
    "ReplicaSet.apps": "apps.replica_set",
    "ReplicationController": "workloads.replication_controller",
    "ResourceClaim.resource.k8s.io": "resource.resource_claim",
    "ResourceClaimTemplate.resource.k8s.io": "resource.resource_claim_template",
    "RoleBinding.rbac.authorization.k8s.io": "rbac.binding",
    "Service": "service.service",
    "StatefulSet.apps": "apps.stateful_set",
}


def default(data: dict[str, Any], group_kind: str) -> dict[str, Any]:
    """The decoded object with the API server's defaults."""
    defaulter = _defaulter_of(group_kind)
    if defaulter is not None:
        defaulter(data)
    return data


@cache
def _defaulter_of(group_kind: str) -> Defaulter | None:
    defaulter: Defaulter | None = function_for(group_kind, _DEFAULTERS, "k8slint.apiserver.defaults")
    return defaulter
