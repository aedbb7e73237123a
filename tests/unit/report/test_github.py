from __future__ import annotations

from typing import Any

from k8slint.finding import Location, Severity
from k8slint.report.github import render


def test_a_command_a_finding_the_worst_first(finding: Any, place: Any, report: Any) -> None:
    mild = finding(severity=Severity.INFO, location=place("./a.yaml", 1, 1), effect="", fix="", message="m")

    assert render(report(mild, finding(severity=Severity.WARNING))) == (
        "::warning file=apps/web/deploy.yaml,line=31,endLine=31,col=18,endColumn=25,title=missing-configmap-key::"
        'ConfigMap "web-config" has no key "LOG_LVL"'
        "%0Aeffect: The container stays in CreateContainerConfigError."
        "%0Ahelp: Name a key of the ConfigMap.\n"
        "::notice file=a.yaml,line=1,endLine=1,col=1,endColumn=8,title=missing-configmap-key::m\n"
        "Found 1 warning and 1 info.\n"
    )


def test_what_the_format_gives_a_meaning_is_escaped(finding: Any, place: Any, report: Any) -> None:
    tricky = finding(location=place("a,b:c=50%.yaml"), message="100% %0A, a::b\n", effect="", fix="", rule="r")

    assert render(report(tricky)).splitlines()[0] == (
        "::error file=a%2Cb%3Ac=50%25.yaml,line=31,endLine=31,col=18,endColumn=25,title=r::100%25 %250A, a::b\\n"
    )


def test_columns_are_left_out_for_several_lines(finding: Any, report: Any) -> None:
    command = render(report(finding(location=Location("a.yaml", 1, 2, 3, 4))))

    assert command.startswith("::error file=a.yaml,line=1,endLine=3,title=")


def test_without_findings_there_is_no_command(report: Any) -> None:
    assert render(report()) == "All clear: 3 objects in 2 files.\n"
