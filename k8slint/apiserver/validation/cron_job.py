"""CronJobs, as the API server validates them on creation."""

from __future__ import annotations

from functools import cache
from typing import Final

from k8slint.apiserver.validation.field import Field, fields, given, not_negative, one_of, optional
from k8slint.apiserver.validation.job import job_spec
from k8slint.bundled import SCHEMAS
from k8slint.values.cron import DESCRIPTORS, CronError, CronSchedule, time_zone_error
from k8slint.values.nearest import nearest

_RULE: Final = "invalid-cron-schedule"
# The name of a Job is its CronJob's and eleven characters more.
_LONGEST_NAME: Final = 52
# The database may hold copies of itself, with and without leap seconds.
_COPIES: Final = ("posix/", "right/")
_SPEC: Final = fields(
    startingDeadlineSeconds=given(not_negative),
    concurrencyPolicy=optional(one_of("Allow", "Forbid", "Replace")),
    successfulJobsHistoryLimit=given(not_negative),
    failedJobsHistoryLimit=given(not_negative),
)


def cron_job(obj: Field) -> None:
    """A CronJob.

    Mirrors: pkg/apis/batch/validation/validation.go ValidateCronJobCreate @ v1.37
    """
    spec = obj["spec"]
    if not spec["schedule"]:
        spec["schedule"].required()
    _schedule(spec["schedule"])
    _time_zone(spec["timeZone"])
    _SPEC(spec)
    _job_template(spec["jobTemplate"]["spec"])
    if len(obj["metadata"]["name"]) > _LONGEST_NAME:
        obj["metadata"]["name"].invalid("must be no more than 52 characters")


def _job_template(spec: Field) -> None:
    """The template of Jobs: it may have no selector, which each Job gets from the server.

    Mirrors: pkg/apis/batch/validation/validation.go ValidateJobTemplateSpec @ v1.37
    """
    job_spec(spec)
    if spec["selector"].is_set:
        spec["selector"].invalid("`selector` will be auto-generated", fix="remove it")
    if spec["manualSelector"].value is True:
        spec["manualSelector"].unsupported(("nil", "false"))


def _time_zone(zone: Field) -> None:
    """The name of a zone in the server's time zone database.

    Mirrors: pkg/apis/batch/validation/validation.go validateTimeZone @ v1.37
    """
    if zone.value.__class__ is not str:
        return
    said = time_zone_error(zone.value)
    near = None
    if not said and zone.value not in _zones() and not zone.value.startswith(_COPIES):
        near = _nearest_zone(zone.value)
        said = f"unknown time zone {zone.value}" + (f'; did you mean "{near}"?' if near else "")
    if said:
        fix = f'write "{near}"' if near else "Name a zone of the IANA database, such as Europe/Berlin or Etc/UTC."
        zone.invalid(said, rule=_RULE, fix=fix)


@cache
def _zones() -> frozenset[str]:
    return frozenset((SCHEMAS / "kubernetes" / "time-zones.txt").read_text(encoding="utf-8").split())


def _nearest_zone(zone: str) -> str | None:
    # The database is made of files, whose names are case-sensitive.
    same = {known.casefold(): known for known in _zones()}.get(zone.casefold())
    return same or nearest(zone, _zones())


def _schedule(schedule: Field) -> None:
    """A schedule: five fields, or one word such as @daily.

    Mirrors: pkg/apis/batch/validation/validation.go validateScheduleFormat @ v1.37
    """
    text = schedule.value
    if text.__class__ is not str or not text:
        return
    if "TZ" in text:
        said = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"
        schedule.invalid(said, rule=_RULE, fix="Move the zone to spec.timeZone, and keep the five fields here.")
        return
    try:
        CronSchedule.parse(text)
    except CronError as error:
        field = f" in the field {error.field}" if error.field else ""
        schedule.invalid(f"{error}{field}", rule=_RULE, fix=_fix(text, error))


def _fix(schedule: str, error: CronError) -> str:
    parts = schedule.split()
    if schedule.startswith("@"):
        near = nearest(schedule, DESCRIPTORS)
        known = ", ".join(DESCRIPTORS)
        return f'Write "{near}".' if near else f"Use five fields, @every with hours and minutes, or one of {known}."
    if len(parts) == 6 and _parses(" ".join(parts[1:])):
        return f'A CronJob has no field for seconds: write "{" ".join(parts[1:])}".'
    if error.field == "day of week" and "7" in parts[4]:
        return "Write Sunday as 0; the days of the week are 0 to 6, or sun to sat."
    return ""


def _parses(schedule: str) -> bool:
    try:
        CronSchedule.parse(schedule)
    except CronError:
        return False
    return True
