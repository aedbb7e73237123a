"""Our patterns are those of RE2."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8slint.values.automaton import Automaton
from k8slint.values.expressions import DeclinedError

PIECES = st.sampled_from(
    [
        *"ab-.^$|()[]*+?{}\\10 \né",
        *("(?:", "[^", "a-b", "[a-b]", "[^a]", "[]", "{2}", "{0,2}", "{1,}", "**", "(?i)", "(?P<a>", "[[:alpha:]]"),
        *(r"\d", r"\S", r"\W", r"\s", r"\v", r"\.", r"\-", r"\n", r"\x61", r"\x{e9}", r"\z", r"\A", r"\b", r"\pL"),
    ]
)


@given(st.lists(PIECES, max_size=9).map("".join), st.text("ab-.10 \n\vé]", max_size=8))
def test_whatever_pattern_we_read_means_what_re2_makes_of_it(pattern, text):
    re2 = pytest.importorskip("re2")
    options = re2.Options()
    options.log_errors = False
    try:
        ours = Automaton(pattern)
    except DeclinedError:
        return
    assert ours.occurs_in(text) == (re2.compile(pattern, options).search(text) is not None)
