"""The published GitHub action: its shell, with a program that is installed already."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from k8slint.loading.load import load
from tests.build import POD

ROOT = Path(__file__).parents[2]
ACTION = load("action.yml", (ROOT / "action.yml").read_bytes()).documents[0].data
STEPS = {step.get("name", "python"): step for step in ACTION["runs"]["steps"]}


@pytest.fixture
def run(tmp_path):
    """A function that runs the last step as a runner does, on a Pod in `a b.yaml` and one in `c.yaml`."""
    installed = tmp_path / "runner" / "k8slint" / "bin"
    installed.mkdir(parents=True)
    (installed / "k8slint").symlink_to(Path(sys.executable).with_name("k8slint"))
    work = tmp_path / "work"
    work.mkdir()
    for name in ("a b.yaml", "c.yaml"):
        (work / name).write_text(POD)

    def ran(**inputs):
        step = STEPS["Run k8slint"]
        given = {name: spec["default"] for name, spec in ACTION["inputs"].items()} | inputs
        variables = {
            variable: given[written.removeprefix("${{ inputs.").removesuffix(" }}")]
            for variable, written in step["env"].items()
        }
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            check=False,
            capture_output=True,
            cwd=work,
            env={**os.environ, **variables, "RUNNER_TEMP": str(tmp_path / "runner")},
            text=True,
        )

    return ran


def test_findings_are_annotations_and_fail_the_step(run):
    ended = run()
    assert (ended.returncode, ended.stderr) == (1, "")
    assert "::error file=" in ended.stdout


def test_paths_and_arguments_are_one_a_line(run):
    ended = run(paths="a b.yaml\n\nc.yaml\n", args="--select=floating-image-tag\n--fail-level\nerror\n")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.count("::warning file=") == 2


def test_sarif_goes_to_its_file(run, tmp_path):
    run(**{"sarif-file": "out put.sarif"})
    assert json.loads((tmp_path / "work" / "out put.sarif").read_text())["version"] == "2.1.0"


@pytest.mark.parametrize("given", ["; touch hit", "$(touch hit)", "`touch hit`", "' && touch hit; '", "*"])
def test_inputs_are_words_and_nothing_more(run, tmp_path, given):
    for name in ("paths", "args", "sarif-file"):
        run(**{name: given})
    assert not (tmp_path / "work" / "hit").exists()


def test_no_input_is_written_into_a_script():
    assert not [step for step in STEPS.values() if "${{" in step.get("run", "")]


def test_it_installs_from_its_own_checkout():
    assert STEPS["Install k8slint"]["env"]["SOURCE"] == "${{ github.action_path }}"
