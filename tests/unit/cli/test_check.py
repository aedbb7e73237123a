from __future__ import annotations

import json
import os

import pytest

from k8slint.bundled import SCHEMAS
from k8slint.cli.options import FailLevel
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

    def test_nothing_to_check_says_where_it_looked_and_nothing_else(self, project, k8slint):
        (project / "other.yaml").write_text("jobs: {}\n")
        (project / "empty").mkdir()
        said = "k8slint: nothing to check: no Kubernetes object in "
        for path, rest in (("empty", ""), ("other.yaml", "; 1 skipped (`-v` lists them)")):
            ended = k8slint("check", path)
            assert (ended.code, ended.out, ended.err) == (2, "", f"{said}{path}{rest}\n")
        assert k8slint("check", "nowhere").out == ""
        assert json.loads(k8slint("check", "empty", "--output-format", "json").out)["findings"] == []

    def test_a_chart_by_itself_is_told_how_to_be_rendered(self, project, k8slint):
        (project / "my chart" / "templates").mkdir(parents=True)
        (project / "my chart" / "Chart.yaml").write_text("name: x\n")
        (project / "my chart" / "templates" / "a.yaml").write_text("a: {{ b }}\n")
        ended = k8slint("check", "my chart")
        assert (ended.code, ended.out) == (2, "")
        assert ended.err.endswith(
            "; 1 Helm chart was not rendered (my chart/): helm template 'my chart' | k8slint check -\n"
        )
        assert k8slint("check", "my chart", "--context", ".").code == 0

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
            (["--output-format", "html"], f"known are {', '.join(FORMATS)}"),
            (["--output-format", "json", "--output-format", "text"], "cannot share standard output"),
            (["--select", "floating-image-tags"], 'did you mean "floating-image-tag"'),
            (["--select", "documents"], 'did you mean "document"'),
            (["--ignore", "synatx-error"], 'did you mean "syntax-error"'),
            (["--profile", "strikt"], 'did you mean "strict"?'),
            (["--fail-level", "warn"], '--fail-level knows no "warn"; did you mean "warning"?'),
            (["--fail-level=x"], 'knows no "x"; known are error, warning, info, never'),
            (["-j", "abc"], '--workers takes a whole number from 0 on, not "abc"'),
            (["-jabc"], 'not "abc"'),
            (["--workers=-1"], 'not "-1"'),
            (["--fix"], "there is no option --fix; k8slint changes no files"),
            (["--strict"], "did you mean --profile strict?"),
            (["--format", "json"], "did you mean --output-format?"),
            (["--xyz"], "there is no option --xyz; `k8slint check --help` lists what there is"),
            (["--config"], "--config needs a value"),
            (["--no-color=1"], "--no-color takes no value"),
            (["--nodes", "many"], "expected a number of nodes"),
            (["--kubernetes-version", "latest"], "latest"),
            (["--contxt", "."], "--context"),
            (
                ["--output-format", "json=a.txt", "--output-format", "sarif=./a.txt"],
                "json and sarif cannot share ./a.txt",
            ),
            (["--output-format", "json=nowhere/out.json"], "nowhere/out.json: no such file or directory"),
            (["--output-format", "json=."], ".: is a directory"),
        ],
    )
    @pytest.mark.usefixtures("project")
    def test_it_is_told_what_would_be_right(self, k8slint, argv, words):
        ended = k8slint("check", "bad.yaml", *argv)
        assert ended.code == 2
        assert words in ended.err
        assert ended.err.startswith("k8slint: ")
        assert ended.err.count("\n") == 1
        assert ended.out == "" or "=" in argv[1]

    def test_a_wrong_setting_is_one_line_with_its_place(self, project, k8slint):
        (project / ".k8slint.yaml").write_text("exclud: []\n")
        ended = k8slint("check", "bad.yaml")
        assert ended.code == 2
        assert ended.err == 'k8slint: .k8slint.yaml:1:1: unknown key "exclud"; did you mean "exclude"?\n'

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

    @pytest.mark.parametrize(
        ("settings", "place", "words"),
        [
            ("ignore: [a,\n  bare-pods]\n", "1:10", 'there is no rule or category "a"'),
            ("severity:\n  bare-pods: info\n", "2:3", 'did you mean "bare-pod"?'),
            ("overrides: [{paths: [a], select: [bare-pods]}]\n", "1:35", 'did you mean "bare-pod"?'),
            ("profile: strikt\n", "1:1", 'there is no profile "strikt"; did you mean "strict"?'),
            ("kubernetes-version: '1.3'\n", "1:1", "Kubernetes 1.3 is not known"),
            ("output-format: sarrif\n", "1:1", 'there is no output format "sarrif"; did you mean "sarif"?'),
        ],
    )
    def test_a_wrong_word_is_told_with_its_place(self, project, k8slint, settings, place, words):
        (project / ".k8slint.yaml").write_text(settings)
        ended = k8slint("check", "bad.yaml")
        assert ended.code == 2
        assert ended.err.startswith(f"k8slint: .k8slint.yaml:{place}: ")
        assert words in ended.err

    def test_flags_may_be_settings(self, project, k8slint):
        (project / ".k8slint.yaml").write_text("fail-level: error\noutput-format: concise\ncolor: true\nworkers: 1\n")
        ended = k8slint("check", "bad.yaml", *PINNED)
        assert ended.code == 0
        assert ended.out.startswith("\x1b[")
        assert len(ended.out.splitlines()) == 2
        ended = k8slint("check", "bad.yaml", *PINNED, "--fail-level", "info", "--output-format", "json", "--no-color")
        assert ended.code == 1
        assert json.loads(ended.out)

    def test_variables_stand_between_flags_and_files(self, project, k8slint, monkeypatch):
        (project / ".k8slint.yaml").write_text("fail-level: error\nselect: [floating-image-tag]\n")
        assert k8slint("check", "bad.yaml").code == 0
        monkeypatch.setenv("K8SLINT_FAIL_LEVEL", "warning")
        assert k8slint("check", "bad.yaml").code == 1
        assert k8slint("check", "bad.yaml", "--fail-level", "never").code == 0
        monkeypatch.setenv("K8SLINT_FAIL_LEVEL", "")
        assert k8slint("check", "bad.yaml").code == 0

    def test_a_variable_may_name_the_settings(self, project, k8slint, monkeypatch):
        (project / "other.yaml").write_text("select: [syntax-error]\n")
        monkeypatch.setenv("K8SLINT_CONFIG", "other.yaml")
        assert k8slint("check", "bad.yaml").code == 0
        monkeypatch.setenv("K8SLINT_CONFIG", "nowhere.yaml")
        assert k8slint("check", "bad.yaml").err == "k8slint: K8SLINT_CONFIG: nowhere.yaml: no such file or directory\n"

    def test_variables_hold_what_flags_hold(self, project, k8slint, monkeypatch):
        for name, value in (
            ("KUBERNETES_VERSION", "1.33"),
            ("PROFILE", "strict"),
            ("OUTPUT_FORMAT", "json=out.json, concise"),
            ("COLOR", "false"),
            ("WORKERS", "1"),
        ):
            monkeypatch.setenv(f"K8SLINT_{name}", value)
        assert len(k8slint("check", "bad.yaml", *PINNED).out.splitlines()) == 2
        assert json.loads((project / "out.json").read_text())["kubernetesVersion"] == "1.33"

    @pytest.mark.parametrize(
        ("name", "value", "words"),
        [
            ("FAIL_LEVEL", "warn", 'K8SLINT_FAIL_LEVEL knows no "warn"; did you mean "warning"?'),
            (
                "OUTPUT_FORMAT",
                "text,sarrif=x",
                'K8SLINT_OUTPUT_FORMAT: there is no output format "sarrif"; did you mean "sarif"?',
            ),
            ("COLOR", "always", 'K8SLINT_COLOR is true or false, not "always"'),
            ("WORKERS", "many", 'K8SLINT_WORKERS is a whole number, not "many"'),
            ("PROFILE", "strikt", 'K8SLINT_PROFILE: there is no profile "strikt"; did you mean "strict"?'),
            ("KUBERNETES_VERSION", "new", 'K8SLINT_KUBERNETES_VERSION: "new" is no Kubernetes version'),
            ("CLUSTER", "nowhere.yaml", "nowhere.yaml: no such file or directory"),
        ],
    )
    @pytest.mark.usefixtures("project")
    def test_a_wrong_one_is_named(self, k8slint, monkeypatch, name, value, words):
        monkeypatch.setenv(f"K8SLINT_{name}", value)
        ended = k8slint("check", "bad.yaml")
        assert ended.code == 2
        assert words in ended.err
        assert ended.err.count("\n") == 1

    def test_the_schema_knows_every_level(self):
        contract = json.loads((SCHEMAS / "config.schema.json").read_text(encoding="utf-8"))
        assert contract["properties"]["fail-level"]["enum"] == [level.value for level in FailLevel]

    def test_what_does_nothing_is_said_once_and_changes_no_exit_code(self, project, k8slint):
        (project / ".k8slint.yaml").write_text("exclude: [vendro/]\n")
        ended = k8slint("check", ".", *PINNED)
        assert (ended.code, ended.err) == (1, 'k8slint: .k8slint.yaml:1:11: "vendro/" excludes nothing\n')
        assert not k8slint("check", "bad.yaml", *PINNED).err
        assert not k8slint("check", "bad.yaml", *PINNED, "--context", ".").err


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

    def test_the_help_names_every_format(self, k8slint):
        told = " ".join(k8slint("check", "--help").out.replace("│", " ").split())
        assert f"{', '.join(FORMATS)}; several, to files" in told

    def test_two_formats_to_one_file_leave_it_as_it_was(self, project, k8slint):
        (project / "a.txt").write_text("old")
        (project / "b.txt").symlink_to("a.txt")
        ended = k8slint("check", "bad.yaml", *PINNED, "--output-format", "json=a.txt", "--output-format", "sarif=b.txt")
        assert (ended.code, ended.out) == (2, "")
        assert ended.err == "k8slint: json and sarif cannot share b.txt; name a file for each\n"
        assert (project / "a.txt").read_text() == "old"

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

    def test_kinds_without_a_schema_are_listed_when_asked_for(self, project, k8slint):
        (project / "good.yaml").write_text("apiVersion: acme.io/v1\nkind: Order\nmetadata: {name: a}\n")
        ended = k8slint("check", "good.yaml", "-v")
        assert ended.err == "no schema for Order.acme.io/v1: 1 object\n"
        assert ended.out.endswith("Nothing wrong in what was checked.\n")

    @pytest.mark.usefixtures("project")
    def test_quiet_is_findings_and_the_verdict(self, k8slint):
        clean = k8slint("check", "good.yaml", *PINNED, "-q")
        assert (clean.code, clean.out, clean.err) == (0, "", "")
        loud = k8slint("check", "bad.yaml", *PINNED).out
        quiet = k8slint("check", "bad.yaml", *PINNED, "--quiet").out
        assert quiet.endswith("help: Name a version tag, or better a digest.\n\nFound 1 warning.\n")
        assert loud.startswith(quiet.removesuffix("Found 1 warning.\n"))
        assert k8slint("check", "bad.yaml", *PINNED, "-q", "-v").code == 2

    @pytest.mark.usefixtures("project")
    def test_statistics_stand_in_the_place_of_findings(self, k8slint):
        ended = k8slint("check", ".", *PINNED, "--statistics")
        assert ended.code == 1
        assert ended.out.startswith("1   warning   floating-image-tag   The image reference")
        assert "bad.yaml" not in ended.out
        assert k8slint("check", ".", *PINNED, "--statistics", "--output-format", "json").code == 2
        assert k8slint("check", ".", *PINNED, "--output-format", "statistics") == ended

    @pytest.mark.usefixtures("project")
    def test_what_is_below_the_least_severity_is_counted_and_fails_nothing(self, k8slint):
        ended = k8slint("check", "bad.yaml", *PINNED, "--min-severity", "error")
        assert ended.code == 0
        assert ended.out.endswith("Not shown: 1 finding below error.\nFound nothing of severity error.\n")
        assert k8slint("check", "bad.yaml", *PINNED, "--min-severity", "warning").code == 1

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


