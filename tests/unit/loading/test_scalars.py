"""What kubectl reads: each row was asked of sigs.k8s.io/yaml v1.6.0 over go.yaml.in/yaml/v2 v2.4.2, which it links."""

from __future__ import annotations

import pytest

from k8slint.loading.load import load

# What stands after `a: `, and what kubectl has for it.
VALUES = [
    ("yes", True),
    ("Yes", True),
    ("no", False),
    ("on", True),
    ("off", False),
    ("Off", False),
    ("y", True),
    ("Y", True),
    ("n", False),
    ("true", True),
    ("FALSE", False),
    ("yEs", "yEs"),
    ("tRUE", "tRUE"),
    ("", None),
    ("~", None),
    ("null", None),
    ("NULL", None),
    ("nULL", "nULL"),
    ("~x", "~x"),
    ("0", 0),
    ("010", 8),
    ("0400", 256),
    ("-010", -8),
    ("0o10", 8),
    ("0O17", 15),
    ("0o9", "0o9"),
    ("08", 8),
    ("0888", 888),
    ("09.5", 9.5),
    ("0x1F", 31),
    ("0xg", "0xg"),
    ("0b11", 3),
    ("-0b11", -3),
    ("0b12", "0b12"),
    ("0b_", "0b_"),
    ("0x_", "0x_"),
    ("1_000", 1000),
    ("1__0", 10),
    ("_1", "_1"),
    ("12:30:45", "12:30:45"),
    ("1:59:59.5", "1:59:59.5"),
    ("1e3", 1000),
    ("1E3", 1000),
    ("1e-3", 0.001),
    ("1.5e3", 1500),
    ("1e", "1e"),
    ("1.10", 1.1),
    ("1.0", 1),
    ("1.", 1),
    (".5", 0.5),
    ("-.5", -0.5),
    (".1_1", 0.11),
    ("._5", "._5"),
    (".", "."),
    ("-", [None]),
    ("+", "+"),
    ("-0", 0),
    ("2024-01-01", "2024-01-01"),
    ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z"),
    ("2024-13-01", "2024-13-01"),
    ("9223372036854775807", 2**63 - 1),
    ("9223372036854775808", 2.0**63),
    ("18446744073709551616", 2.0**64),
    ("-9223372036854775809", -(2.0**63)),
    ("0xFFFFFFFFFFFFFFFFF", "0xFFFFFFFFFFFFFFFFF"),
    ("07777777777777777777777", 7.777777777777777e21),
    ("1e400", "1e400"),
    ("9" * 5000, "9" * 5000),
    ("=", "="),
    ("<<", "<<"),
    ("1.2.3", "1.2.3"),
    ("100m", "100m"),
    ("400", 400),
    ('"yes"', "yes"),
    ("'0400'", "0400"),
    ('"1e3"', "1e3"),
    ("!!str 0400", "0400"),
    ("!!str yes", "yes"),
    ("!!str", ""),
    ("! 12", "12"),
    ("!custom 12", "12"),
    ('!!int "3"', 3),
    ("!!float 3", 3),
    ("!!bool yes", True),
    ("!!null ~", None),
    ("!!binary aGk=", "hi"),
    ("!!python/object:os.system x", "x"),
    ("[yes, 010, 1e3]", [True, 8, 1000]),
    ("{b: off}", {"b": False}),
]

REFUSED = [
    "a: .inf",
    "a: -.Inf",
    "a: .nan",
    "a: !!int x",
    "a: !!int 1e3",
    "a: !!float _1",
    "a: !!bool 1",
    "a: !!null x",
    "a: !!binary '*'",
    "~: 5",
    "? [a]\n: b",
    "{a: b}: c",
    "9223372036854775808: a",
    "a: *b",
    "a: &a [*a]",
    "<<: a",
    "a: @x",
    "a: `x",
    "a: %x",
    r'a: "\u12"',
]

KEYS = [
    ("y", "true"),
    ("off", "false"),
    ("010", "8"),
    ("0x10", "16"),
    ("1_000", "1000"),
    ("1.10", "1.1"),
    ("1.0", "1"),
    ("1e3", "1000"),
    ("1e6", "1e+06"),
    ("123456.789e3", "1.2345679e+08"),
    ("0.30000000000000004", "0.3"),
    ("1e308", ".inf"),
    (".inf", ".inf"),
    (".nan", ".nan"),
    ("1e400", "1e400"),
    ("12:30", "12:30"),
    ("2024-01-01", "2024-01-01"),
    ('"y"', "y"),
    ("=", "="),
    ("!!str 1", "1"),
    ("!!int '3'", "3"),
]


@pytest.mark.parametrize(("text", "expected"), VALUES)
def test_a_value_is_what_kubectl_reads(text, expected):
    value = read(f"a: {text}\n" if text != "-" else "a:\n- \n")["a"]
    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize(("text", "expected"), KEYS)
def test_a_key_is_what_kubectl_reads(text, expected):
    assert read(f"{text}: x\n") == {expected: "x"}


@pytest.mark.parametrize("text", REFUSED)
def test_what_kubectl_refuses_is_a_syntax_error(text):
    (document,) = load("x.yaml", text.encode()).documents
    assert document.failed
    assert [problem.rule for problem in document.problems] == ["syntax-error"]


@pytest.mark.parametrize("key", ["y", "no", "ON", "Off"])
def test_a_key_that_becomes_a_boolean_is_told_of(key):
    (document,) = load("x.yaml", f"{key}: 1\n".encode()).documents
    assert [problem.rule for problem in document.problems] == ["ambiguous-scalar"]


@pytest.mark.parametrize("key", ["true", "False", '"y"'])
def test_a_key_that_says_what_it_becomes_is_not_told_of(key):
    (document,) = load("x.yaml", f"{key}: 1\n".encode()).documents
    assert not document.problems


def read(text):
    (document,) = load("x.yaml", text.encode()).documents
    assert not document.failed, document.problems
    return document.data
