from __future__ import annotations

import pytest

from k8slint.apiserver.decoding.scalars import base64_fault, int32_fault, micro_time_fault, quantity_fault, time_fault

SOUND_TIMES = [
    "2026-01-31T09:00:00Z",
    "2026-01-31T09:00:00.5+01:00",
    "2026-01-31T09:00:00,5Z",
    "2026-01-31T9:00:00Z",
    "2024-02-29T23:59:59-12:00",
]
BAD_TIMES = [
    "",
    "2026-01-31",
    "2026-01-31 09:00:00Z",
    "2026-01-31t09:00:00z",
    "2026-01-31T09:00:00",
    "2026-02-30T09:00:00Z",
    "2026-01-31T24:00:00Z",
    "2026-01-31T09:60:00Z",
    "2026-01-31T09:00:60Z",
    "yesterday",
]


@pytest.mark.parametrize("text", SOUND_TIMES)
def test_go_reads_the_time(text: str) -> None:
    assert time_fault(text) is None


@pytest.mark.parametrize("text", BAD_TIMES)
def test_go_refuses_the_time(text: str) -> None:
    fault = time_fault(text)
    assert fault is not None
    assert fault.rule == "invalid-value"


@pytest.mark.parametrize(
    ("text", "is_sound"),
    [
        ("2026-01-31T09:00:00.000000Z", True),
        ("2026-01-31T09:00:00.000000+01:00", True),
        ("2026-01-31T09:00:00Z", False),
        ("2026-01-31T09:00:00.000Z", False),
    ],
)
def test_a_time_of_a_lease_needs_six_decimals(text: str, is_sound: bool) -> None:
    assert (micro_time_fault(text) is None) == is_sound


@pytest.mark.parametrize("value", ["1", "100m", "1.5Gi", "1e3", "1E3", " 1Gi ", ".5", "-1", 1, 0.5, 1e20])
def test_the_api_server_reads_the_amount(value: str | float) -> None:
    assert quantity_fault(value) is None


@pytest.mark.parametrize(
    ("value", "fix"),
    [
        ("1GB", "write 1Gi (powers of 1024) or 1G (powers of 1000)"),
        ("512mb", "write 512Mi (powers of 1024) or 512M (powers of 1000)"),
        ("64 KB", "write 64Ki (powers of 1024) or 64k (powers of 1000)"),
        ("64K", "write 64Ki (powers of 1024) or 64k (powers of 1000)"),
        ("2 cores", "write 2: cpu is counted in cores, or in thousandths as 2000m"),
        ("", "write a number with one of the suffixes"),
        ("1,5", "write a number with one of the suffixes"),
        ("lots", "write a number with one of the suffixes"),
    ],
)
def test_an_amount_with_a_wrong_unit_comes_with_the_right_one(value: str, fix: str) -> None:
    fault = quantity_fault(value)
    assert fault is not None
    assert fault.message.startswith(f'invalid quantity "{value}": ')
    assert fault.fix.startswith(fix)


@pytest.mark.parametrize("text", ["", "YQ==", "YWI=", "YWJj", "YW\nJj\r\n", "+/+/"])
def test_go_reads_the_bytes(text: str) -> None:
    assert base64_fault(text) is None


@pytest.mark.parametrize("text", ["YQ", "YQ=", "YQ==YQ==", "YW Jj", "_-_-", "=", "YQ==="])
def test_go_refuses_the_bytes(text: str) -> None:
    assert base64_fault(text) is not None


@pytest.mark.parametrize(
    ("number", "fits"), [(2**31 - 1, True), (2**31, False), (-(2**31), True), (-(2**31) - 1, False)]
)
def test_an_integer_of_32_bits_ends_where_it_must(number: int, fits: bool) -> None:
    assert (int32_fault(number) is None) == fits
