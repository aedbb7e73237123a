from __future__ import annotations

import pytest

from k8slint.lint import Request, lint

RULES = ["floating-image-tag", "unused-ignore", "unknown-rule-in-ignore"]
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: a
      image: nginx
    - name: b
      image: nginx
"""


def found(text):
    report = lint(Request(["-"], stdin=text.encode(), select=RULES))
    return [(finding.rule, finding.location.line) for finding in report.findings], report.summary.ignored


def with_line(number, line, text=POD):
    """The text with a line put in before that of the number."""
    lines = text.splitlines()
    lines.insert(number - 1, line)
    return "\n".join(lines) + "\n"


def with_comment(number, comment, text=POD):
    lines = text.splitlines()
    lines[number - 1] += f"  {comment}"
    return "\n".join(lines) + "\n"


class TestComments:
    def test_without_one_everything_is_found(self):
        assert found(POD) == ([("floating-image-tag", 7), ("floating-image-tag", 9)], 0)

    @pytest.mark.parametrize(
        "comment",
        [
            "# k8slint: ignore[floating-image-tag] why",
            "#k8slint: ignore[floating-image-tag]",
            "##  k8slint:ignore[floating-image-tag]",
            "# other words # k8slint: ignore[floating-image-tag]",
            "# k8slint: ignore[ floating-image-tag ] why",
        ],
    )
    def test_on_the_line_it_hides_that_line(self, comment):
        assert found(with_comment(7, comment)) == ([("floating-image-tag", 9)], 1)

    @pytest.mark.parametrize(
        "comment",
        [
            "# k8slint: ignore",
            "# k8slint: ignore floating-image-tag",
            "# k8slint: ignore[]",
            "# k8slint ignore[floating-image-tag]",
            "# ignore[floating-image-tag]",
        ],
    )
    def test_anything_else_is_a_comment_like_others(self, comment):
        assert found(with_comment(7, comment)) == ([("floating-image-tag", 7), ("floating-image-tag", 9)], 0)

    def test_above_a_field_it_hides_the_field(self):
        text = with_line(7, "      # k8slint: ignore[floating-image-tag]")
        assert found(text) == ([("floating-image-tag", 10)], 1)

    def test_above_an_item_it_hides_the_item(self):
        text = with_line(6, "    # k8slint: ignore[floating-image-tag]")
        assert found(text) == ([("floating-image-tag", 10)], 1)

    def test_above_a_mapping_it_hides_all_in_it(self):
        assert found(with_line(4, "# k8slint: ignore[floating-image-tag]")) == ([], 2)

    def test_above_a_key_whose_items_are_not_indented_it_hides_them(self):
        text = POD.replace("    - ", "  - ").replace("      image", "    image")
        assert found(with_line(5, "  # k8slint: ignore[floating-image-tag]", text)) == ([], 2)

    def test_other_comments_and_blank_lines_may_stand_between(self):
        text = with_line(7, "      # k8slint: ignore[floating-image-tag]\n\n      # because")
        assert found(text) == ([("floating-image-tag", 12)], 1)

    def test_at_the_end_of_the_file_it_hides_nothing(self):
        text = POD + "# k8slint: ignore[floating-image-tag]"
        assert found(text)[0][-1] == ("unused-ignore", 10)

    def test_for_a_whole_file_it_hides_every_document(self):
        text = f"{POD}---\n# k8slint: file-ignore[floating-image-tag] generated\n{POD}"
        assert found(text) == ([], 4)

    def test_several_rules_are_named_with_commas(self):
        text = with_comment(7, "# k8slint: ignore[floating-image-tag, unused-ignore]")
        assert found(text)[1] == 1

    @pytest.mark.parametrize("break_", ["\n", "\r\n", "\r"])
    def test_lines_are_those_of_an_editor(self, break_):
        text = with_comment(7, "# k8slint: ignore[floating-image-tag]").replace("\n", break_)
        assert found(text) == ([("floating-image-tag", 9)], 1)

    def test_in_a_string_it_is_no_comment(self):
        text = POD + "    - name: 'c # k8slint: ignore[no-such-rule]'\n      args:\n        - |\n"
        text += "          # k8slint: ignore[no-such-rule]\n"
        assert [rule for rule, _ in found(text)[0]] == ["floating-image-tag"] * 2

    def test_after_a_block_of_text_it_is_one(self):
        text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: |\n    text\n"
        assert found(text + "# k8slint: ignore[no-such-rule]\n")[0] == [("unknown-rule-in-ignore", 7)]

    def test_in_a_second_document_it_counts_there(self):
        second = with_comment(7, "# k8slint: ignore[floating-image-tag]")
        assert found(f"{POD}---\n{second}")[0] == [("floating-image-tag", line) for line in (7, 9, 19)]


class TestAnnotations:
    def test_on_the_object_it_hides_the_rule_for_the_object(self):
        text = POD.replace("{name: web}", "{name: web, annotations: {k8slint/ignore.floating-image-tag: why}}")
        assert found(f"{text}---\n{POD}")[0] == [("floating-image-tag", 17), ("floating-image-tag", 19)]

    def test_on_a_workload_and_on_its_template_it_covers_the_pods(self):
        for metadata, template in ((True, False), (False, True)):
            annotations = "annotations: {k8slint/ignore.floating-image-tag: why}"
            text = f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web, {annotations if metadata else ""}}}
spec:
  selector: {{matchLabels: {{a: b}}}}
  template:
    metadata: {{labels: {{a: b}}, {annotations if template else ""}}}
    spec:
      containers: [{{name: a, image: nginx}}]
"""
            assert found(text) == ([], 1)

    def test_it_hides_nothing_of_another_object_in_the_list(self):
        quiet = "{name: a, annotations: {k8slint/ignore.floating-image-tag: why}}"
        text = "apiVersion: v1\nkind: List\nitems:\n" + "".join(
            f"- apiVersion: v1\n  kind: Pod\n  metadata: {metadata}\n  spec: {{containers: [{{image: nginx}}]}}\n"
            for metadata in (quiet, "{name: b}")
        )
        assert found(text) == ([("floating-image-tag", 11)], 1)

    @pytest.mark.parametrize("value", ["3", "null", "[a]", "{a: b}"])
    def test_only_a_text_counts(self, value):
        text = POD.replace("{name: web}", f"{{name: web, annotations: {{k8slint/ignore.floating-image-tag: {value}}}}}")
        assert len(found(text)[0]) == 2


