"""Cron schedules, as CronJobs write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


class _Bounds(NamedTuple):
    label: str
    low: int
    high: int
    names: Mapping[str, int] = {}


_FIELDS: Final = (
    _Bounds("minute", 0, 59),
    _Bounds("hour", 0, 23),
    _Bounds("day of month", 1, 31),
    _Bounds("month", 1, 12, {name: number for number, name in enumerate(_MONTHS, 1)}),
    _Bounds("day of week", 0, 6, {name: number for number, name in enumerate(_DAYS)}),
)
DESCRIPTORS: Final[Mapping[str, str]] = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
"""Words that stand for a whole schedule, each with the five fields that it means."""
_EVERY = "@every "
_LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_NANOS: Final = {
    "ns": 1,
    "us": 10**3,
    "\u00b5s": 10**3,  # the micro sign
    "\u03bcs": 10**3,  # the Greek letter
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
_INT = re.compile(r"[+-]?[0-9]+")
_AMOUNT = re.compile(r"([0-9]*)(?:\.([0-9]*))?")
_UNIT = re.compile(r"[^.0-9]*")
_INT64 = 2**63
_ZONE_PART = re.compile(r"[A-Za-z._0-9+-]{1,14}")


class CronError(ValueError):
    """A schedule that the API server refuses; its message is the API server's.

    `field` names the wrong field; it is empty if the schedule as a whole is wrong.
    """

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class CronField(NamedTuple):
    """The values that one field allows; `is_star` if a part of it is `*` or `?` with no step above 1."""

    values: frozenset[int]
    is_star: bool


@dataclass(frozen=True, slots=True)
class CronSchedule:
    """The times at which a CronJob starts a Job: five fields, or no fields and `every_seconds`.

    >>> sorted(CronSchedule.parse("0 6-18/6 * * mon-fri").fields[1].values)
    [6, 12, 18]
    >>> CronSchedule.parse("@every 1h30m").every_seconds
    5400
    """

    fields: tuple[CronField, ...]
    every_seconds: int = 0

    @classmethod
    @lru_cache(maxsize=1024)
    def parse(cls, text: str) -> CronSchedule:
        """The schedule that the text of a CronJob's `schedule` means; the text must not name a time zone.

        Raises:
            CronError: for any other text, such as six fields, Sunday as 7, or `@reboot`.

        Mirrors: robfig/cron parser.go ParseStandard @ v3.0.1
        """
        if not text:
            raise CronError("empty spec string")
        if text.startswith(_EVERY):
            return cls((), _every(text))
        if text.startswith("@"):
            if text not in DESCRIPTORS:
                raise CronError(f"unrecognized descriptor: {text}")
            text = DESCRIPTORS[text]
        written = text.split()
        if len(written) != len(_FIELDS):
            found = " ".join(written)
            raise CronError(f"expected exactly {len(_FIELDS)} fields, found {len(written)}: [{found}]")
        return cls(tuple(_field(part, bounds) for part, bounds in zip(written, _FIELDS, strict=True)))

    @property
    def fires(self) -> bool:
        """Whether the schedule ever starts a Job.

        >>> CronSchedule.parse("0 0 31 4,6 *").fires
        False
        >>> CronSchedule.parse("0 0 31 4,6 mon").fires  # if both days are given, either is enough
        True
        """
        if not self.fields:
            return True
        minutes, hours, days, months, weekdays = self.fields
        day_comes = any(min(days.values, default=32) <= _LONGEST_MONTH[month - 1] for month in months.values)
        if days.is_star or weekdays.is_star:
            day_comes = day_comes and bool(weekdays.values)
        else:
            day_comes = day_comes or bool(months.values and weekdays.values)
        return day_comes and bool(minutes.values and hours.values)


def shortest_period(schedule: CronSchedule) -> int:
    """The least number of seconds between two times of a schedule; a day if it names one time a day at most.

    >>> [shortest_period(CronSchedule.parse(text)) for text in ("*/5 * * * *", "0 0,1 1 * *", "30 4 * * *")]
    [300, 3600, 86400]
    """
    if not schedule.fields:
        return schedule.every_seconds
    minutes, hours, days, _, weekdays = schedule.fields
    times = sorted(60 * hour + minute for hour in hours.values for minute in minutes.values)
    gaps = [later - earlier for earlier, later in pairwise(times)]
    if times and days.is_star and weekdays.is_star:
        gaps.append(times[0] + _MINUTES_OF_A_DAY - times[-1])
    return 60 * min(gaps, default=_MINUTES_OF_A_DAY)


_MINUTES_OF_A_DAY: Final = 24 * 60


def time_zone_error(zone: str) -> str:
    """The API server's objection to a CronJob's `timeZone`, or empty if only its database of zones could object.

    >>> time_zone_error("UTC+02:00")
    'unknown time zone UTC+02:00'
    >>> time_zone_error("Europe/Berlin")
    ''

    Mirrors: pkg/apis/batch/validation/validation.go validateTimeZone @ v1.36
    """
    if not zone:
        return "timeZone must be nil or non-empty string"
    for part in zone.split("/"):
        if part in (".", "..") or part.startswith("-") or not _ZONE_PART.fullmatch(part):
            return f"unknown time zone {zone}"
    if zone.casefold() == "local":
        return "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"
    return ""


def _field(text: str, bounds: _Bounds) -> CronField:
    values: set[int] = set()
    is_star = False
    # The parser of the API server skips empty parts between commas, so a lone comma is a field without any value.
    for part in filter(None, text.split(",")):
        found, star = _range(part, bounds)
        values.update(found)
        is_star = is_star or star
    return CronField(frozenset(values), is_star)


def _range(text: str, bounds: _Bounds) -> tuple[range, bool]:
    whole, *steps = text.split("/")
    ends = whole.split("-")
    is_star = ends[0] in ("*", "?")
    if is_star:
        low, high = bounds.low, bounds.high
    else:
        low = high = _number(ends[0], bounds)
        if len(ends) == 2:
            high = _number(ends[1], bounds)
        elif len(ends) > 2:
            raise CronError(f"too many hyphens: {text}", bounds.label)
    step = 1
    if len(steps) == 1:
        step = _integer(steps[0], bounds)
        if len(ends) == 1:
            high = bounds.high
    elif steps:
        raise CronError(f"too many slashes: {text}", bounds.label)
    _refuse_outside(low, high, step, text, bounds)
    return range(low, high + 1, step), is_star and step == 1


def _refuse_outside(low: int, high: int, step: int, text: str, bounds: _Bounds) -> None:
    wrong = ""
    if low < bounds.low:
        wrong = f"beginning of range ({low}) below minimum ({bounds.low})"
    elif high > bounds.high:
        wrong = f"end of range ({high}) above maximum ({bounds.high})"
    elif low > high:
        wrong = f"beginning of range ({low}) beyond end of range ({high})"
    elif step == 0:
        wrong = "step of range should be a positive number"
    if wrong:
        raise CronError(f"{wrong}: {text}", bounds.label)


def _number(text: str, bounds: _Bounds) -> int:
    named = bounds.names.get(text.lower())
    return named if named is not None else _integer(text, bounds)


def _integer(text: str, bounds: _Bounds) -> int:
    if len(text) > 20 or not _INT.fullmatch(text):
        raise CronError(f"failed to parse int from {text}", bounds.label)
    number = int(text)
    if not -_INT64 <= number < _INT64:
        raise CronError(f"failed to parse int from {text}", bounds.label)
    if number < 0:
        raise CronError(f"negative number ({number}) not allowed: {text}", bounds.label)
    return number


def _every(text: str) -> int:
    written = text.removeprefix(_EVERY)
    try:
        nanos = _nanoseconds(written)
    except ValueError as error:
        raise CronError(f"failed to parse duration {text}: time: {error}") from None
    # The API server raises any shorter interval to one second.
    return max(1, nanos // 10**9)


def _nanoseconds(text: str) -> int:
    sign, rest = (-1, text[1:]) if text.startswith("-") else (1, text.removeprefix("+"))
    if rest == "0":
        return 0
    total = 0
    invalid = f'invalid duration "{text}"'
    if not rest or len(rest) > 100:
        raise ValueError(invalid)
    while rest:
        amount = _AMOUNT.match(rest)
        if amount is None or not (amount[1] or amount[2]):
            raise ValueError(invalid)
        rest = rest[amount.end() :]
        unit = _UNIT.match(rest)
        name = unit[0] if unit else ""
        if not name:
            raise ValueError(f'missing unit in duration "{text}"')
        if name not in _NANOS:
            raise ValueError(f'unknown unit "{name}" in duration "{text}"')
        rest = rest[len(name) :]
        fraction = amount[2] or ""
        total += int(amount[1] or "0") * _NANOS[name] + int(fraction or "0") * _NANOS[name] // 10 ** len(fraction)
    if total >= _INT64:
        raise ValueError(invalid)
    return sign * total
