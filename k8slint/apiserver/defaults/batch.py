"""Defaults of the kinds of the group batch."""

from __future__ import annotations

from typing import Any

from k8slint.apiserver.defaults.draft import mapping_in
from k8slint.apiserver.defaults.pod import template_defaults


def cron_job(data: dict[str, Any]) -> None:
    """A CronJob."""
    template_defaults(mapping_in(mapping_in(mapping_in(data, "spec"), "jobTemplate"), "spec"))


def job(data: dict[str, Any]) -> None:
    """A Job."""
    template_defaults(mapping_in(data, "spec"))
