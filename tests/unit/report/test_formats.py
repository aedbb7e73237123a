from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import k8slint.report
from k8slint.report import FORMATS
from tests.build import finding, report

ASKED = "import sys, k8slint.report; print(*sorted(sys.modules))"


def test_whatever_renders_a_report_is_a_format() -> None:
    files = Path(k8slint.report.__file__).parent.glob("*.py")
    renderers = {file.stem for file in files if "\ndef render(" in file.read_text(encoding="utf-8")}

    assert renderers == {name.replace("-", "_") for name in FORMATS}


def test_a_format_is_imported_when_it_is_used() -> None:
    loaded = subprocess.run([sys.executable, "-c", ASKED], capture_output=True, text=True, check=True).stdout.split()

    assert not {"json", "xml", "hashlib", "urllib.parse", "rich"} & set(loaded)
    assert not {f"k8slint.report.{name}" for name in FORMATS} & set(loaded)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_takes_colour_and_width_and_ends_its_last_line(name: str) -> None:
    text = FORMATS[name](report(finding()), color=True, width=80)

    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert ("\x1b" in text) is (name in {"text", "concise", "grouped", "statistics"})
