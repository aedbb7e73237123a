from __future__ import annotations

import json
import os

import pytest

from k8slint.report import FORMATS

PINNED = ("--select", "floating-image-tag,document")


class TestExitCodes:
    @pytest.mark.parametrize(
        ("argv", "code"),
        [
            (["good.yaml"], 0),
            (["bad.yaml"], 1),
            (["."], 1),
            ([], 1),
            (["-f", "bad.yaml"], 1),
            (["-f", "good.yaml", "--filename", "bad.yaml", "-R"], 1),
            (["bad.yaml", "--fail-level", "warning"], 1),
            (["bad.yaml", "--fail-level", "info"], 1),
            (["bad.yaml", "--fail-level", "error"], 0),
            (["bad.yaml", "--fail-level", "never"], 0),
            (["nowhere.yaml"], 2),
            (["bad.yaml", "nowhere.yaml"], 2),
            (["bad.yaml", "nowhere.yaml", "--fail-level", "never"], 2),
            (["empty"], 2),
            (["other.yaml"], 2),
            (["empty", "--context", "."], 0),
            (["other.yaml", "--context", "."], 0),
            (["bad.yaml", "--context", "."], 1),
            (["good.yaml", "--context", "."], 0),
            (["bad.yaml", "--no-such-flag"], 2),
            (["bad.yaml", "--output-format", "sarrif"], 2),
            (["bad.yaml", "--kubernetes-version", "newest"], 2),
            (["bad.yaml", "--config", "nowhere.yaml"], 2),
            (["bad.yaml", "--cluster", "nowhere.yaml"], 2),
            (["bad.yaml", "--workers", "-1"], 2),
            (["bad.yaml", "--workers", "many"], 2),
        ],
    )
    def test_they_are_as_promised(self, project, k8slint, argv, code):
        (project / "empty").mkdir()
        (project / "other.yaml").write_text("jobs: {}\n")
        ended = k8slint("check", *argv, *PINNED)
        assert ended.code == code
        assert "Traceback" not in ended.err

    def test_a_syntax_error_is_a_finding(self, project, k8slint):
        (project / "broken.yaml").write_text("apiVersion: v1\nkind: [\n")
        ended = k8slint("check", "broken.yaml")
        assert ended.code == 1
        assert "error[syntax-error]" in ended.out

    @pytest.mark.parametrize(
        ("stdin", "code"), [(b"", 2), (b"a: b\n", 2), (b"a: [\n", 2), (b"\x00\xff", 2), (b"kind: [\napiVersion: v1", 1)]
    )
    def test_of_standard_input(self, k8slint, stdin, code):
        assert k8slint("check", "-", stdin=stdin).code == code

    def test_nothing_to_check_says_where_it_looked(self, project, k8slint):
        (project / "other.yaml").write_text("jobs: {}\n")
        ended = k8slint("check", "other.yaml")
        assert ended.err == "k8slint: nothing to check: no Kubernetes object in other.yaml\n"

    @pytest.mark.usefixtures("project")
    def test_what_could_not_be_read_is_said_on_stderr(self, k8slint):
        ended = k8slint("check", "bad.yaml", "nowhere.yaml", *PINNED)
        assert ended.err == "k8slint: nowhere.yaml: no such file or directory\n"
        assert "floating-image-tag" in ended.out


class TestWrongUse:
    @pytest.mark.parametrize(
        ("argv", "words"),
        [
            (["--output-format", "sarrif"], 'did you mean "sarif"'),
            (["--output-format", "html"], "known are text, concise, json, sarif, github, gitlab, junit"),
            (["--output-format", "json", "--output-format", "text"], "cannot share standard output"),
            (["--select", "floating-image-tags"], 'did you mean "floating-image-tag"'),
            (["--select", "documents"], 'did you mean "document"'),
            (["--ignore", "synatx-error"], 'did you mean "syntax-error"'),
            (["--profile", "strikt"], "known are default"),
            (["--fail-level", "eror"], "'error', 'warning', 'info', 'never'"),
            (["--nodes", "many"], "expected a number of nodes"),
            (["--kubernetes-version", "latest"], "latest"),
            (["--contxt", "."], "--context"),
            (["--output-format", "json=nowhere/out.json"], "nowhere/out.json: no such file or directory"),
            (["--output-format", "json=."], ".: is a directory"),
        ],
    )
    @pytest.mark.usefixtures("project")
    def test_it_is_told_what_would_be_right(self, k8slint, argv, words):
        ended = k8slint("check", "bad.yaml", *argv)
        assert ended.code == 2
        assert words in ended.err
        assert ended.out == "" or "=" in argv[1]

    def test_a_wrong_setting_is_one_line_with_its_place(self, project, k8slint):
        (project / ".k8slint.yaml").write_text("exclud: []\n")
        ended = k8slint("check", "bad.yaml")
        assert ended.code == 2
        assert ended.err == 'k8slint: .k8slint.yaml:1: unknown key "exclud"; did you mean "exclude"?\n'

    def test_what_a_file_says_cannot_steer_the_terminal(self, project, k8slint):
        (project / ".k8slint.yaml").write_text('"\\e[31m\\u202e": []\n')
        ended = k8slint("check", "bad.yaml")
        assert ended.code == 2
        assert "\x1b" not in ended.err
        assert "\u202e" not in ended.err
        assert r"\x1b[31m" in ended.err