class TestGitHubActions:
    def test_the_summary_of_the_job_gets_what_the_markdown_format_says(self, project, k8slint, monkeypatch):
        (project / "summary.md").write_text("before\n")
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(project / "summary.md"))
        comment = k8slint("check", "bad.yaml", *PINNED, "--output-format", "markdown").out
        assert (project / "summary.md").read_text() == "before\n"
        k8slint("check", "bad.yaml", *PINNED, "--output-format", "github")
        assert (project / "summary.md").read_text() == f"before\n{comment}"

    def test_a_summary_stays_below_a_mebibyte_with_what_is_there(self, project, k8slint, monkeypatch):
        (project / "summary.md").write_text("x" * (2**20 - 700))
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(project / "summary.md"))
        (project / "bad.yaml").write_text("---\n".join((project / "bad.yaml").read_text() for _ in range(20)))
        assert k8slint("check", "bad.yaml", *PINNED, "--output-format", "github").code == 1
        text = (project / "summary.md").read_text()
        assert 2**20 - 400 < len(text.encode()) <= 2**20
        assert "Not shown for want of room:" in text

    def test_a_summary_that_cannot_be_written_is_said_and_no_more(self, project, k8slint, monkeypatch):
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(project / "nowhere" / "summary.md"))
        ended = k8slint("check", "good.yaml", *PINNED, "--output-format", "github")
        assert ended.code == 0
        assert "the job summary was not written: " in ended.err

    def test_what_is_ignored_is_suppressed_but_not_where_it_would_become_an_alert(self, project, k8slint, monkeypatch):
        text = (project / "bad.yaml").read_text().rstrip()
        (project / "bad.yaml").write_text(f"{text} # k8slint: ignore[floating-image-tag] by hand\n")

        def suppressions():
            ended = k8slint("check", "bad.yaml", *PINNED, "--output-format", "sarif")
            assert ended.code == 0
            return [result["suppressions"][0]["kind"] for result in json.loads(ended.out)["runs"][0]["results"]]

        assert suppressions() == ["inSource"]
        monkeypatch.setenv("GITHUB_ACTIONS", "true")
        assert suppressions() == []


