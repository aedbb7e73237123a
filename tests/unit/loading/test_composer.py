from __future__ import annotations

import codecs

import pytest

from k8slint.loading.event_composer import MAX_DEPTH, MAX_FAILURES


class TestPositions:
    def test_a_scalar_is_pointed_at_itself_and_at_its_key(self, documents, place):
        (document,) = documents("metadata:\n  name: web\n")
        assert place(document, "metadata", "name") == (2, 9, "web")
        assert place(document, "metadata", "name", key=True) == (2, 3, "name")

    def test_a_mapping_is_pointed_at_its_key(self, documents, place):
        (document,) = documents("metadata:\n  labels: {a: b}\n")
        assert place(document, "metadata", "labels") == (2, 3, "labels")

    def test_an_item_is_pointed_at_what_it_starts_with(self, documents, place):
        (document,) = documents("spec:\n  - name: a\n  - b\n")
        assert place(document, "spec", 0) == (2, 5, "name")
        assert place(document, "spec", 1) == (3, 5, "b")

    def test_an_empty_value_is_pointed_at_its_key(self, documents, place):
        (document,) = documents("spec:\n  a:\n  b: 1\n")
        assert place(document, "spec", "a") == (2, 3, "a")

    def test_a_path_that_leads_nowhere_ends_at_the_deepest_key_there_is(self, documents, place):
        (document,) = documents("spec:\n  containers:\n    - name: a\n")
        assert place(document, "spec", "containers", 0, "image") == (3, 7, "name")
        assert place(document, "spec", "volumes", 3, "name") == (1, 1, "spec")
        assert place(document, "spec", "containers", 7) == (2, 3, "containers")

    def test_a_quoted_scalar_is_pointed_at_with_its_quotes(self, documents, place):
        (document,) = documents("a: 'it''s'\nb: \"x\\ty\"\n")
        assert place(document, "a") == (1, 4, "'it''s'")
        assert place(document, "b") == (2, 4, '"x\\ty"')

    def test_a_block_scalar_ends_before_what_follows(self, documents, place):
        (document,) = documents("a: |\n  one\n  two\n# a comment\nb: 1\n")
        line, column, text = place(document, "a")
        assert (line, column) == (1, 4)
        assert text.startswith("|\n  one\n  two")
        assert "#" not in text

    def test_an_alias_is_pointed_at_where_it_stands(self, documents, place):
        (document,) = documents("a: &x 1\nb: *x\n")
        assert place(document, "b") == (2, 4, "*x")

    def test_what_is_in_an_alias_is_pointed_at_in_its_anchor(self, documents, place):
        (document,) = documents("a: &x {k: v}\nb: *x\n")
        assert place(document, "b", "k") == (1, 11, "v")

    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ("a: 1\nb: 2", 2),
            ("a: 1\r\nb: 2", 2),
            ("a: 1\rb: 2", 2),
            ("a: 1\r\n\r\n\nb: 2", 4),
            ("# \N{NEXT LINE}\na: 1\nb: 2", 3),
            ("# \N{LINE SEPARATOR}\n# \N{PARAGRAPH SEPARATOR}\nb: 2", 3),
            ("a: '\N{LINE SEPARATOR} '\nb: 2", 2),
            ("a: |\n  x\x0cy\n".replace("\x0c", " ") + "b: 2", 3),
        ],
    )
    def test_lines_are_counted_as_editors_count_them(self, documents, place, text, line):
        (document,) = documents(text)
        assert place(document, "b") == (line, 4, "2")

    @pytest.mark.parametrize("before", ["é", "漢字", "\N{GRINNING FACE}", "e\N{COMBINING ACUTE ACCENT}", "\t"])
    def test_columns_count_characters(self, documents, place, before):
        (document,) = documents(f'{{a: "{before}", b: 2}}')
        assert place(document, "b") == (1, 12 + len(before), "2")

    def test_a_byte_order_mark_takes_no_column(self, documents, place):
        (document,) = documents(codecs.BOM_UTF8 + b"a: 1")
        assert place(document, "a") == (1, 4, "1")

    def test_a_place_after_the_last_line_break_is_on_the_last_line(self, documents):
        (document,) = documents("a: [\n")
        assert document.source.position(len("a: [\n")) == (1, 6)


