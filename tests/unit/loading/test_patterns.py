from __future__ import annotations

import subprocess
import sys

import pytest

from k8slint.loading.patterns import compiled

# Each for a reason of its own: a range the wrong way round, classes that google-re2 refuses, what pathspec refuses and
# what it drops without a word, more than google-re2 compiles, half a character.
MALFORMED = ["[z-a]", "[[:zz:]]/", "[a--b]", "a[", "!", "a\\", "x" * 100_000, "\ud800"]
SOUND = ["*.gen.yaml", "!keep.gen.yaml", "vendor/", "", "# a comment", "/", "[a&&b]", "//"]


@pytest.mark.parametrize("line", MALFORMED, ids=lambda line: line[:9].encode("unicode_escape").decode())
def test_a_malformed_one_is_left_out_and_named(line):
    patterns = compiled(["a.yaml", line, "b.yaml"])
    assert patterns.malformed == (1,)
    assert patterns.verdict("a.yaml")
    assert patterns.verdict("b.yaml")
    assert patterns.verdict("c.yaml") is None


@pytest.mark.parametrize("line", SOUND)
def test_a_sound_one_is_not(line):
    assert compiled([line]).malformed == ()


def test_the_last_one_that_matches_counts():
    patterns = compiled(SOUND)
    paths = ("a.gen.yaml", "keep.gen.yaml", "vendor/", "vendor", "deep/vendor/a", "a.yaml")
    assert [patterns.verdict(path) for path in paths] == [True, False, True, None, True, None]


def test_more_than_fit_into_one_set_still_match_in_order():
    lines = [f"{number}.yaml" for number in range(1_500)]
    patterns = compiled([*lines, "!7.yaml", "[z-a]"])
    assert patterns.malformed == (1_501,)
    assert patterns.verdict("1499.yaml")
    assert patterns.verdict("7.yaml") is False


def test_a_name_that_is_no_text_can_be_matched():
    patterns = compiled(["vendor/"])
    assert patterns.verdict("vendor/\udcff.yaml")
    assert patterns.verdict("\udcff.yaml") is None


def test_nothing_is_said_on_standard_error():
    code = f"from k8slint.loading.patterns import compiled; compiled({[*MALFORMED[:-1], *SOUND]!r})"
    process = subprocess.run([sys.executable, "-W", "always", "-c", code], check=True, capture_output=True, text=True)
    assert not process.stderr
