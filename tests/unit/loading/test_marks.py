"""Where values and entries start and end, to the character: what a fix would cut out."""

from __future__ import annotations

from textwrap import dedent

import pytest

# A text, a path, what is written of the value there, and of its whole entry.
WRITTEN = [
    ("a: b # c\n", ("a",), "b", "a: b"),
    ("a:\nb: 1\n", ("a",), "", "a:"),
    ("a: 'it''s'   \n", ("a",), "'it''s'", "a: 'it''s'"),
    ("a: one\n  two # c\n\nb: 1\n", ("a",), "one\n  two", "a: one\n  two"),
    # Collections in block style end with the last that they hold.
    ("a:\n  b: 1\n  c: 2 # d\n\n# e\nf: 3\n", ("a",), "b: 1\n  c: 2", "a:\n  b: 1\n  c: 2"),
    ("a:\n  b:\n    c:\n      d\n  # e\nf:\n", ("a", "b"), "c:\n      d", "b:\n    c:\n      d"),
    ("a:\n  b:\n  c:\n# d\n", ("a",), "b:\n  c:", "a:\n  b:\n  c:"),
    ("a:\n- b\n- c # d\n# e\nf: 1\n", ("a",), "- b\n- c", "a:\n- b\n- c"),
    ("a:\n- b\n- c # d\n# e\nf: 1\n", ("a", 1), "c", "- c"),
    ("a:\n  # - x\n  -   b: 1\n      c: 2\n\n  # - y\n  - d\n", ("a", 0), "b: 1\n      c: 2", "-   b: 1\n      c: 2"),
    ("a:\n  # - x\n  - b\n\n  # - y\n  - # - z\n    d\n", ("a", 1), "d", "- # - z\n    d"),
    ("a:\n  -\n  - b\n", ("a", 0), "", "-"),
    ("a:\n  -\n  - b\n", ("a", 1), "b", "- b"),
    ("- - a\n  - b\n- - c\n", (0,), "- a\n  - b", "- - a\n  - b"),
    ("- - a\n  - b\n- - c\n", (0, 1), "b", "- b"),
    ("- - a\n  - b\n- - c\n", (1, 0), "c", "- c"),
    ("- - a\n  - b\n- - c\n", (), "- - a\n  - b\n- - c", None),
    ("# c\n\na: 1\nb:\n  - x\n\n# d\n", (), "a: 1\nb:\n  - x", None),
    # In flow style from bracket to bracket.
    ("a: [b, [c, {d: e}, ], []] # ]\nf: 1\n", ("a",), "[b, [c, {d: e}, ], []]", "a: [b, [c, {d: e}, ], []]"),
    ("a: [b, [c, {d: e}, ], []] # ]\nf: 1\n", ("a", 1), "[c, {d: e}, ]", "[c, {d: e}, ]"),
    ("a: [b, [c, {d: e}, ], []] # ]\nf: 1\n", ("a", 1, 1), "{d: e}", "{d: e}"),
    ("a: [b, [c, {d: e}, ], []] # ]\nf: 1\n", ("a", 1, 1, "d"), "e", "d: e"),
    ("a: [b, [c, {d: e}, ], []] # ]\nf: 1\n", ("a", 2), "[]", "[]"),
    ("a: {\n  b: [\n    c\n  ]\n} # d\n", ("a",), "{\n  b: [\n    c\n  ]\n}", "a: {\n  b: [\n    c\n  ]\n}"),
    ("a:\n  {}\nb: 1\n", ("a",), "{}", "a:\n  {}"),
    ("a:\n  - [b]\n  - {c: d}\n# ]\n", ("a",), "- [b]\n  - {c: d}", "a:\n  - [b]\n  - {c: d}"),
    ("a:\n  - [b]\n  - {c: d}\n# ]\n", ("a", 1), "{c: d}", "- {c: d}"),
    ('{"a": [1, 2], "b": {}}\n', (), '{"a": [1, 2], "b": {}}', None),
    ("a: [b: c, d]\n", ("a", 0), "b: c", "b: c"),
    # Block scalars end before the last line break; blank lines are left to what keeps them.
    ("a: |\n  b\n    c\n\n# d\ne: 1\n", ("a",), "|\n  b\n    c", "a: |\n  b\n    c"),
    ("a: |+\n  b\n\n\nc: 1\n", ("a",), "|+\n  b\n\n", "a: |+\n  b\n\n"),
    ("a:\n  b: >- # c\n    d\n\n\ne: 1\n", ("a",), "b: >- # c\n    d", "a:\n  b: >- # c\n    d"),
    ("a:\n  b: |+\n    c\n\nd: 1\n", ("a",), "b: |+\n    c\n", "a:\n  b: |+\n    c\n"),
    ("a:\n  - |\n    b  \n\n  - c\n", ("a", 0), "|\n    b  ", "- |\n    b  "),
    ("a:\n  - |\n    b\n\n  - c\n", ("a", 1), "c", "- c"),
    ("a: |\n  b", ("a",), "|\n  b", "a: |\n  b"),
    # Anchors and tags belong to their value.
    ("a: &x\n  b: 1\nc: 2\n", ("a",), "&x\n  b: 1", "a: &x\n  b: 1"),
    ("a: &x [b] # c\n", ("a",), "&x [b]", "a: &x [b]"),
    ("a: !!seq\n- &x b\n- !t c # d\n", ("a", 1), "!t c", "- !t c"),
    ("a: &x # - c\n  # - d\n  - b\n", ("a", 0), "b", "- b"),
    ("a: !t |+\n  b\n\nc: 1\n", ("a",), "!t |+\n  b\n", "a: !t |+\n  b\n"),
    # An alias is where it stands, what is in it, where its anchor has it.
    ("a: &x {b: 1}\nc: *x # d\n", ("c",), "*x", "c: *x"),
    ("a: &x {b: 1}\nc: *x # d\n", ("c", "b"), "1", "b: 1"),
    ("a: &x {b: 1}\nc:\n- *x\n- d\n", ("c", 0), "*x", "- *x"),
    ("a: &x {b: 1}\nc:\n- *x\n- d\n", ("c", 1), "d", "- d"),
    ("a: &x {b: 1}\nc:\n- *x\n- *x\n# e\nd: 1\n", ("c",), "- *x\n- *x", "c:\n- *x\n- *x"),
    ("a: &x\n- b\nc: *x\n", ("c", 0), "b", "- b"),
    ("a: &x {b: 1}\nc:\n  d: 2\n  <<: *x\n\ne: 3\n", ("c",), "d: 2\n  <<: *x", "c:\n  d: 2\n  <<: *x"),
    ("a: &x {b: 1}\nc:\n  d: 2\n  <<: *x\n\ne: 3\n", ("c", "b"), "1", "b: 1"),
    # Of a key that is written twice, the last; the mapping reaches to it.
    ("a:\n  b: 1\n  c: 2\n  b: 3 # d\n", ("a",), "b: 1\n  c: 2\n  b: 3", "a:\n  b: 1\n  c: 2\n  b: 3"),
    ("a:\n  b: 1\n  c: 2\n  b: 3 # d\n", ("a", "b"), "3", "b: 3"),
]


