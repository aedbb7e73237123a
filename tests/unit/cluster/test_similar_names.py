"""Which names can be meant by another."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8slint.cluster import similar_names as spelling
from k8slint.cluster.similar_names import is_alike, is_slip, nearest_name

NAMES = st.text("abc-.", max_size=8)


def test_the_examples_of_the_docstrings_hold() -> None:
    assert doctest.testmod(spelling).failed == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hf-secret", "ceph-secret"),
        ("argocd-redis", "argocd-secret"),
        ("app-1", "app-2"),
        ("tls-a", "tls-b"),
        ("web", "web2-api"),
        ("service1", "my-service"),
    ],
)
def test_neighbours_are_not_alike(one: str, other: str) -> None:
    assert not is_alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("db-credential", "db-credentials"), ("order-service", "order-service-configs"), ("MyApp", "myapp")],
)
def test_what_is_meant_is_alike(one: str, other: str) -> None:
    assert is_alike(one, other)


def test_the_nearest_is_one_that_can_be_meant() -> None:
    assert nearest_name("web-confg", ["web-secret", "web-config", "wed-confg-x"]) == "web-config"
    assert nearest_name("wbe", ["web", "bee"]) == "web"
    assert nearest_name("redis-secret", ["mysql-secret", "kafka-secret"]) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("order-service", "order-service-configs"),
        ("cart-configs-old", "cart-configs"),
        ("ordr-service-configs", "order-service-configs"),
        ("order", None),
        ("payment", None),
    ],
)
def test_of_many_names_the_nearest_is_found_too(name: str, expected: str | None) -> None:
    many = [f"shop-{number}-configs" for number in range(1_000)]
    assert nearest_name(name, [*many, "order-service-configs", "cart-configs"]) == expected


@given(NAMES, NAMES)
def test_likeness_goes_both_ways(one: str, other: str) -> None:
    assert is_slip(one, other) == is_slip(other, one)


@given(st.text("abc-.", min_size=4, max_size=8), st.integers(0, 8), st.sampled_from("xyz"))
def test_one_letter_more_is_a_slip(name: str, place: int, letter: str) -> None:
    longer = name[:place] + letter + name[place:]
    assert is_slip(name, longer)
    assert not is_slip(name, longer + "xy")
