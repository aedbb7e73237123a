"""What other programs call."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from pathlib import Path

import pytest

import k8slint
from k8slint import Finding, Location, Report, Severity, UsageError, check
from k8slint.project import Request
from tests.build import POD


def test_it_finds_what_the_command_finds(project):
    project({"a.yaml": POD})
    printed = subprocess.run(
        [sys.executable, "-m", "k8slint", "check", ".", "--output-format", "json"], check=False, capture_output=True
    ).stdout
    report = check(Path())
    assert isinstance(report, Report)
    assert all(isinstance(finding, Finding) for finding in report.findings)
    assert [finding.message for finding in report.findings] == [
        finding["message"] for finding in json.loads(printed)["findings"]
    ]


def test_findings_are_typed(project):
    project({"a.yaml": POD})
    (finding,) = check("a.yaml", select=["floating-image-tag"]).findings
    assert finding.severity is Severity.WARNING
    assert finding.location == Location("a.yaml", 4, 38, 4, 43)


def test_settings_are_found_as_the_command_finds_them(project):
    project({"k/a.yaml": POD, ".k8slint.yaml": "ignore: [floating-image-tag, bare-pod]\n", "own.yaml": "{}\n"})
    assert not check("k").findings
    assert check("k", config=Path("own.yaml")).findings


def test_bytes_are_checked_without_a_file():
    report = check("-", stdin=POD.encode(), stdin_name="web.yaml", select=["floating-image-tag"])
    assert [finding.location.file for finding in report.findings] == ["web.yaml"]


def test_what_cannot_be_done_is_an_error_or_a_failure(project):
    project({})
    with pytest.raises(UsageError, match="no Kubernetes version"):
        check(".", kubernetes_version="newest")
    (failure,) = check("nowhere").failures
    assert (failure.file, failure.message) == ("nowhere", "nowhere: no such file or directory")


def test_every_part_of_a_request_is_a_keyword():
    assert set(inspect.signature(check).parameters) == set(Request._fields) - {"tell"}  # which is for a terminal


def test_the_name_alone_imports_nothing_of_ours():
    code = "import sys, k8slint; print(sorted(name for name in sys.modules if name.startswith('k8slint')))"
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ran.stdout == "['k8slint']\n"


def test_there_is_nothing_else():
    types = {"Failure", "Finding", "Location", "Report", "Severity", "UsageError"}
    assert set(k8slint.__all__) == {*types, "__version__", "check"}
    with pytest.raises(AttributeError, match="no attribute 'lynt'"):
        _ = k8slint.lynt
    assert (Path(k8slint.__file__).parent / "py.typed").is_file()
