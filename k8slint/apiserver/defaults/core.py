"""What the API server fills in for absent fields of a pod, as far as it affects scheduling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from k8slint.apiserver.admission.resource_list import amounts_at, container_total
from k8slint.values.reading import flag_at, items_at, mapping_at, text_at
from k8slint.values.resources import POD_LEVEL_SINCE, is_pod_level
from k8slint.values.version import KubernetesVersion

DEFAULT_NAMESPACE: Final = "default"
DEFAULT_SCHEDULER: Final = "default-scheduler"


def with_pod_defaults(spec: Mapping[str, Any], version: KubernetesVersion) -> dict[str, Any]:
    """The spec of a pod as it is stored: requests from limits, host ports of the host network, resources of the pod.

    Raises:
        ShapeError: if a field cannot be read.

    Mirrors: pkg/apis/core/v1/defaults.go SetDefaults_Pod @ v1.36
    """
    whole = dict(spec)
    on_host = flag_at(spec, "hostNetwork", "spec")
    for key in ("containers", "initContainers"):
        if spec.get(key) is not None:
            whole[key] = [_container(container, where, on_host) for where, container in items_at(spec, key, "spec")]
    if version >= POD_LEVEL_SINCE and spec.get("resources") is not None:
        whole["resources"] = _pod_resources(whole)
    whole["schedulerName"] = text_at(spec, "schedulerName", "spec") or DEFAULT_SCHEDULER
    return whole


def _container(container: Mapping[str, Any], where: str, on_host: bool) -> dict[str, Any]:
    whole = dict(container)
    resources = mapping_at(container, "resources", where)
    limits = mapping_at(resources, "limits", f"{where}.resources")
    if limits:
        # Report an amount that cannot be read at the limit, not at the request that it becomes.
        amounts_at(resources, "limits", f"{where}.resources")
        requests = mapping_at(resources, "requests", f"{where}.resources")
        whole["resources"] = {**resources, "requests": {**limits, **requests}}
    if on_host and container.get("ports") is not None:
        whole["ports"] = [
            {**port, "hostPort": port.get("hostPort") or port.get("containerPort")}
            for _, port in items_at(container, "ports", where)
        ]
    return whole


def _pod_resources(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The resources of the whole pod: requests from its containers if they have any, else from its own limits.

    Mirrors: pkg/apis/core/v1/defaults.go defaultHugePagePodLimits, defaultPodRequests @ v1.36
    """
    resources = mapping_at(spec, "resources", "spec")
    for key in ("limits", "requests"):
        amounts_at(resources, key, "spec.resources")
    limits = dict(mapping_at(resources, "limits", "spec.resources"))
    requests = dict(mapping_at(resources, "requests", "spec.resources"))
    if limits or requests:
        for name, amount in container_total(spec, "limits").items():
            if name.startswith("hugepages-") and name not in requests:
                limits.setdefault(name, str(amount))
    if limits:
        for name, amount in container_total(spec, "requests").items():
            if name in ("cpu", "memory"):
                requests.setdefault(name, str(amount))
        for name, limit in limits.items():
            if is_pod_level(name):
                requests.setdefault(name, limit)
    return {**resources, "limits": limits, "requests": requests}