class TestPaths:
    @pytest.fixture
    def repository(self, project):
        (project / "repo" / ".git").mkdir(parents=True)
        (project / "repo" / "k8s").mkdir()
        (project / "bad.yaml").rename(project / "repo" / "k8s" / "bad.yaml")
        return project / "repo"

    @pytest.mark.parametrize(
        ("folder", "path"),
        [
            ("repo", "k8s"),
            ("repo", "k8s/bad.yaml"),
            ("repo/k8s", "."),
            ("repo/k8s", ".."),
            ("repo/k8s", "../k8s/bad.yaml"),
            ("repo", "{repo}"),
            ("repo/k8s", "{repo}/k8s/bad.yaml"),
            (".", "{repo}/k8s"),
            (".", "repo"),
        ],
    )
    def test_a_file_of_a_repository_is_named_from_its_root(self, repository, k8slint, monkeypatch, folder, path):
        monkeypatch.chdir(repository.parent / folder)
        out = k8slint("check", path.format(repo=repository), *PINNED, "--output-format", "sarif").out
        (run,) = json.loads(out)["runs"]
        (result,) = run["results"]
        artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
        assert artifact == {"uri": "k8s/bad.yaml", "uriBaseId": "%SRCROOT%"}
        assert run["originalUriBaseIds"] == {"%SRCROOT%": {"uri": f"file://{repository}/"}}

    def test_a_file_outside_of_the_repository_stays_absolute(self, repository, k8slint, monkeypatch):
        (repository.parent / "other.yaml").write_bytes((repository / "k8s" / "bad.yaml").read_bytes())
        monkeypatch.chdir(repository)
        out = k8slint("check", ".", "../other.yaml", *PINNED, "--output-format", "sarif").out
        results = json.loads(out)["runs"][0]["results"]
        uris = [result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in results]
        assert sorted(uris) == [f"file://{repository.parent}/other.yaml", "k8s/bad.yaml"]
