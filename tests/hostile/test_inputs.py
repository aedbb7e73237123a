from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from k8slint.lint import lint
from k8slint.project import Request
from k8slint.report import FORMATS

PROGRAM = str(Path(sys.executable).with_name("k8slint"))
READING = {"syntax-error", "duplicate-key", "not-an-object"}
# All but the line break that ends a line.
CONTROLS = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xa8-\xae]")


def test_there_are_enough(hostile_inputs):
    assert len(hostile_inputs) >= 150


def test_it_is_said_what_is_wrong_and_nothing_else(hostile):
    """With every rule on, and in every format."""
    data, expected = hostile
    report = lint(Request(["-"], stdin=data, select=["ALL"]))
    found = {finding.rule for finding in report.findings if finding.rule in READING}
    # What was never meant to be an object is not reported as broken, but it is counted.
    found |= {"syntax-error" for skipped in report.summary.skipped if skipped.reason.startswith("not YAML")}
    if expected is None:
        assert found <= {"syntax-error"}
    else:
        assert found == expected
    for render in FORMATS.values():
        text = render(report)
        assert not CONTROLS.search(text.encode())


def test_the_program_bears_it(tmp_path, sample):
    data, expected = sample
    (tmp_path / "hostile.yaml").write_bytes(data)
    command = [PROGRAM, "check", "hostile.yaml", "--select", "document"]
    process = subprocess.run(command, check=False, capture_output=True, cwd=tmp_path, timeout=60)
    assert process.returncode in {0, 1, 2}
    assert b"Traceback" not in process.stderr
    assert not CONTROLS.search(process.stdout + process.stderr)
    if expected:
        assert process.returncode in {1, 2}