class TestDuplicateKeys:
    def test_the_last_one_wins_and_both_places_are_told(self, documents):
        (document,) = documents("a: 1\nb: 2\na: 3\n")
        assert document.data == {"a": 3, "b": 2}
        (problem,) = document.problems
        assert problem.rule == "duplicate-key"
        assert document.source.position(problem.span[0]) == (3, 1)
        assert [document.source.position(span[0]) for span, _ in problem.related] == [(1, 1)]

    def test_each_further_one_is_told_of(self, documents, complaints):
        found = documents("m:\n  a: 1\n  a: 2\n  'a': 3\n")
        assert complaints(found) == [("duplicate-key", 3, 3), ("duplicate-key", 4, 3)]

    def test_keys_that_become_the_same_text_are_the_same_key(self, documents, complaints):
        assert complaints(documents('1: a\n"1": b\n')) == [("duplicate-key", 2, 1)]

    def test_equal_keys_of_two_mappings_are_no_duplicates(self, documents):
        (document,) = documents("a: {x: 1}\nb: {x: 1}\n")
        assert not document.problems


class TestMergeKeys:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("a: &a {x: 1}\nb: {<<: *a}", {"x": 1}),
            ("a: &a {x: 1}\nb: {<<: *a, x: 2}", {"x": 2}),
            ("a: &a {x: 1}\nb: {x: 2, <<: *a}", {"x": 1}),
            ("a: &a {x: 1}\nc: &c {x: 2, z: 3}\nb: {<<: [*a, *c]}", {"x": 1, "z": 3}),
            ("b: {<<: {x: 1}}", {"x": 1}),
            ("b: {<<: []}", {}),
            ('b: {"<<": 1}', {"<<": 1}),
        ],
    )
    def test_they_merge_as_go_yaml_does(self, documents, text, expected):
        (document,) = documents(text)
        assert document.data["b"] == expected

    def test_an_overridden_key_is_no_duplicate(self, documents):
        (document,) = documents("a: &a {x: 1}\nb:\n  <<: *a\n  x: 2\n")
        assert not document.problems

    def test_a_key_overridden_twice_is_a_duplicate(self, documents, complaints):
        assert complaints(documents("a: &a {x: 1}\nb:\n  <<: *a\n  x: 2\n  x: 3\n")) == [("duplicate-key", 5, 3)]

    def test_merged_keys_keep_the_place_where_they_are_written(self, documents, place):
        (document,) = documents("a: &a {x: 1}\nb: {<<: *a}")
        assert place(document, "b", "x") == (1, 11, "1")

    @pytest.mark.parametrize("text", ["b: {<<: 1}", "b: {<<: }", "b: {<<: [1]}", "a: &a [x]\nb: {<<: *a}"])
    def test_what_is_no_mapping_cannot_be_merged(self, documents, complaints, text):
        assert [kind for kind, *_ in complaints(documents(text))] == ["syntax-error"]


