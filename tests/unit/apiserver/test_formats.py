from __future__ import annotations

import pytest

from k8slint.apiserver.custom.formats import has_format

SOUND = [
    ("ipv4", "010.0.0.1"),
    ("ipv4", "1.2.3.4"),
    ("ipv6", "::1"),
    ("ipv6", "::ffff:1.2.3.4"),
    ("cidr", "10.0.0.0/8"),
    ("cidr", "2001:db8::/32"),
    ("cidr", "10.0.0.1/8"),
    ("mac", "aa:bb:cc:dd:ee:ff"),
    ("mac", "aabb.ccdd.eeff"),
    ("mac", "aa-bb-cc-dd-ee-ff-00-11"),
    ("uuid", "123e4567-e89b-12d3-a456-426614174000"),
    ("uuid4", "123E4567E89B42D3A456426614174000"),
    ("date", "2024-02-29"),
    ("date-time", "2026-01-31t09:00:00.5+01:00"),
    ("datetime", "2026-01-31T09:00:00Z"),
    ("duration", "1h30m"),
    ("duration", "-1.5s"),
    ("duration", "5 days"),
    ("duration", "0"),
    ("byte", "aGk="),
    ("hexcolor", "#fff"),
    ("password", "anything"),
    ("int32", "anything"),
]
WRONG = [
    ("ipv4", "1.2.3"),
    ("ipv4", "::1"),
    ("ipv6", "1.2.3.4"),
    ("ipv6", "fe80::1%eth0"),
    ("cidr", "10.0.0.0"),
    ("cidr", "10.0.0.0/33"),
    ("mac", "aa:bb"),
    ("uuid", "123"),
    ("uuid4", "not-one"),
    ("date", "2026-02-30"),
    ("date", "20260131"),
    ("date", "2026-W05-6"),
    ("date-time", "2026-01-31"),
    ("duration", "soon"),
    ("byte", "a"),
    ("hexcolor", "red"),
]


@pytest.mark.parametrize(("name", "text"), SOUND)
def test_the_text_is_of_the_format(name: str, text: str) -> None:
    assert has_format(text, name)


@pytest.mark.parametrize(("name", "text"), WRONG)
def test_the_text_is_not_of_the_format(name: str, text: str) -> None:
    assert not has_format(text, name)
