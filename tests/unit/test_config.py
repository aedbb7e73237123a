from __future__ import annotations

import os

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
overrides:
  - paths: ["dev/**"]
    ignore: [document]
    severity: {syntax-error: warning}
  - paths: ["dev/special/*.yaml"]
    select: [document]
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A function that writes files into the folder that the test then runs in."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()

    def write(files):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return tmp_path

    return write


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
        assert config.overrides[0].severity == {"syntax-error": Severity.WARNING}

    @pytest.mark.parametrize("text", ["", "# nothing\n", "{}\n", "---\n"])
    def test_an_empty_file_is_the_defaults(self, project, text):
        root = project({".k8slint.yaml": text})
        assert read_config(root / ".k8slint.yaml") == Config(folder=str(root))

    def test_the_table_of_pyproject_says_the_same(self, project):
        override = '[[tool.k8slint.overrides]]\npaths = ["dev/**"]\nignore = ["document"]\n'
        root = project({"pyproject.toml": f'[tool.k8slint]\nselect = ["storage"]\n{override}'})
        for config in (find_config("."), read_config(root / "pyproject.toml")):
            assert config.select == ("storage",)
            assert config.overrides[0].ignore == ("document",)

    def test_what_init_writes_is_read(self, project):
        from k8slint.cli.init import _TEXT

        root = project({".k8slint.yaml": _TEXT})
        assert read_config(root / ".k8slint.yaml") == Config(folder=str(root))

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
        ("exclud: [a]\n", '.k8slint.yaml:1: unknown key "exclud"; did you mean "exclude"?'),
        ("a: 1\nzzz: 2\n", '.k8slint.yaml:1: unknown key "a"; known are bundles, cluster'),
        ("version: 1\nselect: storage\n", ".k8slint.yaml:2: select: 'storage' is not of type 'array'"),
        ("version: 2\n", ".k8slint.yaml:1: version: 1 was expected"),
        ("kubernetes-version: 1.30\n", ".k8slint.yaml:1: kubernetes-version: 1.3 is not of type 'string'"),
        ("severity: {a: fatal}\n", ".k8slint.yaml:1: severity.a: 'fatal' is not one of"),
        ("externals: [Secret]\n", ".k8slint.yaml:1: externals.0: 'Secret' does not match"),
        ("overrides:\n  - ignore: [a]\n", ".k8slint.yaml:2: overrides.0: 'paths' is a required property"),
        ("overrides:\n  - path: [a]\n    paths: [a]\n", '.k8slint.yaml:2: unknown key "path"; did you mean "paths"?'),
        ("- a\n", ".k8slint.yaml:1: ['a'] is not of type 'object'"),
        ("just text\n", ".k8slint.yaml:1: 'just text' is not of type 'object'"),
        ("select: [\n", ".k8slint.yaml:"),
        ("select: [a]\nselect: [b]\n", '.k8slint.yaml:2: key "select" is already set'),
        (b"select: [\xff]\n", ".k8slint.yaml:1: byte 0xFF"),
        ("exclude: ['[z-a]']\n", "a pattern of the configuration is malformed"),
    ],
)
def test_what_the_schema_does_not_know_is_one_line_with_its_place(project, text, complaint):
    root = project({".k8slint.yaml": text})
    with pytest.raises(UsageError) as error:
        read_config(root / ".k8slint.yaml").is_excluded("a.yaml")
    assert complaint in str(error.value)
    assert len(str(error.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("toml", "complaint"),
    [
        ("[tool.k8slint]\nselekt = []\n", 'pyproject.toml: unknown key "selekt"; did you mean "select"?'),
        ("[tool.k8slint\n", "pyproject.toml: "),
        (b"# \xff\n", "pyproject.toml: "),
    ],
)
def test_a_wrong_pyproject_is_one_line(project, toml, complaint):
    project({"pyproject.toml": toml})
    with pytest.raises(UsageError) as error:
        find_config(".")
    assert str(error.value).startswith(complaint)
    assert len(str(error.value).splitlines()) == 1


class TestFinding:
    def test_the_nearest_one_counts(self, project):
        project({".k8slint.yaml": "profile: a\n", "sub/k8slint.yaml": "profile: b\n", "sub/deep/x.yaml": ""})
        assert find_config("sub/deep").profile == "b"
        assert find_config(".").profile == "a"

    def test_not_above_the_root_of_the_repository(self, project):
        project({"outer/.k8slint.yaml": "profile: a\n", "outer/repo/.git/HEAD": "", "outer/repo/sub/x.yaml": ""})
        assert find_config("outer/repo/sub") == Config()

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
        assert find_config(".") == Config()

    def test_a_missing_one_is_one_line(self, project):
        root = project({})
        with pytest.raises(UsageError, match=r"^nowhere\.yaml: no such file or directory$"):
            read_config(root / "nowhere.yaml")


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
