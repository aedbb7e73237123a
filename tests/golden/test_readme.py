"""What the README shows is what the program prints, and what it tells others to run exists."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

from k8slint.loading.load import load

ROOT = Path(__file__).parents[2]
SHOWN = re.compile(
    r"^\$ (k8slint (?:check|schedule|why|capacity) [^\n]*examples/[^\n]*)\n(.+?)(?=^\$ |^```$)",
    re.MULTILINE | re.DOTALL,
)


README = (ROOT / "README.md").read_text(encoding="utf-8")
CALL = re.compile(r"^```python\n(.+?)^```\n\n```text\n(.+?)^```$", re.MULTILINE | re.DOTALL)
SNIPPET = re.compile(r"^```yaml\n(.+?)^```$", re.MULTILINE | re.DOTALL)
TSPAN = re.compile(r"<tspan[^>]*>([^<]*)</tspan>")


@pytest.mark.parametrize(("command", "output"), SHOWN.findall(README))
def test_the_output_in_the_readme_is_real(command, output):
    program = Path(sys.executable).parent / "k8slint"
    words = [str(program), *shlex.split(command)[1:]]
    environment = {**os.environ, "PYTHONUTF8": "1"}
    shown = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, check=False).stdout.decode()
    assert shown.rstrip() == output.rstrip()


def test_the_call_in_the_readme_prints_what_is_shown():
    ((call, output),) = CALL.findall(README)
    ran = subprocess.run([sys.executable, "-c", call], cwd=ROOT, capture_output=True, check=False, text=True)
    assert (ran.stderr, ran.stdout) == ("", output)


def test_the_picture_is_what_the_program_draws_today():
    """Made anew by `python scripts/picture.py`."""
    made = subprocess.run([sys.executable, "scripts/picture.py", "-"], cwd=ROOT, capture_output=True, check=True).stdout
    picture = (ROOT / "docs" / "check.svg").read_text(encoding="utf-8")
    assert picture == made.decode()
    assert re.findall(r"(?:https?:|url\(|@import|href)", picture) == ["http:"]  # the name of SVG itself


def test_the_picture_says_what_the_program_prints():
    picture = (ROOT / "docs" / "check.svg").read_text(encoding="utf-8")
    command, *lines = ["".join(TSPAN.findall(row)) for row in re.findall(r"<text.*</text>", picture)]
    program = [sys.executable, "-m", *unescape(command).removeprefix("$ ").split()]
    printed = subprocess.run(program, cwd=ROOT, capture_output=True, check=False, text=True).stdout
    assert [unescape(line) for line in lines] == [line for line in printed.splitlines() if line]


@pytest.mark.parametrize("snippet", SNIPPET.findall(README), ids=lambda snippet: snippet.split()[0].rstrip(":"))
def test_snippets_are_yaml_and_call_what_there_is(snippet, k8slint_options):
    documents = load("snippet", snippet.encode()).documents
    assert documents
    assert not [document for document in documents if document.failed]
    used = {word.partition("=")[0] for word in snippet.split() if word.startswith("--")}
    assert used <= k8slint_options


@pytest.fixture(scope="module")
def k8slint_options():
    shown = subprocess.run(
        [sys.executable, "-m", "k8slint", "check", "--help"], capture_output=True, check=True, text=True
    )
    return set(re.findall(r"--[a-z-]+", shown.stdout))