class TestComplaints:
    def test_an_ignore_that_hides_nothing_is_told_of_at_its_place(self):
        text = with_comment(6, "# k8slint: ignore[floating-image-tag]")
        request = Request(["-"], stdin=text.encode(), select=["unused-ignore"])
        assert not lint(request).findings  # its rule was not run, so nothing is known of it
        (finding,) = lint(Request(["-"], stdin=text.encode(), select=RULES)).findings[:1]
        assert (finding.rule, finding.location.line, finding.location.column) == ("unused-ignore", 6, 34)

    def test_an_unknown_rule_is_told_of_with_the_nearest_one(self):
        text = with_comment(7, "# k8slint: ignore[floating-image-tags]")
        report = lint(Request(["-"], stdin=text.encode(), select=RULES))
        (finding,) = (finding for finding in report.findings if finding.rule == "unknown-rule-in-ignore")
        assert 'did you mean "floating-image-tag"' in finding.message

    def test_of_two_ignores_of_one_finding_both_are_used(self):
        text = with_line(4, "# k8slint: ignore[floating-image-tag]")
        assert found(with_comment(8, "# k8slint: ignore[floating-image-tag]", text)) == ([], 2)

    def test_a_file_of_nothing_but_an_ignore_harms_nobody(self):
        assert found("# k8slint: ignore[floating-image-tag]\n") == ([], 0)

    def test_in_a_document_that_cannot_be_read_the_error_can_be_ignored(self):
        text = "apiVersion: v1\nkind: [  # k8slint: ignore[syntax-error]\n"
        report = lint(Request(["-"], stdin=text.encode(), select=["syntax-error"]))
        assert not report.findings
        assert report.summary.ignored == 1