class TestAliases:
    def test_an_alias_is_the_value_of_its_anchor(self, documents):
        (document,) = documents("a: &x [1, 2]\nb: *x\n*y : 1\n".replace("*y : 1\n", ""))
        assert document.data == {"a": [1, 2], "b": [1, 2]}

    def test_the_nearest_anchor_above_counts(self, documents):
        (document,) = documents("a: &x 1\nb: *x\nc: &x 2\nd: *x\n")
        assert document.data == {"a": 1, "b": 1, "c": 2, "d": 2}

    def test_an_alias_may_be_a_key(self, documents):
        (document,) = documents("a: &x name\n*x : web\n")
        assert document.data == {"a": "name", "name": "web"}

    def test_anchors_end_with_their_document(self, documents, complaints):
        assert complaints(documents("a: &x 1\n---\nb: *x\n")) == [("syntax-error", 3, 4)]

    @pytest.mark.parametrize("text", ["a: &x [*x]", "a: &x {b: {c: *x}}", "&x [*x]", "&x {<<: *x}"])
    def test_an_anchor_that_contains_itself_is_refused(self, documents, text):
        (document,) = documents(text)
        assert document.failed
        assert "contains itself" in document.problems[0].message

    # As sigs.k8s.io/yaml answers.
    @pytest.mark.parametrize(
        ("size", "aliases", "is_refused"),
        [(10, 4000, False), (10, 100_000, True), (1000, 110, False), (1000, 200, True), (100, 5000, True)],
    )
    def test_aliases_are_allowed_as_far_as_go_yaml_allows_them(self, documents, size, aliases, is_refused):
        text = f"a: &x [{', '.join('1' * size)}]\nb: [{', '.join(['*x'] * aliases)}]\n"
        (document,) = documents(text)
        assert document.failed is is_refused
        assert [problem.message for problem in document.problems] == (
            ["document contains excessive aliasing"] if is_refused else []
        )

    def test_a_bomb_of_aliases_is_refused(self, documents):
        lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
        lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
        (document,) = documents("\n".join(lines))
        assert document.failed

    def test_a_bomb_of_merges_is_refused(self, documents):
        lines = ["a0: &a0 {k: v}"]
        lines += [f"a{n}: &a{n}\n  <<: [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 26)]
        (document,) = documents("\n".join(lines))
        assert document.failed


class TestDepth:
    @pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ("{a: ", "}"), ("- ", ""), ("[{a: ", "}]")])
    def test_deeper_than_the_limit_is_refused(self, documents, opening, closing):
        count = MAX_DEPTH // (2 if opening == "[{a: " else 1)
        (document,) = documents(opening * count + "x" + closing * count)
        assert not document.failed
        (document,) = documents(opening * (count + 1) + "x" + closing * (count + 1))
        assert document.failed
        assert "nested deeper" in document.problems[0].message

    @pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? ", "[{a: ", '{"a":'])
    def test_a_hundred_thousand_levels_are_one_finding(self, documents, opening):
        (document,) = documents(opening * 100_000)
        assert len(document.problems) == 1


class TestDocuments:
    def test_each_has_its_place(self, documents, place):
        found = documents("a: 1\n---\nb: 2\n---\n- c\n")
        assert [document.data for document in found] == [{"a": 1}, {"b": 2}, ["c"]]
        assert place(found[1], "b") == (3, 4, "2")

    @pytest.mark.parametrize("text", ["", "---\n", "---\n---\n", "# only a comment\n", "\n\n", "---\nnull\n", "~"])
    def test_empty_ones_are_left_out(self, documents, text):
        assert documents(text) == ()

    @pytest.mark.parametrize("separator", ["---", "--- # why", "...\n---", "---\n---"])
    def test_separators_may_have_company(self, documents, separator):
        assert [document.data for document in documents(f"a: 1\n{separator}\nb: 2\n")] == [{"a": 1}, {"b": 2}]

    @pytest.mark.parametrize(
        "rest", ["apiVersion: v1", " {b: 2}", " null", " !tag", "-", "\tx", "-BEGIN CERTIFICATE-----"]
    )
    def test_nothing_but_a_comment_may_follow_a_separator(self, documents, complaints, rest):
        """What stands before it is lost as well: kubectl's error comes in its place."""
        found = documents(f"z: 0\n---\na: 1\n---{rest}\nc: 3\n---\nd: 4\n")
        assert [document.data for document in found] == [{"z": 0}, None, {"d": 4}]
        assert complaints(found) == [("syntax-error", 4, 1)]
        assert "invalid Yaml document separator" in found[1].problems[0].message

    def test_the_first_line_is_held_to_that_too(self, documents, complaints):
        assert complaints(documents("--- {a: 1}\n--- {b: 2}\n")) == [("syntax-error", 1, 1)]

    def test_a_comment_may_follow_a_separator_at_once(self, documents, place):
        found = documents("a: 1\n---# Source: x\nb: 2\n--- # y\nc: 3\n")
        assert [document.data for document in found] == [{"a": 1}, {"b": 2}, {"c": 3}]
        assert place(found[1], "b") == (3, 4, "2")

    def test_json_has_no_separators(self, documents):
        (document,) = documents('{"a": "x\n---y"}')
        assert document.data == {"a": "x ---y"}

    def test_a_bad_one_does_not_hide_the_others(self, documents, complaints):
        found = documents("a: 1\n---\nb: [\n---\nc: 3\n---\nd: }\n---\ne: 5\n")
        assert [document.data for document in found] == [{"a": 1}, None, {"c": 3}, None, {"e": 5}]
        assert [document.failed for document in found] == [False, True, False, True, False]
        assert [line for _, line, _ in complaints(found)] == [4, 7]
        assert [document.index for document in found] == [0, 1, 2, 3, 4]

    def test_what_follows_a_document_without_a_separator_is_an_error(self, documents, complaints):
        assert complaints(documents("{a: 1}\n{b: 2}\n")) == [("syntax-error", 2, 1)]
        assert complaints(documents('a: 1\n---\n{"b": 1}\n{"c": 2}\n')) == [("syntax-error", 4, 1)]

    def test_dashes_in_a_text_part_nothing(self, documents):
        (document,) = documents("a: |\n  ---\n  b\nc: --- d\n")
        assert document.data == {"a": "---\nb\n", "c": "--- d"}

    def test_after_very_many_bad_ones_it_says_that_it_stops(self, documents):
        found = documents("---\n[}\n" * (MAX_FAILURES + 5))
        assert len(found) == MAX_FAILURES
        assert found[-1].problems[0].message.endswith("this is the last one looked at")


class TestEncodings:
    @pytest.mark.parametrize(
        "data",
        [
            codecs.BOM_UTF8 + "a: é".encode(),
            codecs.BOM_UTF16_LE + "a: é".encode("utf-16-le"),
            codecs.BOM_UTF16_BE + "a: é".encode("utf-16-be"),
        ],
    )
    def test_unicode_with_a_mark_is_read(self, documents, data):
        (document,) = documents(data)
        assert document.data == {"a": "é"}

    def test_a_wrong_byte_is_one_finding_at_its_place_and_the_rest_is_read(self, documents, complaints):
        found = documents(b"a: 1\nb: caf\xe9 x\nc: 3\n")
        assert complaints(found) == [("syntax-error", 2, 7)]
        assert "0xE9" in found[0].problems[0].message
        assert found[1].data["c"] == 3

    def test_wrong_bytes_that_break_the_rest_are_one_finding(self, documents, complaints):
        assert [kind for kind, *_ in complaints(documents(b"\xff\xfe\xff[\n\x80\x81"))] == ["syntax-error"]

    @pytest.mark.parametrize("encoding", ["utf-32", "utf-16-le", "utf-16-be"])
    def test_what_kubectl_cannot_read_is_an_error(self, documents, encoding):
        (document, *_) = documents("a: b".encode(encoding))
        assert document.failed

    @pytest.mark.parametrize("code", [0x00, 0x07, 0x0B, 0x0C, 0x1B, 0x7F, 0x80, 0x9B, 0xFFFE])
    def test_a_character_that_yaml_forbids_is_named(self, documents, complaints, code):
        found = documents(f"a: 1\nb: x{chr(code)}y\n")
        assert complaints(found) == [("syntax-error", 2, 5)]
        assert f"U+{code:04X}" in found[0].problems[0].message


class TestJson:
    def test_json_is_read(self, documents):
        (document,) = documents('{\n\t"a": [1, 2.5, true, null, "x\\/y\\n"],\n\t"b": {}\n}\n')
        assert document.data == {"a": [1, 2.5, True, None, "x/y\n"], "b": {}}

    @pytest.mark.parametrize(
        ("escaped", "expected"),
        [
            (r"\ud83d\ude00", "\N{GRINNING FACE}"),
            (r"\uD83D\uDE00!", "\N{GRINNING FACE}!"),
            (r"\ud83d", "\N{REPLACEMENT CHARACTER}"),
            (r"\ude00", "\N{REPLACEMENT CHARACTER}"),
            (r"\ud83dx\ude00", "\N{REPLACEMENT CHARACTER}x\N{REPLACEMENT CHARACTER}"),
            (r"\\ud83d\\ude00", r"\ud83d\ude00"),
            (r"\u00e9", "é"),
        ],
    )
    def test_surrogate_pairs_are_one_character(self, documents, escaped, expected):
        (document,) = documents(f'{{"a": "{escaped}"}}')
        assert document.data == {"a": expected}

    # Asked of kubectl label --local.
    def test_objects_may_follow_one_another(self, documents, place):
        found = documents('{"a": 1}\n{"b": [{"c": "}{"}]} {"d": "\\""}\n')
        assert [document.data for document in found] == [{"a": 1}, {"b": [{"c": "}{"}]}, {"d": '"'}]
        assert place(found[1], "b", 0, "c") == (2, 14, '"}{"')

    def test_a_bad_one_among_them_does_not_hide_the_others(self, documents, complaints):
        found = documents('{"a": 1}\n{"b": [1,,]}\n{"c": 3}\n')
        assert [document.data for document in found] == [{"a": 1}, None, {"c": 3}]
        assert [line for _, line, _ in complaints(found)] == [2]

    @pytest.mark.parametrize("text", ['{"a": 1}\n{"b": 2} x', '{"a": 1}\n{"b": 2', '{"a": 1}\n[{"b": 2}]', '{"a": 1}}'])
    def test_what_is_no_object_may_not(self, documents, complaints, text):
        found = documents(text)
        assert found[0].data == {"a": 1}
        assert [kind for kind, *_ in complaints(found)] == ["syntax-error"]

    def test_in_yaml_half_a_character_is_an_error(self, documents, complaints):
        assert [kind for kind, *_ in complaints(documents(r'a: "\ud83d\ude00"'))] == ["syntax-error"]


class TestFlow:
    # go-yaml takes a colon inside a word in brackets; libyaml 0.1 does not.
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("a: [--listen=:8080, b]", ["--listen=:8080", "b"]),
            ("a: {image: nginx:1.27, url: http://x:80/y}", {"image": "nginx:1.27", "url": "http://x:80/y"}),
            ("a: [a:b:c]", ["a:b:c"]),
            ("a: {12:30: x}", {"12:30": "x"}),
            ('a: {b: "c:d", e: f:g}', {"b": "c:d", "e": "f:g"}),
            ("a: [x:]", ["x:"]),
            ('a: {"b":c, d: e:f}', {"b": "c", "d": "e:f"}),
        ],
    )
    def test_a_colon_in_a_word_is_part_of_it(self, documents, text, expected):
        (document,) = documents(text)
        assert document.data == {"a": expected}

    def test_the_documents_around_it_are_read_once(self, documents, place):
        found = documents("a: x:y\n---\nb: [x:y]\n---\nc: |\n  x:y\n---\nd: [\n---\ne: [x:y]\n")
        assert [document.data for document in found] == [
            {"a": "x:y"},
            {"b": ["x:y"]},
            {"c": "x:y\n"},
            None,
            {"e": ["x:y"]},
        ]
        assert place(found[1], "b", 0) == (3, 5, "x:y")


