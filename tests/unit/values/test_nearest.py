"""The nearest candidate, and how much work it takes to find it."""

from __future__ import annotations

import doctest

import pytest

from k8slint.values import nearest as module
from k8slint.values.nearest import MOST_COMPARED, nearest, worth_comparing

MANY = [f"value-{number:05}" for number in range(5_000)]


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The candidates that were compared letter by letter."""
    texts: list[str] = []
    original = vars(module)["_in_common"]

    def counting(places: dict[str, int], size: int, text: str) -> int:
        texts.append(text)
        return int(original(places, size, text))

    monkeypatch.setattr(module, "_in_common", counting)
    return texts


def test_the_examples_of_the_docstrings_hold() -> None:
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("word", "candidates", "expected"),
    [
        ("limit", ["limits", "requests"], "limits"),
        ("contianers", ["containers", "initContainers"], "containers"),
        ("knid", ["kind"], "kind"),
        ("Image", ["image", "imagePullPolicy"], "image"),
        ("hostnames", ["hostname", "hostAliases"], "hostname"),
        ("secretFile", ["secretName", "secretRef"], None),
        ("volume", ["value"], None),
        ("", ["a"], None),
        ("a", [], None),
        ("x" * 10_000, ["x" * 9_999], None),
    ],
)
def test_a_word_is_meant_only_if_most_of_it_is_there(word: str, candidates: list[str], expected: str | None) -> None:
    assert nearest(word, candidates) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("value-04999", "value-04999"),
        ("VALUE-00007", "value-00007"),
        ("value00042", "value-00042"),
        ("value-000042", "value-00002"),
        ("valeu-00042", "value-00042"),
        ("vlaeu-00042", None),
    ],
)
def test_among_many_a_slip_of_one_letter_is_seen(word: str, expected: str | None) -> None:
    assert nearest(word, MANY) == expected
    assert nearest(word, reversed(MANY)) == expected


@pytest.mark.parametrize("count", [MOST_COMPARED, 5_000])
def test_the_work_for_a_word_has_a_bound(compared: list[str], count: int) -> None:
    for number in range(1_000):
        nearest(f"valeu-{number:05}", MANY[:count])
    assert len(compared) <= 1_000 * MOST_COMPARED


def test_many_that_lack_the_same_letter_are_not_all_compared(compared: list[str]) -> None:
    names = [f"web{chr(number)}" for number in range(0x4E00, 0x5E00)]
    assert len(worth_comparing("webx", names)) == MOST_COMPARED
    assert nearest("webx", names) == names[0]
    assert len(compared) <= MOST_COMPARED


def test_the_index_of_many_is_made_once() -> None:
    module._shortened.cache_clear()  # noqa: SLF001 - how often it is made is what the time depends on
    for number in range(100):
        nearest(f"valeu-{number:05}", list(MANY))
    assert module._shortened.cache_info().misses == 1  # noqa: SLF001


def test_a_caller_may_have_more_compared():
    names = [f"rule-number-{number}" for number in range(MOST_COMPARED)] + ["floating-image-tag"]
    assert nearest("floating-image", names) is None
    assert nearest("floating-image", names, len(names)) == "floating-image-tag"
