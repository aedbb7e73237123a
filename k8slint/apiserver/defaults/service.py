"""Defaults of Services."""

from __future__ import annotations

from typing import Any

from k8slint.apiserver.defaults.draft import fill, items_in, mapping_in


def service(data: dict[str, Any]) -> None:
    """A Service.

    Mirrors: pkg/apis/core/v1/defaults.go SetDefaults_Service @ v1.37
    """
    spec = mapping_in(data, "spec")
    fill(spec, type="ClusterIP", sessionAffinity="None")
    for port in items_in(spec, "ports"):
        fill(port, protocol="TCP")
        fill(port, targetPort=port.get("port"))
