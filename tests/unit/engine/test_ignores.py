from __future__ import annotations

import pytest

from k8slint.engine.ignores import ignores_of
from k8slint.engine.rule import load_rules
from k8slint.lint import lint
from k8slint.loading.composer import compose
from k8slint.loading.document import Source
from k8slint.objects.from_documents import read_source
from k8slint.project import Request
from k8slint.usage import UsageError

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
            "# k8slint: ignore[floating-image-tag, floating-image-tag]",
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

    def test_words_before_it_change_nothing(self):
        text = with_line(7, "      # by hand # k8slint: ignore[floating-image-tag]")
        assert found(text) == ([("floating-image-tag", 10)], 1)

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


def report_of(text, *rules, **how):
    return lint(Request(["-"], stdin=text.encode(), select=[*rules, "ignores"], **how))


def complaints(text, *rules, **how):
    return [(finding.rule, finding.location.line) for finding in report_of(text, *rules, **how).findings]


class TestCategories:
    def test_one_may_be_named(self):
        text = with_comment(7, "# k8slint: ignore[workload] why")
        assert found(text) == ([("floating-image-tag", 9)], 1)

    def test_one_is_unused_only_if_all_its_rules_ran(self):
        text = with_line(1, "# k8slint: file-ignore[network] why")
        assert ("unused-ignore", 1) not in complaints(text, "duplicate-node-port")
        assert ("unused-ignore", 1) in complaints(text, "network")


class TestReasons:
    @pytest.mark.parametrize(
        ("written", "reason"),
        [
            ("] loaded by hand", "loaded by hand"),
            ("]: loaded by hand, see #7", "loaded by hand, see #7"),
            ("]  -- because  # another comment", "because"),
            ("] until=2999-12-31 moved by then", "moved by then"),
            ("] until we have moved", "until we have moved"),
            ("]", ""),
            ("] # k8slint: ignore[bare-pod] other", ""),
        ],
    )
    def test_a_report_has_it(self, written, reason):
        text = with_comment(7, f"# k8slint: ignore[floating-image-tag{written}")
        assert [each.reason for each in report_of(text, "floating-image-tag").ignored] == [reason]

    def test_that_of_the_innermost_counts(self):
        text = with_comment(7, "# k8slint: ignore[floating-image-tag] inner")
        text = with_line(4, "# k8slint: ignore[workload] outer", text)
        reasons = [each.reason for each in report_of(text, "floating-image-tag").ignored]
        assert reasons == ["inner", "outer"]
        assert not complaints(text, "workload", ignore=["bare-pod"])

    def test_an_annotation_gives_it_too(self):
        text = POD.replace("{name: web}", "{name: web, annotations: {k8slint/ignore.floating-image-tag: why}}")
        assert {each.reason for each in report_of(text, "floating-image-tag").ignored} == {"why"}

    def test_one_is_asked_for_and_in_the_strict_profile_demanded(self):
        text = with_comment(7, "# k8slint: ignore[floating-image-tag, bare-pod]")
        for profile, severity in (("", "info"), ("strict", "warning")):
            report = lint(Request(["-"], stdin=text.encode(), profile=profile))
            (finding,) = (each for each in report.findings if each.rule == "ignore-without-reason")
            assert finding.severity == severity
            assert "of floating-image-tag, bare-pod" in finding.message


class TestDates:
    TEXT = with_comment(7, "# k8slint: ignore[floating-image-tag] until=2027-03-31 why")
    DAY = 1_806_451_200  # 2027-03-31

    @pytest.mark.parametrize(("seconds", "is_over"), [(-1, False), (0, False), (86_399, False), (86_400, True)])
    def test_after_the_last_day_it_hides_nothing(self, monkeypatch, seconds, is_over):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(self.DAY + seconds))
        expired = [("expired-ignore", 7)] if is_over else []
        shown = [("floating-image-tag", 7)] if is_over else []
        assert complaints(self.TEXT, "floating-image-tag") == [*shown, *expired, ("floating-image-tag", 9)]

    def test_without_the_variable_the_day_is_today(self, monkeypatch):
        monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
        assert ("expired-ignore", 7) in complaints(self.TEXT.replace("2027", "2020"))
        assert ("expired-ignore", 7) not in complaints(self.TEXT.replace("2027", "2999"))

    @pytest.mark.parametrize("day", ["soon", "2027-02-30", "2027-3-31", "20270331", ""])
    def test_what_is_no_day_is_said_and_hides_nothing(self, day):
        text = self.TEXT.replace("2027-03-31", day)
        findings = report_of(text, "floating-image-tag").findings
        (complaint,) = (each for each in findings if each.rule == "malformed-ignore")
        assert "write it as until=2027-03-31" in complaint.message
        assert ("floating-image-tag", 7) in [(each.rule, each.location.line) for each in findings]

    def test_a_variable_that_is_no_time_is_bad_use(self, monkeypatch):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
        with pytest.raises(UsageError, match=r'^SOURCE_DATE_EPOCH: "yesterday" is no number of seconds since 1970$'):
            complaints(self.TEXT)
        assert not complaints(POD)  # nobody asks for the day


class TestWork:
    """Lines are looked at once, and so are findings, however many ignores there are."""

    @staticmethod
    def nested(depth):
        lines = (f"{' ' * level}# k8slint: ignore[bare-pod] why\n{' ' * level}a:" for level in range(depth))
        return "apiVersion: x.io/v1\nkind: Foo\nmetadata: {name: a}\n" + "\n".join(lines) + "\n"

    def test_each_line_is_looked_at_once(self, monkeypatch):
        looked = []
        line = Source.line
        monkeypatch.setattr(Source, "line", lambda source, number: looked.append(number) or line(source, number))
        counts = []
        for depth in (100, 200):
            looked.clear()
            source = Source("a.yaml", self.nested(depth))
            ignores = ignores_of(read_source(source, compose(source)), load_rules())
            assert len(ignores.all) == depth
            assert [each.last for each in ignores.all] == [2 * depth + 3] * depth
            counts.append(len(looked))
        assert counts[1] <= 2 * counts[0]

    def test_an_innermost_one_is_found_among_all(self):
        source = Source("a.yaml", self.nested(200))
        ignores = ignores_of(read_source(source, compose(source)), load_rules())
        for index, ignore in enumerate(ignores.all):
            assert ignores.hiding("bare-pod", 5 + 2 * index, None) is ignore
        assert not list(ignores.complaints({"bare-pod", "unused-ignore"}, lambda _: True))
