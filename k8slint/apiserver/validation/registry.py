"""Which function validates which kind: the only list. A module is imported when a manifest first needs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any, Final

from k8slint.apiserver.validation.field import Field, Validation
from k8slint.apiserver.validation.metadata import validate_metadata
from k8slint.objects.problem import Problem

Validator = Callable[[Field], None]

# By kind and group the module below this package, and its function.
_VALIDATORS: Final[Mapping[str, str]] = {
    "CronJob.batch": "batch.cron_job",
    "CustomResourceDefinition.apiextensions.k8s.io": "crd_expressions.crd_expressions",
    "DaemonSet.apps": "apps.daemon_set",
    "Deployment.apps": "apps.deployment",
    "Job.batch": "batch.job",
    "Pod": "core.pod.pod",
    "PodTemplate": "core.workloads.pod_template",
    "ReplicaSet.apps": "apps.replica_set",
    "ReplicationController": "core.workloads.replication_controller",
    "Service": "core.service.service",
    "StatefulSet.apps": "apps.stateful_set",
}


def validate(data: dict[str, Any], group_kind: str, minor: int) -> Sequence[Problem]:
    """What validation says of a decoded object with its defaults, in the order of the server."""
    run = Validation(minor)
    whole = Field(data, run)
    validate_metadata(whole["metadata"], group_kind)
    validator = _validator_of(group_kind)
    if validator is not None:
        validator(whole)
    return run.found


@cache
def _validator_of(group_kind: str) -> Validator | None:
    """The function that validates objects of a kind; None if it has no rules beside its metadata."""
    place = _VALIDATORS.get(group_kind)
    if place is None:
        return None
    module, _, name = place.rpartition(".")
    validator: Validator = getattr(import_module(f"k8slint.apiserver.validation.{module}"), name)
    return validator
