from __future__ import annotations

from k8slint.finding import Severity
from k8slint.report.concise import render
from tests.build import finding, place, report


def test_a_line_a_finding() -> None:
    assert render(report(finding(), finding(severity=Severity.INFO, location=place("b.yaml", 2, 1), message="m"))) == (
        'apps/web/deploy.yaml:31:18: error[missing-configmap-key] ConfigMap "web-config" has no key "LOG_LVL"\n'
        "b.yaml:2:1: info[missing-configmap-key] m\n"
        "Found 1 error and 1 info.\n"
    )


def test_without_findings() -> None:
    assert render(report()) == "All clear: 3 objects in 2 files.\n"


def test_a_file_named_as_a_command_starts_no_line() -> None:
    assert render(report(finding(location=place(" ::error::x.yaml")))).startswith("./ ::error::x.yaml:31:18: ")


def test_colour() -> None:
    assert "\x1b[1;31merror[missing-configmap-key]\x1b[0m" in render(report(finding()), color=True)
    assert "\x1b" not in render(report(finding()))