class TestTabs:
    @pytest.mark.parametrize("text", ["a:\n\tb: 1\n", "\ta: 1\n", "a:\n  - b\n\t- c\n", "a: |\n  \tx\n"])
    def test_a_tab_as_indentation_is_named(self, documents, complaints, text):
        found = documents(text)
        assert [kind for kind, *_ in complaints(found)] == ["syntax-error"]
        assert "tab" in found[0].problems[0].message

    @pytest.mark.parametrize("text", ["a:\tb\n", "a: b\t\n", "a: b\t# c\n", "a: |\n  x\n  \ty\n"])
    def test_a_tab_elsewhere_is_a_blank(self, documents, text):
        (document,) = documents(text)
        assert not document.failed


def test_a_template_is_skipped(documents):
    from k8slint.loading.load import load

    for text in ("{{ if .x }}\na: b\n{{ end }}\n", "a: b\n{{- include x }}\n", "a:\n  {{ .Values.b }}: c\n"):
        loaded = load("x.yaml", text.encode())
        assert loaded.skipped == "a template, not yet YAML"
        assert not loaded.documents


def test_broken_yaml_with_braces_in_a_string_is_no_template(documents, complaints):
    assert [kind for kind, *_ in complaints(documents("a: '{{ x }}'\nb: [\n"))] == ["syntax-error"]


