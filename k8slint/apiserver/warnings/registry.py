"""The function that warns about each kind. A module is imported when a manifest first needs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

from k8slint.apiserver.by_kind import function_for
from k8slint.apiserver.validation.field import Check, Field, Validation
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem

# Kind and group, the module below this package, and its function, which takes the whole object.
_WARNERS: Final[Mapping[str, str]] = {
    "CSIDriver.storage.k8s.io": "storage.csi_driver",
    "CronJob.batch": "workloads.cron_job",
    "DaemonSet.apps": "workloads.daemon_set",
    "Deployment.apps": "workloads.workload",
    "EndpointSlice.discovery.k8s.io": "network.endpoint_slice",
    "Ingress.networking.k8s.io": "network.ingress",
    "Job.batch": "workloads.workload",
    "NetworkPolicy.networking.k8s.io": "network.network_policy",
    "PersistentVolume": "storage.persistent_volume",
    "PersistentVolumeClaim": "storage.persistent_volume_claim",
    "Pod": "workloads.pod",
    "PodTemplate": "workloads.pod_template",
    "ReplicaSet.apps": "workloads.workload",
    "ReplicationController": "workloads.workload",
    "Service": "network.service",
    "StatefulSet.apps": "workloads.stateful_set",
}


def warn(data: dict[str, Any], obj: Object, minor: int) -> Sequence[Problem]:
    """The server's warnings about an object that it accepts. `data` is decoded and has its defaults."""
    warner = _warner_of(obj.group_kind)
    if warner is None:
        return ()
    run = Validation(obj, minor)
    warner(Field(data, run))
    return run.found


@cache
def _warner_of(group_kind: str) -> Check | None:
    warner: Check | None = function_for(group_kind, _WARNERS, "k8slint.apiserver.warnings")
    return warner
