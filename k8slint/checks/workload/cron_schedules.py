"""When CronJobs run."""

from __future__ import annotations

from collections.abc import Iterator

from k8slint.cluster.cluster import Cluster
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem
from k8slint.values.cron import CronError, CronSchedule
from k8slint.values.placeholder import has_placeholder


def cron_never_fires(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A CronJob whose schedule the API server takes, and whose day never comes."""
    schedule = obj.spec.get("schedule")
    if not isinstance(schedule, str) or has_placeholder(schedule) or obj.spec.get("suspend") is True:
        return
    try:
        fires = CronSchedule.parse(schedule).fires
    except CronError:
        return
    if not fires:
        yield Problem(("spec", "schedule"), f'schedule "{schedule}" names a day that never comes')
