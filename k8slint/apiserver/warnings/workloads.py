"""Warnings about Pods and the kinds that create Pods."""

from __future__ import annotations

from k8slint.apiserver.validation.field import Field
from k8slint.apiserver.validation.formats import dns_label
from k8slint.apiserver.warnings.pod import pod_warnings, template_warnings
from k8slint.apiserver.warnings.resources import claim_warnings


def pod(obj: Field) -> None:
    """A Pod.

    Mirrors: pkg/registry/core/pod/strategy.go WarningsOnCreate @ v1.37
    """
    _name(obj, "this is used in the Pod's hostname")
    pod_warnings(obj)


def workload(obj: Field) -> None:
    """A Deployment, ReplicaSet, ReplicationController or Job.

    Mirrors: pkg/registry/apps/deployment/strategy.go WarningsOnCreate @ v1.37
    """
    _name(obj, "this is used in Pod names and hostnames")
    template_warnings(obj["spec"]["template"])


def cron_job(obj: Field) -> None:
    """A CronJob.

    Mirrors: pkg/registry/batch/cronjob/strategy.go WarningsOnCreate @ v1.37
    """
    _name(obj, "this is used in Pod names and hostnames")
    template_warnings(obj["spec"]["jobTemplate"]["spec"]["template"])


def daemon_set(obj: Field) -> None:
    """A DaemonSet.

    Mirrors: pkg/registry/apps/daemonset/strategy.go WarningsOnCreate @ v1.37
    """
    template_warnings(obj["spec"]["template"])


def stateful_set(obj: Field) -> None:
    """A StatefulSet.

    Mirrors: pkg/registry/apps/statefulset/strategy.go WarningsOnCreate @ v1.37
    """
    template_warnings(obj["spec"]["template"])
    for template in obj["spec"]["volumeClaimTemplates"]:
        claim_warnings(template["spec"])


def pod_template(obj: Field) -> None:
    """A PodTemplate.

    Mirrors: pkg/registry/core/podtemplate/strategy.go WarningsOnCreate @ v1.37
    """
    template_warnings(obj["template"])


def _name(obj: Field, use: str) -> None:
    name = obj["metadata"]["name"]
    faults = list(dns_label.faults(name.value)) if name and name.value.__class__ is str else []
    if faults:
        said = "which can result in surprising behavior; a DNS label is recommended"
        name.warn(f"{use}, {said}: [{' '.join(faults)}]", fix="use lower case letters, digits and dashes, at most 63")
