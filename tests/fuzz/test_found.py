"""What fuzzing has found stays mended, and a little more of it is done in every run; seeds are fixed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.fuzz.chance import Chance
from tests.fuzz.drive import keep
from tests.fuzz.targets import TARGETS, draw, failure, run, signature

FOUND = sorted(file for file in Path(__file__).with_name("found").rglob("*") if file.is_file())
DRAWN = 40
# What is refused in a line has tested little: so many must get past that.
LEAST = {"cluster": 0.8, "snapshot": 0.9, "settings": 0.25, "pyproject": 0.25, "rules": 0.2}


def drawn(name):
    """The inputs of a small budget."""
    return (draw(name, hashlib.sha256(f"{name} {number}".encode()).digest()) for number in range(DRAWN))


@pytest.mark.parametrize("file", FOUND, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_what_was_found_is_borne(file):
    run(file.parent.name, file.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_what_is_drawn_is_borne(name):
    taken = 0
    for data in drawn(name):
        try:
            taken += run(name, data)
        except BaseException as error:
            error.add_note(f"the input: {data!r}")
            raise
    assert taken >= LEAST.get(name, 1) * DRAWN


@pytest.mark.parametrize("name", TARGETS)
def test_inputs_differ_and_the_same_bytes_draw_the_same(name):
    assert len(set(drawn(name))) > 0.8 * DRAWN
    assert draw(name, b"abc") == draw(name, b"abc")


def test_bytes_are_choices():
    chance = Chance(b"\x00" * 8)
    assert [chance.choice("abcd") for _ in range(3)] == ["a", "a", "a"]
    assert {Chance(bytes([number])).choice("abcd") for number in range(256)} == set("abcd")


def test_a_failure_is_told_and_made_smaller(monkeypatch, tmp_path):
    """A program that cannot bear a word is found out, and of the input the line with the word remains."""

    def take(data):
        if b"word" in data:
            raise AssertionError("a word")

    monkeypatch.setitem(TARGETS, "manifest", TARGETS["manifest"]._replace(take=take))
    monkeypatch.setattr("tests.fuzz.drive.FOUND", tmp_path)
    data = b"a\nb\na word\nc\n"
    assert failure("manifest", b"a\n") is None
    error = failure("manifest", data)
    assert isinstance(error, AssertionError)
    assert keep("manifest", data, signature(error)).read_bytes() == b"a word\n"


def test_a_name_that_is_left_is_told(monkeypatch):
    monkeypatch.setattr("tests.fuzz.targets.NAME", "cpu")
    node = b"apiVersion: v1\nkind: Node\nmetadata: {name: a}\nstatus: {allocatable: {cpu: 1}}\n"
    assert "a name is left" in str(failure("snapshot", node))
