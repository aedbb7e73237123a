"""Defaults of the kinds of the group apps."""

from __future__ import annotations

from typing import Any

from k8slint.apiserver.defaults.draft import fill, fill_absent, mapping_in
from k8slint.apiserver.defaults.pod import template_defaults


def daemon_set(data: dict[str, Any]) -> None:
    """A DaemonSet.

    Mirrors: pkg/apis/apps/v1/defaults.go SetDefaults_DaemonSet @ v1.37
    """
    spec = mapping_in(data, "spec")
    template_defaults(spec)
    _rolling(mapping_in(spec, "updateStrategy"), maxUnavailable=1, maxSurge=0)


def deployment(data: dict[str, Any]) -> None:
    """A Deployment.

    Mirrors: pkg/apis/apps/v1/defaults.go SetDefaults_Deployment @ v1.37
    """
    spec = mapping_in(data, "spec")
    template_defaults(spec)
    _rolling(mapping_in(spec, "strategy"), maxUnavailable="25%", maxSurge="25%")
    fill_absent(spec, progressDeadlineSeconds=600)


def replica_set(data: dict[str, Any]) -> None:
    """A ReplicaSet."""
    template_defaults(mapping_in(data, "spec"))


def stateful_set(data: dict[str, Any]) -> None:
    """A StatefulSet.

    Mirrors: pkg/apis/apps/v1/defaults.go SetDefaults_StatefulSet @ v1.37
    """
    spec = mapping_in(data, "spec")
    template_defaults(spec)
    fill(spec, podManagementPolicy="OrderedReady")
    fill(mapping_in(spec, "updateStrategy"), type="RollingUpdate")


def _rolling(strategy: dict[str, Any], **parts: Any) -> None:
    """Fill in a rolling update with its parts, unless another type is asked for."""
    fill(strategy, type="RollingUpdate")
    if strategy["type"] == "RollingUpdate":
        fill_absent(mapping_in(strategy, "rollingUpdate"), **parts)
