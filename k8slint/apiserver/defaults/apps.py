"""Defaults of the kinds of the group apps."""

from __future__ import annotations

from typing import Any

from k8slint.apiserver.defaults.draft import mapping_in
from k8slint.apiserver.defaults.pod import template_defaults


def daemon_set(data: dict[str, Any]) -> None:
    """A DaemonSet."""
    template_defaults(mapping_in(data, "spec"))


def deployment(data: dict[str, Any]) -> None:
    """A Deployment."""
    template_defaults(mapping_in(data, "spec"))


def replica_set(data: dict[str, Any]) -> None:
    """A ReplicaSet."""
    template_defaults(mapping_in(data, "spec"))


def stateful_set(data: dict[str, Any]) -> None:
    """A StatefulSet."""
    template_defaults(mapping_in(data, "spec"))
