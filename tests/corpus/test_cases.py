"""Mistakes and near-mistakes of real people, in the folder that K8SLINT_CASES names, each judged alone.

A case is a `.yaml` file, or a folder whose name begins with a digit, in that folder; `NAME.cluster.yaml` beside it is
its cluster. `# never: rule` in a case names a rule that must not speak of it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = str(Path(sys.executable).with_name("k8slint"))
CASES = os.environ.get("K8SLINT_CASES")
NEVER = re.compile(r"# never: ([\w-]+)")

pytestmark = pytest.mark.skipif(not CASES, reason="K8SLINT_CASES names no folder")


def cases():
    entries = sorted(Path(CASES).iterdir()) if CASES else ()
    return [
        entry
        for entry in entries
        if (entry.is_dir() and entry.name[0].isdigit())
        or (entry.suffix == ".yaml" and not entry.name.endswith(".cluster.yaml"))
    ]


def test_there_are_cases():
    assert cases()


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.stem)
def test_no_rule_speaks_that_must_not(case, tmp_path):
    alone = tmp_path / "case"
    alone.mkdir()
    shutil.copytree(case, alone, dirs_exist_ok=True) if case.is_dir() else shutil.copy(case, alone)
    cluster = case.with_name(f"{case.stem}.cluster.yaml")
    described = ["--cluster", str(cluster)] if cluster.exists() else []
    command = [PROGRAM, "check", *described, "--output-format", "json", str(alone)]
    process = subprocess.run(command, check=False, capture_output=True, cwd=tmp_path, text=True)
    assert "Traceback" not in process.stderr
    assert process.returncode in (0, 1), process.stderr
    never = {rule for file in alone.rglob("*") if file.is_file() for rule in NEVER.findall(file.read_text("utf-8"))}
    findings = json.loads(process.stdout)["findings"]
    assert [each for each in findings if each["rule"] in never] == []
