"""Defaults of the kinds of the group batch."""

from __future__ import annotations

from typing import Any

from k8slint.apiserver.defaults.draft import fill, fill_absent, items_in, mapping_in
from k8slint.apiserver.defaults.pod import template_defaults


def cron_job(data: dict[str, Any]) -> None:
    """A CronJob."""
    _job_spec(mapping_in(mapping_in(mapping_in(data, "spec"), "jobTemplate"), "spec"))


def job(data: dict[str, Any]) -> None:
    """A Job."""
    _job_spec(mapping_in(data, "spec"))


def _job_spec(spec: dict[str, Any]) -> None:
    """What a Job runs.

    Mirrors: pkg/apis/batch/v1/defaults.go SetDefaults_Job @ v1.37
    """
    template_defaults(spec)
    if spec.get("completions") is None and spec.get("parallelism") is None:
        spec["completions"] = 1
    fill_absent(spec, parallelism=1, completionMode="NonIndexed")
    policy = spec.get("podFailurePolicy")
    for rule in items_in(policy, "rules") if isinstance(policy, dict) else ():
        for condition in items_in(rule, "onPodConditions"):
            fill(condition, status="True")
