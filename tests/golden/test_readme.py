"""What the README shows is what the program prints."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHOWN = re.compile(
    r"^\$ (k8slint (?:check|schedule|why) [^\n]*examples/[^\n]*)\n(.+?)(?=^\$ |^```$)", re.MULTILINE | re.DOTALL
)


@pytest.mark.parametrize(("command", "output"), SHOWN.findall((ROOT / "README.md").read_text(encoding="utf-8")))
def test_the_output_in_the_readme_is_real(command, output):
    program = Path(sys.executable).parent / "k8slint"
    words = [str(program), *shlex.split(command)[1:]]
    environment = {**os.environ, "PYTHONUTF8": "1"}
    shown = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, check=False).stdout.decode()
    assert shown.rstrip() == output.rstrip()
