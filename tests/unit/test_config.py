from __future__ import annotations

import os
import re

import pytest

from k8slint.config import Config, find_config, read_config
from k8slint.finding import Severity
from k8slint.usage import UsageError

FULL = """\
version: 1
kubernetes-version: "1.33"
profile: strict
select: [storage]
ignore: [floating-image-tag]
severity: {floating-image-tag: info}
exclude: [vendor/, "*.gen.yaml", "!keep.gen.yaml"]
externals: [Secret/*/regcred, StorageClass/gp3]
crds: [crds/]
cluster: cluster.yaml
fail-level: error
output-format: concise
color: false
workers: 2
overrides:
  - paths: ["dev/**"]
    ignore: [document]
    severity: {syntax-error: warning}
  - paths: ["dev/special/*.yaml"]
    select: [document]
"""


@pytest.fixture
def project(project, tmp_path):
    """The folder is a repository."""
    (tmp_path / ".git").mkdir()
    return project


def said(config):
    """What the settings say, wherever that is written."""
    return {name: getattr(config, name) for name in Config.__match_args__ if name != "written"}


class TestReading:
    def test_every_key_arrives(self, project):
        root = project({".k8slint.yaml": FULL})
        config = read_config(root / ".k8slint.yaml")
        assert config.folder == str(root)
        assert config.kubernetes_version == "1.33"
        assert config.profile == "strict"
        assert config.select == ("storage",)
        assert config.ignore == ("floating-image-tag",)
        assert config.severity == {"floating-image-tag": Severity.INFO}
        assert config.externals == ("Secret/*/regcred", "StorageClass/gp3")
        assert config.crds == ("crds/",)
        assert config.cluster == "cluster.yaml"
        assert config.fail_level == "error"
        assert config.output_format == ("concise",)
        assert config.color is False
        assert config.workers == 2
        assert config.overrides[0].severity == {"syntax-error": Severity.WARNING}

    @pytest.mark.parametrize("text", ["", "# nothing\n", "{}\n", "---\n"])
    def test_an_empty_file_is_the_defaults(self, project, text):
        root = project({".k8slint.yaml": text})
        assert said(read_config(root / ".k8slint.yaml")) == said(Config(folder=str(root)))

    def test_the_table_of_pyproject_says_the_same(self, project):
        override = '[[tool.k8slint.overrides]]\npaths = ["dev/**"]\nignore = ["document"]\n'
        root = project({"pyproject.toml": f'[tool.k8slint]\nselect = ["storage"]\n{override}'})
        for config in (find_config("."), read_config(root / "pyproject.toml")):
            assert config.select == ("storage",)
            assert config.overrides[0].ignore == ("document",)

    def test_what_init_writes_is_read(self, project):
        from k8slint.cli.init import _TEXT

        root = project({".k8slint.yaml": _TEXT})
        assert said(read_config(root / ".k8slint.yaml")) == said(Config(folder=str(root)))

    def test_what_init_proposes_is_read(self, project):
        from k8slint.cli.init import _TEXT

        lines = [line.removeprefix("# ") if ":" in line or "  - " in line else line for line in _TEXT.splitlines()]
        proposed = "\n".join(line for line in lines if not line.endswith("."))
        root = project({".k8slint.yaml": proposed})
        config = read_config(root / ".k8slint.yaml")
        assert config.externals
        assert config.overrides


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("exclud: [a]\n", ':1:1: unknown key "exclud"; did you mean "exclude"?'),
        ("severity: {zzz: 1, a: off}\nignore: b\n", ":1:12: `severity.zzz`: 1, and known are error"),
        ("a: 1\nzzz: 2\n", ':1:1: unknown key "a"; known are bundles, cluster, color, crds'),
        ("version: 1\nselect: storage\n", ":2:1: `select` takes a list: select: [storage]"),
        ("ignore: missing-secret\n", ":1:1: `ignore` takes a list: ignore: [missing-secret]"),
        ("ignore: {a: b}\n", ":1:1: `ignore` takes a list, not a mapping"),
        ("ignore: [a, 1]\n", ':1:13: `ignore[1]` takes text: put it in quotes, "1"'),
        ("ignore: [a, [b]]\n", ":1:14: `ignore[1]` takes text, not a list"),
        ("profile:\n", ":1:1: `profile` takes text, not nothing"),
        ("version: 2\n", ":1:1: `version` is 1 in files that this k8slint reads, not 2"),
        (
            "kubernetes-version: 1.30\n",
            ':1:1: `kubernetes-version` takes text, and 1.30 is read as 1.3: put it in quotes, "1.30"',
        ),
        ("kubernetes-version: new\n", ':1:1: `kubernetes-version`: "new" is not a minor of Kubernetes such as 1.33'),
        ("severity: {a: fatal}\n", ':1:12: `severity.a`: "fatal", and known are error, warning, info; to turn a rule'),
        (
            "severity: {a: warn}\n",
            ':1:12: `severity.a`: "warn", and known are error, warning, info; did you mean "warn',
        ),
        (
            "severity: {a: off}\n",
            ":1:12: `severity.a`: off is read as false, and known are error, warning, info; to turn a rule off, name",
        ),
        ("fail-level: warn\n", ':1:1: `fail-level`: "warn", and known are error, warning, info, never; did you mean'),
        ("color: always\n", ":1:1: `color` takes true or false, not always"),
        ("workers: -1\n", ":1:1: `workers` is at least 0, not -1"),
        ("workers: 1_000_000\n", ":1:1: `workers` is at most 64, not 1_000_000"),
        ("workers: many\n", ":1:1: `workers` takes a whole number, not many"),
        ("output-format: json=/tmp/x\n", ':1:1: `output-format`: "json=/tmp/x" is not the name of a format: files are'),
        (
            "externals: [Secret]\n",
            ':1:13: `externals[0]`: "Secret" is not of the form Kind/name or Kind/namespace/name',
        ),
        ("overrides:\n  - ignore: [a]\n", ':2:5: `overrides[0]` has no "paths"'),
        ("overrides:\n  - path: [a]\n    paths: [a]\n", ':2:5: unknown key "path"; did you mean "paths"?'),
        ("overrides:\n  - paths: dev\n", ":2:5: `overrides[0].paths` takes a list: paths: [dev]"),
        ("- a\n", ":1:3: this takes keys with values, not a list"),
        ("just text\n", ":1:1: this takes keys with values, not text"),
        ("select: [\n", ":1:11: did not find"),
        ("select: [a]\nselect: [b]\n", ':2:1: key "select" is already set'),
        (b"select: [\xff]\n", ":1:10: byte 0xFF"),
        ("exclude: ['[z-a]']\n", ':1:11: "[z-a]" is a malformed pattern'),
        ("overrides:\n  - paths: [a, '[z-a]']\n", ':2:16: "[z-a]" is a malformed pattern'),
    ],
)
def test_what_the_schema_does_not_know_is_one_line_with_its_place(project, text, complaint):
    root = project({".k8slint.yaml": text})
    with pytest.raises(UsageError) as error:
        read_config(root / ".k8slint.yaml")
    assert f".k8slint.yaml{complaint}" in str(error.value)
    assert len(str(error.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("toml", "complaint"),
    [
        ("[tool.k8slint]\nselekt = []\n", ':2:1: unknown key "selekt"; did you mean "select"?'),
        ("tool.k8slint = 'x'\n", ":1:1: this takes keys with values, not text"),
        ("[tool.k8slint\n", ":1:14: this is no TOML: expected ']'"),
        ("[tool.k8slint]\nselect = [\n", ":2:12: this is no TOML: invalid value at the end"),
        (b"# k8slint \xff\n", ":1:11: byte 0xFF is not UTF-8"),
        ("[tool.k8slint]\n\nkubernetes-version = 1.30\n", ":3:1: `kubernetes-version` takes text, and 1.30 is read as"),
        ("[tool.k8slint]\nignore = 'a'  # why\n", ":2:1: `ignore` takes a list: ignore: ['a']"),
        (
            "[tool.k8slint.severity]\nx = 1\n'a-b' = false\n",
            ":2:1: `severity.x`: 1, and known are error, warning, info",
        ),
        ("[tool]\nk8slint.severity.a-b = 'of'\n", ':2:1: `severity.a-b`: "of", and known are'),
        ("[tool]\nk8slint = {ignore = 1}\n", ":2:1: `ignore` takes a list: ignore: "),
        ("[[tool.k8slint.overrides]]\npaths = []\n[[tool.k8slint.overrides]]\npath = []\n", ':4:1: unknown key "path"'),
        (
            "[[tool.k8slint.overrides]]\npaths = []\n[[tool.k8slint.overrides]]\nignore = []\n",
            ":3:3: `overrides[1]` has",
        ),
        ("[tool.k8slint]\nselect = " + "[" * 490, ":2:1: nested too deeply to be read"),
        ("# k8slint\nx = " + "[" * 490 + "]" * 490, ":2:1: nested too deeply to be read"),
        (f"[tool.k8slint]\nworkers = {'9' * 5_000}\n", ":1:1: this is no TOML that can be read: a number has too many"),
        (
            f"[tool.k8slint]\nworkers = 0x{'f' * 5_000}\n",
            ":1:1: this is no TOML that can be read: a number has too many",
        ),
        ("[tool.k8slint]\n" + "a." * 5_000 + "b = 1\n", ":1:1: nested too deeply to be read"),
        ("[tool.k8slint]\nfail-level = 07:32:00\n", ':2:1: `fail-level`: "07:32:00", and known are error'),
        ("[tool.k8slint]\nworkers = 1979-05-27\n", ":2:1: `workers` takes a whole number, not 1979-05-27"),
    ],
)
def test_a_wrong_pyproject_is_one_line(project, toml, complaint):
    project({"pyproject.toml": toml})
    with pytest.raises(UsageError) as error:
        find_config(".")
    assert str(error.value).startswith(f"pyproject.toml{complaint}")
    assert len(str(error.value).splitlines()) == 1


class TestFinding:
    def test_the_nearest_one_counts(self, project):
        project({".k8slint.yaml": "profile: a\n", "sub/k8slint.yaml": "profile: b\n", "sub/deep/x.yaml": ""})
        assert find_config("sub/deep").profile == "b"
        assert find_config(".").profile == "a"

    def test_not_above_the_root_of_the_repository(self, project):
        project({"outer/.k8slint.yaml": "profile: a\n", "outer/repo/.git/HEAD": "", "outer/repo/sub/x.yaml": ""})
        assert said(find_config("outer/repo/sub")) == said(Config())

    def test_a_pyproject_without_our_table_is_no_settings(self, project):
        project({".k8slint.yaml": "profile: a\n", "sub/pyproject.toml": "[tool.other]\nx = 1\n"})
        assert find_config("sub").profile == "a"

    @pytest.mark.parametrize("other", [".k8slint.yml", "k8slint.yaml", "pyproject.toml"])
    def test_two_in_one_folder_are_refused(self, project, other):
        project({".k8slint.yaml": "{}\n", other: "[tool.k8slint]\n" if other.endswith("toml") else "{}\n"})
        with pytest.raises(UsageError, match=rf"\.k8slint\.yaml and {other} both hold settings; keep one"):
            find_config(".")

    def test_a_folder_of_that_name_is_none(self, project):
        project({".k8slint.yaml/x": "", "pyproject.toml/x": ""})
        assert said(find_config(".")) == said(Config())

    def test_a_missing_one_is_one_line(self, project):
        root = project({})
        with pytest.raises(UsageError, match=r"^nowhere\.yaml: no such file or directory$"):
            read_config(root / "nowhere.yaml")

    def test_one_that_cannot_be_read_is_not_passed_over(self, project):
        project({})
        os.symlink("nowhere", ".k8slint.yaml")
        with pytest.raises(UsageError, match=r"^\.k8slint\.yaml: no such file or directory$"):
            find_config(".")
        os.unlink(".k8slint.yaml")
        os.mkfifo(".k8slint.yaml")
        with pytest.raises(UsageError, match=r"^\.k8slint\.yaml: a pipe, not a regular file$"):
            find_config(".")

    @pytest.mark.parametrize("name", [".k8slint.yaml", "pyproject.toml"])
    def test_a_link_is_followed_within_the_repository_alone(self, project, tmp_path_factory, name):
        root = project(
            {"shared/pyproject.toml": "[tool.k8slint]\nprofile = 'a'\n", "shared/.k8slint.yaml": "profile: a"}
        )
        outside = tmp_path_factory.mktemp("outside") / name
        outside.write_text((root / "shared" / name).read_text())
        os.symlink(f"shared/{name}", name)
        assert find_config(".").profile == "a"
        os.unlink(name)
        os.symlink(outside, name)
        with pytest.raises(UsageError, match=rf"^{re.escape(name)}: a link to outside {root}; name the file itself"):
            find_config(".")
        assert read_config(outside).profile == "a"

    def test_a_pyproject_without_our_table_may_lead_anywhere(self, project, tmp_path_factory):
        project({})
        other = tmp_path_factory.mktemp("outside") / "other.toml"
        other.write_text("[tool.other]\n")
        os.symlink(other, "pyproject.toml")
        assert said(find_config(".")) == said(Config())


class TestWhatLeadsOutside:
    """Who runs the program says which files of the machine are read; the repository that is checked does not."""

    @pytest.mark.parametrize("path", ["/etc", "../..", "/etc/passwd", "../outside", "link", ".git/config", "/dev/fd/0"])
    @pytest.mark.parametrize(
        ("text", "place", "flag"),
        [("cluster: '{}'\n", "1:1", "--cluster"), ("crds: [crds, '{}']\n", "1:14", "--context")],
    )
    def test_it_is_refused(self, project, path, text, place, flag):
        root = project({"sub/.k8slint.yaml": text.format(path)})
        os.symlink("/etc/hosts", "sub/link")
        os.rename(".git", "sub/.git")
        with pytest.raises(UsageError) as error:
            read_config(root / "sub" / ".k8slint.yaml")
        said = f'"{path}" leads outside the repository; name it with {flag} instead'
        assert str(error.value) == f"sub/.k8slint.yaml:{place}: {said}"

    def test_of_a_pyproject_too(self, project):
        project({"pyproject.toml": "[tool.k8slint]\ncluster = '../x'\n"})
        with pytest.raises(UsageError, match=r'^pyproject\.toml:2:1: "\.\./x" leads outside the repository'):
            find_config(".")

    @pytest.mark.parametrize("path", ["../crds", "..", "crds", "../sub/../crds", "missing"])
    def test_all_of_the_repository_may_be_named(self, project, path):
        root = project({"sub/.k8slint.yaml": f"cluster: {path}\ncrds: [{path}]\n", "crds/a.yaml": ""})
        assert read_config(root / "sub" / ".k8slint.yaml").crds == (path,)

    def test_without_a_repository_what_lies_below_the_settings_may_be_named(self, project):
        root = project({"sub/.k8slint.yaml": "crds: [crds]\n", "other/.k8slint.yaml": "crds: [../crds]\n"})
        os.rmdir(".git")
        assert read_config(root / "sub" / ".k8slint.yaml").crds == ("crds",)
        with pytest.raises(UsageError, match=r'"\.\./crds" leads outside the folder of the settings'):
            read_config(root / "other" / ".k8slint.yaml")


class TestPatterns:
    @pytest.mark.parametrize(
        ("path", "is_excluded"),
        [
            ("vendor/", True),
            ("vendor/a/b.yaml", True),
            ("a.gen.yaml", True),
            ("sub/a.gen.yaml", True),
            ("keep.gen.yaml", False),
            ("a.yaml", False),
            ("./vendor/", True),
        ],
    )
    def test_exclude_speaks_as_gitignore_from_the_folder_of_the_settings(self, project, path, is_excluded):
        root = project({".k8slint.yaml": FULL})
        config = find_config(".")
        assert config.is_excluded(path) is is_excluded
        assert config.is_excluded(os.path.join(root, path)) is is_excluded

    def test_it_counts_from_another_folder_too(self, project, monkeypatch):
        root = project({".k8slint.yaml": "exclude: [/sub/a.yaml]\n", "sub/a.yaml": ""})
        monkeypatch.chdir(root / "sub")
        config = find_config(".")
        assert config.is_excluded("a.yaml")
        assert not config.is_excluded("b.yaml")

    def test_overrides_come_in_order(self, project):
        project({".k8slint.yaml": FULL})
        config = find_config(".")
        assert not config.overrides_for("prod/a.yaml")
        assert config.overrides_for("dev/a.yaml") == config.overrides[:1]
        assert config.overrides_for("dev/special/a.yaml") == config.overrides
