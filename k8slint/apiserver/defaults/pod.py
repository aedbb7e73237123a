"""Defaults of Pods and pod templates."""

from __future__ import annotations

from typing import Any

from k8slint.apiserver.defaults.draft import mapping_in


def pod(data: dict[str, Any]) -> None:
    """A Pod.

    Mirrors: pkg/apis/core/v1/defaults.go SetDefaults_Pod @ v1.37
    """
    pod_spec_defaults(mapping_in(data, "spec"), is_template=False)


def template_defaults(data: Any) -> None:
    """The pod template in the field `template`."""
    pod_spec_defaults(mapping_in(mapping_in(data, "template"), "spec"), is_template=True)


def pod_spec_defaults(spec: dict[str, Any], *, is_template: bool) -> None:
    """The spec of a Pod, or of a template of Pods.

    Mirrors: pkg/apis/core/v1/zz_generated.defaults.go SetObjectDefaults_Pod @ v1.37
    """
