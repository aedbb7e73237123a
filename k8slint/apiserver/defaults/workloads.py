"""Defaults of PodTemplates and ReplicationControllers."""

from __future__ import annotations

from typing import Any

from k8slint.apiserver.defaults.draft import mapping_in
from k8slint.apiserver.defaults.pod import template_defaults


def pod_template(data: dict[str, Any]) -> None:
    """A PodTemplate."""
    template_defaults(data)


def replication_controller(data: dict[str, Any]) -> None:
    """A ReplicationController, whose selector is the labels of its template if it has none.

    Mirrors: pkg/apis/core/v1/defaults.go SetDefaults_ReplicationController @ v1.37
    """
    spec = mapping_in(data, "spec")
    template = spec.get("template")
    if not isinstance(template, dict):
        return
    template_defaults(spec)
    metadata = template.get("metadata")
    labels = metadata.get("labels") if isinstance(metadata, dict) else metadata
    if labels and not spec.get("selector"):
        spec["selector"] = labels
