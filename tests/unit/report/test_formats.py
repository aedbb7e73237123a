from __future__ import annotations

import subprocess
import sys

import pytest

from k8slint.report import FORMATS
from tests.build import finding, report

ASKED = "import sys, k8slint.report; print(*sorted(sys.modules))"


def test_the_formats() -> None:
    assert list(FORMATS) == [
        "text",
        "concise",
        "grouped",
        "statistics",
        "markdown",
        "json",
        "json-lines",
        "sarif",
        "github",
        "gitlab",
        "azure",
        "rdjson",
        "checkstyle",
        "junit",
    ]


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
