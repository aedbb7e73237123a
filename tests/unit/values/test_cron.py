"""Schedules as CronJobs write them; the error texts are those of the API server."""

from __future__ import annotations

import pytest

from k8slint.values.cron import DESCRIPTORS, CronError, CronSchedule, time_zone_error

EVERY_DAY = frozenset(range(1, 32))


def values(text: str, field: int) -> list[int]:
    return sorted(CronSchedule.parse(text).fields[field].values)


@pytest.mark.parametrize(
    ("text", "field", "expected"),
    [
        ("5 * * * *", 0, [5]),
        ("+5 * * * *", 0, [5]),
        ("05,5 * * * *", 0, [5]),
        ("50/5 * * * *", 0, [50, 55]),
        ("10-20/5,0 * * * *", 0, [0, 10, 15, 20]),
        ("*/25 * * * *", 0, [0, 25, 50]),
        ("0-0 * * * *", 0, [0]),
        ("1/100 * * * *", 0, [1]),
        (" 0\t9-17/4  * * * ", 1, [9, 13, 17]),
        ("0 0 ? * *", 2, sorted(EVERY_DAY)),
        ("0 0 *-5 * *", 2, sorted(EVERY_DAY)),
        ("0 0 1 JAN-mar *", 3, [1, 2, 3]),
        ("0 0 1 feb/5 *", 3, [2, 7, 12]),
        ("0 0 * * Mon,FRI", 4, [1, 5]),
        ("0 0 * * sun-2", 4, [0, 1, 2]),
        (", * * * *", 0, []),
    ],
)
def test_fields(text, field, expected):
    assert values(text, field) == expected


@pytest.mark.parametrize(
    ("text", "field", "message"),
    [
        ("", "", "empty spec string"),
        ("* * * *", "", "expected exactly 5 fields, found 4: [* * * *]"),
        ("0 0 * * * *", "", "expected exactly 5 fields, found 6: [0 0 * * * *]"),
        (" @daily", "", "expected exactly 5 fields, found 1: [@daily]"),
        ("60 * * * *", "minute", "end of range (60) above maximum (59): 60"),
        ("* 24 * * *", "hour", "end of range (24) above maximum (23): 24"),
        ("* * 0 * *", "day of month", "beginning of range (0) below minimum (1): 0"),
        ("* * * 13 *", "month", "end of range (13) above maximum (12): 13"),
        ("* * * * 7", "day of week", "end of range (7) above maximum (6): 7"),
        ("* * * * fri-mon", "day of week", "beginning of range (5) beyond end of range (1): fri-mon"),
        ("*/0 * * * *", "minute", "step of range should be a positive number: */0"),
        ("*/-1 * * * *", "minute", "negative number (-1) not allowed: -1"),
        ("1-2-3 * * * *", "minute", "too many hyphens: 1-2-3"),
        ("*/2/3 * * * *", "minute", "too many slashes: */2/3"),
        ("-5 * * * *", "minute", "failed to parse int from "),
        ("1_0 * * * *", "minute", "failed to parse int from 1_0"),
        ("\uff11 * * * *", "minute", "failed to parse int from \uff11"),
        ("99999999999999999999 * * * *", "minute", "failed to parse int from 99999999999999999999"),
        ("mon * * * *", "minute", "failed to parse int from mon"),
        ("* * L * *", "day of month", "failed to parse int from L"),
        ("* * * * 5#2", "day of week", "failed to parse int from 5#2"),
        ("@Daily", "", "unrecognized descriptor: @Daily"),
        ("@reboot", "", "unrecognized descriptor: @reboot"),
        ("@every", "", "unrecognized descriptor: @every"),
        ("@every 1d", "", 'failed to parse duration @every 1d: time: unknown unit "d" in duration "1d"'),
        ("@every 5", "", 'failed to parse duration @every 5: time: missing unit in duration "5"'),
        ("@every  5m", "", 'failed to parse duration @every  5m: time: invalid duration " 5m"'),
        ("@every 300000000h", "", 'failed to parse duration @every 300000000h: time: invalid duration "300000000h"'),
    ],
)
def test_what_is_no_schedule(text, field, message):
    with pytest.raises(CronError) as caught:
        CronSchedule.parse(text)
    assert str(caught.value) == message
    assert caught.value.field == field


@pytest.mark.parametrize("word", DESCRIPTORS)
def test_words_stand_for_five_fields(word):
    assert CronSchedule.parse(word) == CronSchedule.parse(DESCRIPTORS[word])


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("@every 1h30m", 5400), ("@every 1.5s", 1), ("@every .5h", 1800), ("@every 10ms", 1), ("@every -5m", 1)],
)
def test_every(text, seconds):
    schedule = CronSchedule.parse(text)
    assert schedule.every_seconds == seconds
    assert schedule.fires


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        ("0 0 29 2 *", True),
        ("0 0 30 2 *", False),
        ("0 0 31 4,6,9,11 *", False),
        ("0 0 31 4,5 *", True),
        ("0 0 30,31 2 ?", False),
        ("0 0 30-31/1 2 */1", False),
        ("0 0 31 2 mon", True),
        ("0 0 31 2 */2", True),
        ("0 0 */30 2 *", True),
        ("0 0 , 2 1", True),
        ("0 0 1 2 ,", True),
        ("0 0 , 2 *", False),
        ("0 0 * 2 ,", False),
        ("0 0 1 , 1", False),
        ("0 , 1 1 1", False),
    ],
)
def test_whether_a_day_comes(text, fires):
    assert CronSchedule.parse(text).fires is fires


@pytest.mark.parametrize("zone", ["UTC", "Etc/UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5"])
def test_time_zones_that_may_be(zone):
    assert time_zone_error(zone) == ""


@pytest.mark.parametrize(
    ("zone", "message"),
    [
        ("", "timeZone must be nil or non-empty string"),
        ("local", "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"),
        ("Europe/", "unknown time zone Europe/"),
        ("../etc/localtime", "unknown time zone ../etc/localtime"),
        ("-05:00", "unknown time zone -05:00"),
        ("W. Europe Standard Time", "unknown time zone W. Europe Standard Time"),
        ("Asia/Constantinopolitan", "unknown time zone Asia/Constantinopolitan"),
    ],
)
def test_time_zones_that_cannot_be(zone, message):
    assert time_zone_error(zone) == message