def test_a_file_over_the_limit_is_not_read(monkeypatch, documents, complaints):
    monkeypatch.setattr("k8slint.loading.load.MAX_BYTES", 10)
    assert complaints(documents("a: bcdefghijkl")) == [("syntax-error", 1, 1)]


class TestEscapes:
    """go-yaml's are not quite those of the parser at hand."""

    def test_a_quote_may_be_escaped_where_it_need_not(self, documents, place):
        (document,) = documents('a: "it\\\'s"\nb: \'C:\\\'\nc: |\n  say "it\\\'s"\nd: [x:y, "\\\\\\\'"]\n')
        assert document.data == {"a": "it's", "b": "C:\\", "c": 'say "it\\\'s"\n', "d": ["x:y", "\\'"]}
        assert place(document, "b") == (2, 4, "'C:\\'")

    def test_a_slash_may_not(self, documents, complaints):
        found = documents('a: "x"\n---\nb: "c:\\/d"\n---\nc: 3\n')
        assert [document.data for document in found] == [{"a": "x"}, None, {"c": 3}]
        assert complaints(found) == [("syntax-error", 3, 7)]

    @pytest.mark.parametrize("text", ['{"a": "b\\/c"}', 'a: "\\\\/"', "a: '\\/'", 'a: |\n  "\\/"\n'])
    def test_but_in_json_and_where_it_is_none(self, documents, complaints, text):
        assert complaints(documents(text)) == []

    def test_others_are_errors(self, documents, complaints):
        assert complaints(documents('a: "it\\\'s"\nb: "\\q"\n')) == [("syntax-error", 2, 5)]


