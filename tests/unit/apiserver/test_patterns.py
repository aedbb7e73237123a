from __future__ import annotations

import sys

import pytest

from k8slint.apiserver.custom import patterns
from k8slint.apiserver.custom.patterns import can_judge, matches_pattern
from k8slint.values.automaton import Automaton
from k8slint.values.expressions import DeclinedError

SUBDOMAIN = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"


@pytest.fixture(params=["RE2", "our own"])
def engine(request, monkeypatch):
    """Each of the two that judge patterns."""
    if request.param == "RE2":
        pytest.importorskip("re2")
    else:
        monkeypatch.setitem(sys.modules, "re2", None)
    known = (patterns._re2, patterns._compiled, patterns._automaton, matches_pattern)  # noqa: SLF001 - else the other answers
    for each in known:
        each.cache_clear()
    yield request.param
    for each in known:
        each.cache_clear()


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("b", "abc", True),
        ("^b", "abc", False),
        ("^a$", "a\n", False),
        ("a.c", "a\nc", False),
        ("^[^a]$", "\n", True),
        (r"^\s$", "\v", False),
        (r"^\d$", "٣", False),
        ("^[0-9a-z-.]+$", "a-1.b", True),
        ("^[]a]$", "]", True),
        ("^(a|)$", "", True),
        ("^a{2,3}$", "aaaa", False),
        (SUBDOMAIN, "a.b-c.d", True),
        (SUBDOMAIN, "a.-b", False),
        ("(a*)*$", "b", True),
        ("^(a+)+$", "a" * 5_000 + "b", False),
        ("(?!a)b", "x", True),
        ("a{1001}", "x", True),
        ("a", "\ud800", True),
    ],
    ids=[
        "occurrence counts",
        "anchors hold",
        "$ is the very end",
        "a dot is no end of line",
        "what is not in a class may be one",
        "a vertical tab is no space",
        "digits are those of ASCII",
        "a dash after a range is a dash",
        "a bracket that comes first is a bracket",
        "nothing is an alternative",
        "repeats end",
        "names of Kubernetes",
        "no name of Kubernetes",
        "repeats of nothing end",
        "no time is lost in nested repeats",
        "Go has no lookahead",
        "nor long repeats",
        "half a surrogate is not judged",
    ],
)
@pytest.mark.usefixtures("engine")
def test_patterns_are_read_as_go_reads_them(pattern, text, matches):
    assert matches_pattern(text, pattern) == matches


@pytest.mark.parametrize("pattern", [r"^\p{L}+$", "(?i)abort", r"\bword\b", "^(?P<name>a)$", "^[[:alpha:]]$"])
def test_what_only_re2_reads_is_taken_as_met_without_it(engine, pattern):
    assert can_judge(pattern) == (engine == "RE2")
    assert matches_pattern("1", pattern) == (engine != "RE2")


@pytest.mark.parametrize(
    "pattern",
    ["a" * 2_001, "(" * 60 + ")" * 60, "(a{100}){100}", "((){1000}){1000}", "(", ")", "*", "a**", "[b-a]", "[a", "\\"],
)
def test_what_is_too_large_or_no_expression_is_declined(pattern):
    with pytest.raises(DeclinedError):
        Automaton(pattern)
