"""Defaults of Pods and pod templates, as far as validation depends on them."""

from __future__ import annotations

from typing import Any

from k8slint.apiserver.defaults.draft import fill, items_in, mapping_in
from k8slint.values.reading import ShapeError
from k8slint.values.resources import POD_LEVEL_SINCE


def pod(data: dict[str, Any]) -> None:
    """A Pod. Requests are not copied from limits, so that a wrong limit is reported once.

    Mirrors: pkg/apis/core/v1/defaults.go SetDefaults_Pod @ v1.37
    """
    spec = mapping_in(data, "spec")
    pod_spec_defaults(spec)
    if spec.get("hostNetwork") is True:
        for name in ("containers", "initContainers"):
            for container in items_in(spec, name):
                for port in items_in(container, "ports"):
                    fill(port, hostPort=port.get("containerPort"))
    if spec.get("resources"):
        _resources_of_pod(spec)


def _resources_of_pod(spec: dict[str, Any]) -> None:
    """The resources of the pod as a whole, and with them what each container asks for."""
    from k8slint.apiserver.defaults.core import with_pod_defaults  # noqa: PLC0415 - few pods have resources as a whole

    try:
        whole = with_pod_defaults(spec, POD_LEVEL_SINCE)
    except ShapeError:
        # Unknown amounts have no sum.
        return
    for name in ("containers", "initContainers", "resources"):
        if whole.get(name) is not None:
            spec[name] = whole[name]


def template_defaults(data: Any) -> None:
    """The pod template in the field `template`."""
    pod_spec_defaults(mapping_in(mapping_in(data, "template"), "spec"))


def pod_spec_defaults(spec: dict[str, Any]) -> None:
    """The spec of a Pod, or of a template of Pods.

    Fields of containers that only one check reads stay absent: the check reads absence as the default.

    Mirrors: pkg/apis/core/v1/defaults.go SetDefaults_PodSpec @ v1.37
    """
    fill(spec, restartPolicy="Always", dnsPolicy="ClusterFirst")
    if spec.get("terminationGracePeriodSeconds") is None:
        spec["terminationGracePeriodSeconds"] = 30
