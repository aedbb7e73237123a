"""Whole commands with all that they print.

A folder is a case: `command` holds the arguments on its first line and the exit code on its second, `stdout` and
`stderr` what is to be printed. To accept a change: run the command in the folder and look at what it prints.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PROGRAM = str(Path(sys.executable).with_name("k8slint"))
CASES = sorted(file.parent for file in HERE.glob("*/command"))


def test_there_are_cases():
    assert len(CASES) >= 5


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_command_prints_what_it_should(case, tmp_path):
    folder = tmp_path / case.name
    shutil.copytree(case, folder)
    arguments, code = (case / "command").read_text(encoding="utf-8").splitlines()
    command = f'"{PROGRAM}" {arguments}'
    environment = {**os.environ, "TERM": "dumb", "COLUMNS": "200"}
    ended = subprocess.run(["sh", "-c", command], check=False, capture_output=True, cwd=folder, env=environment)
    assert ended.stdout.decode() == text_of(case / "stdout")
    assert ended.stderr.decode() == text_of(case / "stderr")
    assert ended.returncode == int(code)


def text_of(file):
    return file.read_text(encoding="utf-8") if file.exists() else ""
