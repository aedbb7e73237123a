"""Defaults of HorizontalPodAutoscalers."""

from __future__ import annotations

from typing import Any

from k8slint.apiserver.defaults.draft import fill_absent, mapping_in


def horizontal_pod_autoscaler(data: dict[str, Any]) -> None:
    """A HorizontalPodAutoscaler.

    Absent scaling rules stay absent: those that the server fills in are always valid.

    Mirrors: pkg/apis/autoscaling/v2/defaults.go SetDefaults_HorizontalPodAutoscaler @ v1.37
    """
    fill_absent(mapping_in(data, "spec"), minReplicas=1)