class TestSettings:
    def test_the_nearest_above_all_the_paths_count(self, project, k8slint):
        for folder, rule in (("a", "floating-image-tag"), ("b", "syntax-error")):
            (project / folder).mkdir()
            (project / folder / "bad.yaml").write_bytes((project / "bad.yaml").read_bytes())
            (project / folder / ".k8slint.yaml").write_text(f"ignore: [{rule}]\n")
        assert k8slint("check", "a/bad.yaml", *PINNED).code == 0
        assert k8slint("check", "b/bad.yaml", *PINNED).code == 1
        one, other = (k8slint("check", *paths, *PINNED) for paths in (["a", "b"], ["b", "a"]))
        assert one == other
        assert one.code == 1

    def test_a_named_file_counts_instead(self, project, k8slint):
        (project / ".k8slint.yaml").write_text("select: [syntax-error]\n")
        (project / "other.yaml").write_text("select: [floating-image-tag]\n")
        assert k8slint("check", "bad.yaml").code == 0
        assert k8slint("check", "bad.yaml", "--config", "other.yaml").code == 1

    @pytest.mark.usefixtures("project")
    def test_lists_may_be_written_with_commas(self, k8slint):
        assert k8slint("check", "bad.yaml", "--select", " syntax-error , floating-image-tag,").code == 1


class TestOutput:
    def test_every_format_can_be_written_in_one_run(self, project, k8slint):
        flags = [flag for name in FORMATS for flag in ("--output-format", f"{name}=out.{name}")]
        ended = k8slint("check", "bad.yaml", *PINNED, *flags)
        assert (ended.code, ended.out, ended.err) == (1, "", "")
        for name in FORMATS:
            alone = k8slint("check", "bad.yaml", *PINNED, "--output-format", name)
            assert (project / f"out.{name}").read_text() == alone.out
            assert alone.out.endswith("\n")
        assert sorted(path.name for path in project.iterdir() if path.name.startswith(".")) == []

    def test_one_format_goes_to_stdout_beside_files(self, project, k8slint):
        ended = k8slint("check", "bad.yaml", *PINNED, "--output-format", "concise", "--output-format", "json=out.json")
        assert ended.out.startswith("bad.yaml:4:38: warning[floating-image-tag]")
        assert json.loads((project / "out.json").read_text())["findings"]

    def test_a_report_replaces_what_was_there(self, project, k8slint):
        (project / "out.json").write_text("x" * 100_000)
        k8slint("check", "bad.yaml", *PINNED, "--output-format", "json=out.json")
        json.loads((project / "out.json").read_text())

    def test_a_link_is_written_through(self, project, k8slint):
        (project / "target.json").write_text("old")
        (project / "out.json").symlink_to("target.json")
        k8slint("check", "bad.yaml", *PINNED, "--output-format", "json=out.json")
        assert (project / "out.json").is_symlink()
        json.loads((project / "target.json").read_text())

    def test_a_pipe_gets_the_report_and_stays_a_pipe(self, project, k8slint):
        os.mkfifo(project / "pipe")
        reader = os.open(project / "pipe", os.O_RDONLY | os.O_NONBLOCK)
        try:
            k8slint("check", "bad.yaml", *PINNED, "--output-format", "json=pipe")
            json.loads(os.read(reader, 1 << 16))
        finally:
            os.close(reader)
        assert (project / "pipe").is_fifo()

    @pytest.mark.usefixtures("project")
    def test_a_device_stays_a_device(self, k8slint):
        assert k8slint("check", "bad.yaml", *PINNED, "--output-format", "json=/dev/null").code == 1
        assert not os.path.isfile("/dev/null")

    @pytest.mark.usefixtures("project")
    def test_colours_are_only_there_if_asked_for(self, k8slint):
        assert "\x1b" not in k8slint("check", "bad.yaml", *PINNED).out
        assert "\x1b" in k8slint("check", "bad.yaml", *PINNED, "--color").out

    def test_skipped_files_are_listed_when_asked_for(self, project, k8slint):
        (project / "ci.yaml").write_text("jobs: {}\n")
        ended = k8slint("check", ".", *PINNED, "--verbose")
        assert ended.err == "skipped ci.yaml:1: no apiVersion and kind\n"
        assert not k8slint("check", ".", *PINNED).err

    def test_standard_input_is_named_as_asked(self, k8slint, project):
        text = (project / "bad.yaml").read_bytes()
        flags = ("--output-format", "concise")
        assert k8slint("check", "-", *PINNED, *flags, stdin=text).out.startswith("<stdin>:4:38:")
        named = k8slint("check", "-", *PINNED, *flags, "--stdin-filename", "rendered.yaml", stdin=text)
        assert named.out.startswith("rendered.yaml:4:38:")

    @pytest.mark.usefixtures("project")
    def test_the_order_of_paths_changes_nothing(self, k8slint):
        one, other = (
            k8slint("check", *paths, *PINNED) for paths in (["bad.yaml", "good.yaml"], ["good.yaml", "bad.yaml"])
        )
        assert one == other
