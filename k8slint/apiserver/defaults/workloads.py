"""Defaults of PodTemplates and ReplicationControllers."""

from __future__ import annotations

from typing import Any

from k8slint.apiserver.defaults.draft import mapping_in
from k8slint.apiserver.defaults.pod import template_defaults


def pod_template(data: dict[str, Any]) -> None:
    """A PodTemplate."""
    template_defaults(data)


def replication_controller(data: dict[str, Any]) -> None:
    """A ReplicationController."""
    template_defaults(mapping_in(data, "spec"))