class TestMissingSeparators:
    OBJECT = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\ndata: {a: b}\n"

    @pytest.mark.parametrize("count", [2, 3])
    def test_each_is_said_once_where_it_is_missing(self, documents, complaints, count):
        found = documents("".join(self.OBJECT % name for name in "abc"[:count]))
        assert complaints(found) == [("duplicate-key", 5, 1), ("duplicate-key", 9, 1)][: count - 1]
        assert "a --- is missing before this line" in found[0].problems[0].message

    def test_the_key_that_comes_first_is_pointed_at(self, documents, complaints):
        text = self.OBJECT % "a" + "kind: Secret\nmetadata: {name: b}\napiVersion: v1\n"
        assert complaints(documents(text)) == [("duplicate-key", 5, 1)]

    def test_other_repetitions_are_said_as_they_are(self, documents, complaints):
        text = self.OBJECT % "a" + "kind: Secret\ndata: {}\n"
        assert complaints(documents(text)) == [("duplicate-key", 5, 1), ("duplicate-key", 6, 1)]

    def test_what_is_repeated_within_is_said_too(self, documents, complaints):
        text = self.OBJECT % "a" + self.OBJECT % "b, name: c"
        assert complaints(documents(text)) == [("duplicate-key", 5, 1), ("duplicate-key", 7, 21)]
