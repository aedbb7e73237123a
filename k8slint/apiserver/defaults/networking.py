"""Defaults of the kinds of networking."""

from __future__ import annotations

from typing import Any

from k8slint.apiserver.defaults.draft import mapping_in


def ingress_class(data: dict[str, Any]) -> None:
    """An IngressClass.

    Mirrors: pkg/apis/networking/v1/defaults.go SetDefaults_IngressClass @ v1.37
    """
    parameters = mapping_in(data, "spec").get("parameters")
    if isinstance(parameters, dict) and parameters.get("scope") is None:
        parameters["scope"] = "Cluster"
