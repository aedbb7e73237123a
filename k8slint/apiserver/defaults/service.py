"""Defaults of Services, and what is filled in when their addresses are allocated."""

from __future__ import annotations

from typing import Any, Final

from k8slint.apiserver.defaults.draft import fill, items_in, mapping_in

_TIMEOUT_OF_AFFINITY: Final = 10800


def service(data: dict[str, Any]) -> None:
    """A Service. `clusterIPs` is filled in from `clusterIP`, as the server does before it allocates addresses.

    Mirrors: pkg/apis/core/v1/defaults.go SetDefaults_Service, pkg/registry/core/service/storage/storage.go
    normalizeClusterIPs @ v1.37
    """
    spec = mapping_in(data, "spec")
    fill(spec, type="ClusterIP", sessionAffinity="None")
    _session_affinity(spec)
    for port in items_in(spec, "ports"):
        fill(port, protocol="TCP")
        fill(port, targetPort=port.get("port") or 0)
    if spec["type"] in ("NodePort", "LoadBalancer") or (spec["type"] == "ClusterIP" and spec.get("externalIPs")):
        fill(spec, externalTrafficPolicy="Cluster")
    if spec.get("clusterIP") and not spec.get("clusterIPs"):
        spec["clusterIPs"] = [spec["clusterIP"]]


def _session_affinity(spec: dict[str, Any]) -> None:
    if spec["sessionAffinity"] == "None":
        spec.pop("sessionAffinityConfig", None)
    elif spec["sessionAffinity"] == "ClientIP":
        client_ip = mapping_in(mapping_in(spec, "sessionAffinityConfig"), "clientIP")
        if client_ip.get("timeoutSeconds") is None:
            client_ip["timeoutSeconds"] = _TIMEOUT_OF_AFFINITY
