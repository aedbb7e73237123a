"""CronJobs whose fields contradict their schedule, or the way in which the controller starts Jobs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from k8slint.cluster.cluster import Cluster
from k8slint.objects.fields import dig, integer
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem, Related
from k8slint.values.cron import CronError, CronSchedule, shortest_period

_LEAST_WINDOW: Final = 10
_JOB: Final = ("spec", "jobTemplate", "spec")


def missing_start_window(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A CronJob that must start a Job within a few seconds, or not at all.

    The controller comes to a CronJob a tenth of a second after its time, and looks for times since now minus the
    deadline: with 0 there never are any. A restart or a new leader takes longer than a few seconds.

    Mirrors: pkg/controller/cronjob/utils.go mostRecentScheduleTime, nextScheduleTimeDuration @ v1.37
    """
    seconds = integer(obj.spec.get("startingDeadlineSeconds"))
    if seconds is None or not 0 <= seconds < _LEAST_WINDOW or obj.spec.get("suspend") is True:
        return
    path = ("spec", "startingDeadlineSeconds")
    if seconds == 0:
        yield Problem(
            path,
            "startingDeadlineSeconds 0 leaves no time in which a Job may start",
            effect="No Job is ever started: the controller looks for times that are not yet over, and is never early.",
        )
    else:
        yield Problem(path, f"startingDeadlineSeconds {seconds} skips each run that the controller starts later")


def cron_runs_overlap(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A CronJob whose Jobs may take longer than until the next one, though a deadline bounds them."""
    deadline = integer(dig(obj.data, *_JOB, "activeDeadlineSeconds"))
    policy = obj.spec.get("concurrencyPolicy") or "Allow"
    period = _period(obj) if deadline is not None and policy in ("Allow", "Replace") else None
    if deadline is None or period is None or deadline <= period:
        return
    related = (Related(obj, ("spec", "schedule"), f"every {period} s"),)
    said = f"a Job may take {deadline} s, and the next one starts after {period} s"
    if policy == "Replace":
        yield Problem(
            (*_JOB, "activeDeadlineSeconds"),
            f"{said} in its place",
            related,
            effect="A Job that needs longer than the schedule allows is replaced each time: none ever completes.",
        )
    else:
        most = -(-deadline // period)
        yield Problem(
            (*_JOB, "activeDeadlineSeconds"), said, related, effect=f"Up to {most} Jobs run at the same time."
        )


def ttl_undercuts_job_history(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A CronJob that says how many finished Jobs to keep, and whose Jobs are deleted before there are as many."""
    seconds = integer(dig(obj.data, *_JOB, "ttlSecondsAfterFinished"))
    period = _period(obj) if seconds is not None else None
    if seconds is None or period is None or seconds >= period:
        return
    for field in ("successfulJobsHistoryLimit", "failedJobsHistoryLimit"):
        kept = integer(obj.spec.get(field))
        if kept is not None and kept > 0:
            yield Problem(
                (*_JOB, "ttlSecondsAfterFinished"),
                f"each Job is deleted {seconds} s after it has finished, before the next one starts after {period} s: "
                f"{field} {kept} keeps none",
                (Related(obj, ("spec", field), f"{kept} to be kept"),),
            )
            return


def _period(obj: Object) -> int | None:
    """The shortest time between two runs in seconds, or None if the schedule is no schedule."""
    schedule = obj.spec.get("schedule")
    if not isinstance(schedule, str):
        return None
    try:
        return shortest_period(CronSchedule.parse(schedule)) or None
    except CronError:
        return None
