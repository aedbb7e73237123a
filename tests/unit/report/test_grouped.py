from __future__ import annotations

from k8slint.finding import Severity
from k8slint.report.grouped import render
from tests.build import finding, place, report


def test_findings_stand_under_their_file() -> None:
    mild = finding(severity=Severity.INFO, location=place("a.yaml", 2, 1), message="m")

    assert render(report(mild, finding(location=place("a.yaml", 31, 18)), finding())) == (
        "a.yaml\n"
        "  2:1    info[missing-configmap-key] m\n"
        '  31:18  error[missing-configmap-key] ConfigMap "web-config" has no key "LOG_LVL"\n'
        "\n"
        "apps/web/deploy.yaml\n"
        '  31:18  error[missing-configmap-key] ConfigMap "web-config" has no key "LOG_LVL"\n'
        "\n"
        "Found 2 errors and 1 info.\n"
    )


def test_without_findings() -> None:
    assert render(report()) == "All clear: 3 objects in 2 files.\n"


def test_a_file_named_as_a_command_starts_no_line() -> None:
    assert render(report(finding(location=place("::error::x.yaml")))).startswith("./::error::x.yaml\n")
