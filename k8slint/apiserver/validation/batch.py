"""The kinds of the group batch, as the API server validates them on creation."""

from __future__ import annotations

from k8slint.apiserver.validation.core.pod import template_spec
from k8slint.apiserver.validation.field import Field


def cron_job(obj: Field) -> None:
    """A CronJob.

    Mirrors: pkg/apis/batch/validation/validation.go ValidateCronJobCreate @ v1.37
    """
    template_spec(obj["spec"]["jobTemplate"]["spec"]["template"])


def job(obj: Field) -> None:
    """A Job.

    Mirrors: pkg/apis/batch/validation/validation.go ValidateJob @ v1.37
    """
    template_spec(obj["spec"]["template"])
