"""What is read by lines, and what is left to the parser; that both are the same is tested in tests/hostile."""

from __future__ import annotations

import pytest

from k8slint.loading.block_reader import Known, read_lines

READ = {
    "a: b\n": {"a": "b"},
    "a: b": {"a": "b"},
    "# c\n\na: 1 # c\n": {"a": 1},
    "a:\n  b: {}\n  c: []\n  d:\n": {"a": {"b": {}, "c": [], "d": None}},
    "a:\n- b\n- c: 1\n  d: 2\n-\n  e: 3\n": {"a": ["b", {"c": 1, "d": 2}, {"e": 3}]},
    "a:\n  - - b\n    - c\n": {"a": [["b", "c"]]},
    "'a': \"b # c\"\n\"d\": 'e: f'\n": {"a": "b # c", "d": "e: f"},
    "a: 'it''s'\nb: \"x\\ty\\\\\"\n": {"a": "it's", "b": "x\ty\\"},
    "a: one\n  two\n\n  three\n": {"a": "one two\nthree"},
    "a:\n  one\n  two\n": {"a": "one two"},
    "a: 'one\n  two'\nb: \"one \\\n  two\\\n\n  three\"\n": {"a": "one two", "b": "one two\nthree"},
    "a: |\n  one\n    two\n\n  three\n\nb: |-\n  x\nc: |+\n  y\n\n": {
        "a": "one\n  two\n\nthree\n",
        "b": "x",
        "c": "y\n\n",
    },
    "a: >-\n  one\n  two\n\n  three\n    four\n": {"a": "one two\nthree\n  four"},
    "a: |\n  x": {"a": "x"},
    "a: [b, 'c', \"d\", 1, -x, {e: f}, sleep 10]\n": {"a": ["b", "c", "d", 1, "-x", {"e": "f"}, "sleep 10"]},
    '{\n  "a": [\n    1\n  ],\n  "b": {}\n}\n': {"a": [1], "b": {}},
    "a: b:c\nhttp://x: z\n": {"a": "b:c", "http://x": "z"},
    "a: -b\n": {"a": "-b"},
    "a: yes\nb: 0400\nc: ~\n": {"a": True, "b": 256, "c": None},
}
DECLINED = [
    "a: &x b\nc: *x\n",
    "a: !!str 1\n",
    "? a\n: b\n",
    "<<: {a: b}\n",
    "a: 1\na: 2\n",
    "yes: 1\n",
    "a: b: c\n",
    "a: b\n  c: d\n",
    "a:\n\tb: c\n",
    "a: b\r\n",
    "a: |2\n   x\n",
    "a: [b\n",
    "a: 'b\n",
    'a: "\\x41"\n',
    "a: .inf\n",
    "%YAML 1.1\n---\na: b\n",
    "a: b\n...\n",
    "--- a\n",
    "a: x\x07\n",
    "a: x\x85y\n",
    " a: 1\nb: 2\n",
    "a: |\n  \ttabs\n",
    "- " * 50 + "a\n",
]


@pytest.mark.parametrize(("text", "data"), READ.items())
def test_what_is_read(text, data):
    read = read_lines(text)
    assert read is not None
    assert [each for each, _, _ in read] == [data]


@pytest.mark.parametrize("text", DECLINED)
def test_what_is_declined(text):
    assert read_lines(text) is None


def test_documents_that_hold_nothing_are_left_out():
    read = read_lines("---\n# nothing\n---\na: 1\n---\n---\nb: 2\n")
    assert read is not None
    assert [(data, start) for data, _, start in read] == [({"a": 1}, 17), ({"b": 2}, 30)]


def test_what_is_known_of_lines_has_an_end():
    known = Known()
    read = read_lines("".join(f"k{number}: v\n" for number in range(120_000)), known)
    assert read is not None
    assert len(read[0][0]) == 120_000
    assert 0 < len(known) <= 50_000


def test_lines_that_are_known_are_read_as_the_first_time():
    known = Known()
    for text, data in 2 * [*READ.items(), *dict.fromkeys(DECLINED).items()]:
        read = read_lines(text, known)
        assert (read and [each for each, _, _ in read]) == (data and [data])
