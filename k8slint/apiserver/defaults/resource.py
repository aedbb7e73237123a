"""Defaults of ResourceClaims and ResourceClaimTemplates."""

from __future__ import annotations

from typing import Any

from k8slint.apiserver.defaults.draft import fill, items_in, mapping_in


def resource_claim(data: dict[str, Any]) -> None:
    """A ResourceClaim."""
    _devices(mapping_in(mapping_in(data, "spec"), "devices"))


def resource_claim_template(data: dict[str, Any]) -> None:
    """A ResourceClaimTemplate."""
    _devices(mapping_in(mapping_in(mapping_in(data, "spec"), "spec"), "devices"))


def _devices(devices: dict[str, Any]) -> None:
    """The number of devices in a request, and the operator of tolerations.

    Mirrors: pkg/apis/resource/v1/defaults.go SetDefaults_ExactDeviceRequest, SetDefaults_DeviceSubRequest @ v1.37
    """
    for request in items_in(devices, "requests"):
        exactly = request.get("exactly")
        asks = [*items_in(request, "firstAvailable"), *([exactly] if isinstance(exactly, dict) else [])]
        for ask in asks:
            fill(ask, allocationMode="ExactCount")
            if ask["allocationMode"] == "ExactCount":
                fill(ask, count=1)
            for toleration in items_in(ask, "tolerations"):
                fill(toleration, operator="Equal")
