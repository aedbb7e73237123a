"""The published hooks, run by pre-commit itself on a repository of a user."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from k8slint.loading.load import load

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
PUBLISHED = load("hooks", (ROOT / ".pre-commit-hooks.yaml").read_bytes()).documents[0].data

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web, namespace: shop}\ndata:\n  color: red\n"
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: nginx:1.27
          env:
            - name: COLOR
              valueFrom: {configMapKeyRef: {name: web, key: color}}
"""


class Repository:
    """A user's git repository with our hooks in its configuration."""

    def __init__(self, folder, hooks):
        self.folder = folder / "repository"
        self.calls = folder / "calls"
        self.folder.mkdir()
        shims = folder / "shims"
        shims.mkdir()
        shim = shims / "k8slint"
        shim.write_text(f'#!/bin/sh\necho "$#" >> "{self.calls}"\nexec "{BIN}/k8slint" "$@"\n')
        shim.chmod(0o755)
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("GIT_")},
            "PATH": f"{shims}:{BIN}:{os.environ['PATH']}",
            "PRE_COMMIT_HOME": str(folder / "home"),
            "HOME": str(folder),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "a",
            "GIT_AUTHOR_EMAIL": "a@example.com",
            "GIT_COMMITTER_NAME": "a",
            "GIT_COMMITTER_EMAIL": "a@example.com",
        }
        self.git("init", "-q")
        self.write({".pre-commit-config.yaml": hooks})
        self.git("add", "-A")
        self.git("commit", "-qm", "start")

    def git(self, *arguments):
        subprocess.run(["git", *arguments], check=True, cwd=self.folder, env=self.environment, capture_output=True)

    def write(self, files):
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def commit(self, files):
        self.write(files)
        self.git("add", "-A")
        self.git("commit", "-qm", "a change", "--no-verify")

    def stage(self, files=None, *, deleted=()):
        self.write(files or {})
        for name in deleted:
            self.git("rm", "-q", name)
        self.git("add", "-A")

    def run(self, *arguments):
        """What pre-commit makes of what is staged: its exit code and what it prints."""
        self.calls.unlink(missing_ok=True)
        ended = subprocess.run(
            ["pre-commit", "run", "--color=never", *arguments],
            check=False,
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        return ended.returncode, ended.stdout + ended.stderr

    def invocations(self):
        return len(self.calls.read_text().splitlines()) if self.calls.exists() else 0


def configuration(*ids):
    """The published entries of those ids, as hooks of the repository itself that need no installation."""
    lines = ["repos:", "  - repo: local", "    hooks:"]
    for hook in PUBLISHED:
        if hook["id"] in ids:
            flat = {**hook, "language": "system"}
            lines.append(f"      - {{{', '.join(f'{key}: {written(value)}' for key, value in flat.items())}}}")
    return "\n".join(lines) + "\n"


def written(value):
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).replace("'", "") if isinstance(value, list) else f'"{value}"'


@pytest.fixture
def repository(tmp_path):
    """A function that makes a repository with the published hooks of those ids."""
    return lambda *ids: Repository(tmp_path, configuration(*ids))


def test_the_ids_are_those_that_are_documented():
    assert [hook["id"] for hook in PUBLISHED] == ["k8slint", "k8slint-all"]


class TestChangedFiles:
    def test_what_is_right_passes(self, repository):
        user = repository("k8slint")
        user.commit({"config.yaml": CONFIG})
        user.stage({"deployment.yaml": DEPLOYMENT})
        code, output = user.run()
        assert code == 0, output
        assert user.invocations() == 1

    def test_the_rest_of_the_project_is_read(self, repository):
        user = repository("k8slint")
        user.commit({"config.yaml": CONFIG.replace("color: red", "colour: red")})
        user.stage({"deployment.yaml": DEPLOYMENT})
        code, output = user.run()
        assert code == 1
        assert "missing-configmap-key" in output
        assert "deployment.yaml:14" in output

    def test_what_a_change_breaks_elsewhere_is_found(self, repository):
        """The finding lies in a file that was not passed, and is explained by one that was."""
        user = repository("k8slint")
        user.commit({"config.yaml": CONFIG, "deployment.yaml": DEPLOYMENT})
        user.stage({"config.yaml": CONFIG.replace("color: red", "colour: red")})
        code, output = user.run()
        assert code == 1
        assert "missing-configmap-key" in output

    def test_what_was_wrong_before_is_not_told(self, repository):
        user = repository("k8slint")
        user.commit({"old.yaml": DEPLOYMENT.replace("nginx:1.27", "nginx").replace("name: web", "name: old")})
        user.stage({"config.yaml": CONFIG})
        code, output = user.run()
        assert code == 0, output

    def test_what_is_not_staged_does_not_count(self, repository):
        user = repository("k8slint")
        user.commit({"config.yaml": CONFIG, "deployment.yaml": DEPLOYMENT})
        user.stage({"deployment.yaml": DEPLOYMENT.replace("1.27", "1.28")})
        user.write({"config.yaml": CONFIG.replace("color: red", "colour: red")})
        code, output = user.run()
        assert code == 0, output

    def test_files_of_other_tools_pass(self, repository):
        user = repository("k8slint")
        user.stage({"ci.yaml": "jobs: {}\n", "package.json": '{"name": "x"}\n', "x.md": "# x\n"})
        code, output = user.run()
        assert code == 0, output

    def test_other_files_do_not_start_it(self, repository):
        user = repository("k8slint")
        user.stage({"x.md": "# x\n"})
        assert user.run()[0] == 0
        assert user.invocations() == 0

    def test_many_files_are_one_call(self, repository):
        user = repository("k8slint")
        user.stage({f"{number}.yaml": CONFIG.replace("name: web", f"name: web-{number}") for number in range(61)})
        code, output = user.run()
        assert code == 0, output
        assert user.invocations() == 1
        assert user.calls.read_text().split() == [str(len(["check", "--context", "."]) + 61)]

    def test_arguments_of_the_user_arrive(self, tmp_path):
        text = configuration("k8slint").replace("entry:", 'args: ["--select", "floating-image-tag"], entry:')
        user = Repository(tmp_path, text)
        user.stage({"a.yaml": DEPLOYMENT, "b.yaml": "a: [\n"})
        code, output = user.run()
        assert code == 0, output

    def test_settings_of_the_project_count(self, repository):
        user = repository("k8slint")
        user.commit({".k8slint.yaml": "ignore: [floating-image-tag]\n", "config.yaml": CONFIG})
        user.stage({"deployment.yaml": DEPLOYMENT.replace("nginx:1.27", "nginx")})
        code, output = user.run()
        assert code == 0, output