def ids(cases):
    return [f"{text!r} {path}" for text, path, *_ in cases]


def cut(document, span):
    return None if span is None else document.source.text[slice(*span)]


@pytest.mark.parametrize("before", ["", "---\n", "x: 1\n--- # - c\n", "# - c\n\n"], ids=repr)
@pytest.mark.parametrize("case", WRITTEN, ids=ids(WRITTEN))
def test_values_and_entries_reach_as_far_as_what_they_hold(documents, case, before):
    text, path, value, entry = case
    document = documents(before + text)[-1]
    assert cut(document, document.marks.span(path)) == value
    assert cut(document, document.marks.entry(path)) == entry


@pytest.mark.parametrize("line_break", ["\r\n", "\r"], ids=repr)
@pytest.mark.parametrize("case", WRITTEN, ids=ids(WRITTEN))
def test_other_line_breaks_end_them_too(documents, case, line_break):
    text, path, value, entry = case
    (document,) = documents(text.replace("\n", line_break))
    assert cut(document, document.marks.span(path)) == value.replace("\n", line_break)
    assert cut(document, document.marks.entry(path)) == (entry and entry.replace("\n", line_break))


def test_each_document_ends_by_itself(documents):
    first, second = documents("a:\n  - b\n\n# c\n---\n\n# d\n  - e: |\n      f\n\n---\n# g\n")
    assert cut(first, first.marks.span(())) == "a:\n  - b"
    assert cut(second, second.marks.span(())) == "- e: |\n      f"


def test_a_key_has_a_span_and_an_item_has_none(documents):
    (document,) = documents("a: &x {'b': [c]}\nd: *x\n")
    assert cut(document, document.marks.span(("a", "b"), key=True)) == "'b'"
    assert cut(document, document.marks.span(("d",), key=True)) == "d"
    assert document.marks.span(("a", "b", 0), key=True) is None


@pytest.mark.parametrize("path", [("b",), ("a", 2), ("a", "c"), ("a", 0, "x"), (0,)])
def test_what_is_not_there_has_no_span(documents, path):
    (document,) = documents("a: [b, c]\n")
    assert document.marks.span(path) is None
    assert document.marks.entry(path) is None


def test_what_cannot_be_read_has_no_span(documents):
    (document,) = documents("a: [b\n")
    assert document.failed
    assert document.marks.span(()) is None
    assert document.marks.entry(("a",)) is None
    assert document.scalars() == ()


def test_a_finding_points_at_a_key_or_scalar_whatever_is_asked_before(documents):
    (document,) = documents(
        dedent("""
        spec:
          containers:
            - name: web
              ports: [{containerPort: 80}]
        """)
    )
    for _ in range(2):
        for path, pointed in {
            ("spec",): "spec",
            ("spec", "containers"): "containers",
            ("spec", "containers", 0): "name",
            ("spec", "containers", 0, "ports"): "ports",
            ("spec", "containers", 0, "ports", 0): "containerPort",
            (): "spec",
        }.items():
            assert cut(document, document.span(path)) == pointed
        assert document.marks.span(("spec",)) is not None


def test_the_parts_of_a_wide_mapping_are_all_found(documents):
    (document,) = documents("".join(f"k{number}:\n  - {number}\n" for number in range(100)))
    found = [cut(document, document.marks.entry((f"k{number}",))) for number in range(100)]
    assert found == [f"k{number}:\n  - {number}" for number in range(100)]


def test_an_empty_value_at_the_end_of_a_text_with_a_slash_escaped_is_read(documents):
    (document,) = documents("a: !t b\\/c\nd:")
    assert document.data == {"a": "b\\/c", "d": None}
    assert cut(document, document.marks.entry(("d",))) == "d:"
