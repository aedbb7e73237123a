"""Schedules and time zones of CronJobs, as the API server reads them."""

from __future__ import annotations

from collections.abc import Iterator

from k8slint.cluster.cluster import Cluster
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem
from k8slint.values.cron import DESCRIPTORS, CronError, CronSchedule, time_zone_error
from k8slint.values.nearest import nearest
from k8slint.values.placeholder import has_placeholder


def invalid_cron_schedule(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A CronJob whose schedule or time zone the API server refuses, or whose schedule never comes.

    Mirrors: pkg/apis/batch/validation/validation.go validateScheduleFormat @ v1.36
    """
    schedule, zone = obj.spec.get("schedule"), obj.spec.get("timeZone")
    if isinstance(schedule, str) and schedule and not has_placeholder(schedule):
        yield from _schedule_problems(schedule, is_suspended=obj.spec.get("suspend") is True)
    if isinstance(zone, str) and not has_placeholder(zone):
        yield from _zone_problems(zone)


def _zone_problems(zone: str) -> Iterator[Problem]:
    """What is wrong with the time zone of a CronJob."""
    said = time_zone_error(zone)
    if said:
        fix = "Name a zone of the IANA database, such as Europe/Berlin or Etc/UTC."
        yield Problem(("spec", "timeZone"), f'spec.timeZone: Invalid value: "{zone}": {said}', fix=fix)


def _schedule_problems(schedule: str, *, is_suspended: bool) -> Iterator[Problem]:
    """What is wrong with the schedule of a CronJob."""
    path = ("spec", "schedule")
    refused = f'spec.schedule: Invalid value: "{schedule}"'
    if "TZ" in schedule:
        said = f"{refused}: cannot use TZ or CRON_TZ in schedule, use timeZone field instead"
        yield Problem(path, said, fix="Move the zone to spec.timeZone, and keep the five fields here.")
        return
    try:
        parsed = CronSchedule.parse(schedule)
    except CronError as error:
        field = f" in the field {error.field}" if error.field else ""
        yield Problem(path, f"{refused}: {error}{field}", fix=_schedule_fix(schedule, error))
        return
    if not parsed.fires and not is_suspended:
        yield Problem(
            path,
            f'schedule "{schedule}" names a day that never comes',
            effect="The CronJob is accepted and never starts a Job; its events say InvalidSchedule.",
            fix="Name a day that the month has. To start Jobs by hand only, set suspend: true.",
        )


def _schedule_fix(schedule: str, error: CronError) -> str:
    fields = schedule.split()
    if schedule.startswith("@"):
        near = nearest(schedule, DESCRIPTORS)
        return f'Write "{near}".' if near else f"Use five fields, @every with hours and minutes, or {_descriptors()}."
    if len(fields) == 6 and _parses(" ".join(fields[1:])):
        return f'A CronJob has no field for seconds: write "{" ".join(fields[1:])}".'
    if error.field == "day of week" and "7" in fields[4]:
        return "Write Sunday as 0; the days of the week are 0 to 6, or sun to sat."
    return ""


def _descriptors() -> str:
    return "one of " + ", ".join(DESCRIPTORS)


def _parses(schedule: str) -> bool:
    try:
        CronSchedule.parse(schedule)
    except CronError:
        return False
    return True