class TestNothingToCheck:
    def test_a_repository_of_charts_alone_can_be_committed_to(self, repository):
        user = repository("k8slint", "k8slint-all")
        user.stage({"Chart.yaml": "name: a\n", "values.yaml": "a: b\n", "templates/a.yaml": "a: {{ .Values.a }}\n"})
        for stage in ("pre-commit", "pre-push"):
            code, output = user.run("--verbose", "--all-files", "--hook-stage", stage)
            assert code == 0, output
            assert user.invocations() == 1
        assert "helm template . | k8slint check -" in output


class TestDeletions:
    def test_only_the_hook_for_the_whole_project_sees_them(self, repository):
        user = repository("k8slint", "k8slint-all")
        user.commit({"config.yaml": CONFIG, "deployment.yaml": DEPLOYMENT})
        user.stage(deleted=["config.yaml"])
        code, output = user.run("k8slint")
        assert code == 0, output
        assert user.invocations() == 0
        code, output = user.run("k8slint-all", "--hook-stage", "pre-push")
        assert code == 1
        assert "missing-configmap" in output
        assert user.invocations() == 1

    def test_a_move_is_none(self, repository):
        user = repository("k8slint", "k8slint-all")
        user.commit({"config.yaml": CONFIG, "deployment.yaml": DEPLOYMENT})
        user.stage({"sub/config.yaml": CONFIG}, deleted=["config.yaml"])
        for stage in ("pre-commit", "pre-push"):
            code, output = user.run("--hook-stage", stage)
            assert code == 0, output
            assert user.invocations() == 1


class TestBothHooks:
    BROKEN = DEPLOYMENT.replace("key: color", "key: colour")

    @pytest.mark.parametrize("stage", ["pre-commit", "pre-push", "manual"])
    def test_all_files_are_told_of_once(self, repository, stage):
        user = repository("k8slint", "k8slint-all")
        user.commit({"config.yaml": CONFIG, "deployment.yaml": self.BROKEN})
        code, output = user.run("--all-files", "--hook-stage", stage)
        assert code == 1
        assert output.count("missing-configmap-key") == 1
        assert user.invocations() == 1


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """This project as a repository of its own that pre-commit can install from; skips where packages cannot be had."""
    folder = tmp_path_factory.mktemp("published")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--dest",
        str(folder / "wheels"),
        "hatchling",
    ]
    if subprocess.run(pip, check=False, capture_output=True).returncode:
        pytest.skip("the package index cannot be reached, so the hook cannot be installed")
    copy = folder / "k8slint"
    copy.mkdir()
    for name in ("k8slint", "rules", "schemas"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(ROOT / name, copy / name)
    return copy


def test_it_is_installed_as_published(published, tmp_path):
    user = Repository(tmp_path, "repos: []\n")
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "a version"], ["tag", "v0"]):
        subprocess.run(["git", *arguments], check=True, cwd=published, env=user.environment, capture_output=True)
    configuration = f"repos:\n  - repo: {published}\n    rev: v0\n    hooks: [{{id: k8slint}}, {{id: k8slint-all}}]\n"
    user.commit({".pre-commit-config.yaml": configuration, "config.yaml": CONFIG})
    user.stage({"deployment.yaml": DEPLOYMENT.replace("key: color", "key: colour")})
    for stage in ("pre-commit", "pre-push"):
        code, output = user.run("--hook-stage", stage)
        assert code == 1, output
        assert output.count("missing-configmap-key") == 1
        assert user.invocations() == 0  # it is the installed program that ran, not the one on the path
    user.stage({"deployment.yaml": DEPLOYMENT})
    code, output = user.run()
    assert code == 0, output
