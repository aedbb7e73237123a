"""Functions of Kubernetes on texts, which need no library: edges that no expression reaches simply."""

from __future__ import annotations

import pytest

from k8slint.cel import amounts, networks, urls
from k8slint.cel.errors import EvaluationError, UnjudgedError

NUMBERS = "1.2.3"


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (NUMBERS, True),
        ("1.2.3-a.b-c.0", True),
        ("1.2.3-01", False),
        ("1.2.3-a..b", False),
        ("1.2.3+01", True),
        ("1.2.3+", False),
        ("v1.2.3", False),
        ("1.2.18446744073709551616", False),
        ("", False),
        ("1.2.3\n", False),
    ],
)
def test_versions_are_read_to_the_letter(text, is_one):
    assert amounts.is_semver(text) is is_one


@pytest.mark.parametrize(
    ("text", "is_one"), [("v1", True), ("01.02.03", True), ("1.2-rc1", False), ("1.2.3-rc1", True), ("v", False)]
)
def test_versions_are_forgiven_what_normalizing_forgives(text, is_one):
    assert amounts.is_semver(text, normalize=True) is is_one


def test_an_amount_is_no_version_and_a_version_no_amount():
    with pytest.raises(UnjudgedError):
        amounts.compare(amounts.quantity("1"), amounts.semver(NUMBERS))
    with pytest.raises(UnjudgedError):
        amounts.part(amounts.quantity("1"), 0)


def test_what_is_no_amount_is_told_in_the_words_of_the_api_server():
    with pytest.raises(EvaluationError, match="quantities must match the regular expression"):
        amounts.quantity("1,5")


@pytest.mark.parametrize(
    "text", ["1.2.3", "01.2.3.4", "1.2.3.4 ", "fe80::1%eth0", "::ffff:1.2.3.4", "\uff11.2.3.4", ""]
)
def test_what_is_no_address(text):
    assert not networks.is_address(text)
    assert not networks.is_network(f"{text}/8")


@pytest.mark.parametrize("text", ["10.0.0.0/-1", "10.0.0.0/ 8", "10.0.0.0/8/8", "::/129", "10.0.0.0/+8", "/8"])
def test_what_is_no_network(text):
    assert not networks.is_network(text)


def test_networks_of_two_families_hold_nothing_of_each_other():
    assert not networks.contains_network("0.0.0.0/0", "::/0")
    assert not networks.contains_address("::/0", "192.0.2.7")


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("https://example.com", True),
        ("https://example.com:/a;b=c", True),
        ("s3://bucket_name/key", True),
        ("/", True),
        ("", False),
        ("example", False),
        ("?a=b", False),
        (":80", False),
        ("1http://example.com", False),
        ("https://example.com/\x7f", False),
    ],
)
def test_addresses_of_the_web(text, is_one):
    assert urls.is_url(text) is is_one


@pytest.mark.parametrize("text", ["https://a b", "https://a/%zz", "mailto:a@example.com", "https://a:b@c", "*", "//a"])
def test_addresses_that_go_may_read_otherwise_are_declined(text):
    with pytest.raises(UnjudgedError):
        urls.is_url(text)
