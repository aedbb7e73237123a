from __future__ import annotations

from k8slint.finding import Failure, Location, Severity
from k8slint.report.github import render
from tests.build import finding, place, report


def test_a_command_a_finding_the_worst_first() -> None:
    mild = finding(severity=Severity.INFO, location=place("./a.yaml", 1, 1), effect="", fix="", message="m")

    assert render(report(mild, finding(severity=Severity.WARNING), fail_level=Severity.ERROR)) == (
        "::warning file=apps/web/deploy.yaml,line=31,endLine=31,col=18,endColumn=25,"
        "title=warning[missing-configmap-key]::"
        'ConfigMap "web-config" has no key "LOG_LVL"'
        "%0Aeffect: The container stays in CreateContainerConfigError."
        "%0Ahelp: Name a key of the ConfigMap.\n"
        "::notice file=a.yaml,line=1,endLine=1,col=1,endColumn=8,title=info[missing-configmap-key]::m\n"
        "Found 1 warning and 1 info.\n"
    )


def test_what_the_format_gives_a_meaning_is_escaped() -> None:
    tricky = finding(location=place("a,b:c=50%.yaml"), message="100% %0A, a::b\n", effect="", fix="", rule="r")

    assert render(report(tricky)).splitlines()[0] == (
        "::error file=a%2Cb%3Ac=50%25.yaml,line=31,endLine=31,col=18,endColumn=25,title=error[r]::100%25 %250A, a::b\\n"
    )


def test_columns_are_left_out_for_several_lines() -> None:
    command = render(report(finding(location=Location("a.yaml", 1, 2, 3, 4))))

    assert command.startswith("::error file=a.yaml,line=1,endLine=3,title=")


def test_what_makes_the_run_fail_is_an_error() -> None:
    one = finding(severity=Severity.WARNING)

    assert render(report(one)).startswith("::error file=")
    assert render(report(finding(), fail_level=None)).startswith("::warning file=")


def test_what_could_not_be_read_comes_first() -> None:
    text = render(report(finding(), failures=(Failure("a", "a: permission denied"),)))

    assert text.startswith("::error title=k8slint::a: permission denied\n::error file=")


def test_what_github_would_drop_is_listed_in_the_log() -> None:
    """The runner keeps ten annotations of each level."""
    levels = [(Severity.INFO, 11), (Severity.WARNING, 12), (Severity.ERROR, 13)]
    findings = [
        finding(severity=severity, location=place(f"{severity}.yaml", line, 1), message="m", effect="", fix="")
        for severity, count in levels
        for line in range(1, count + 1)
    ]

    lines = render(report(*findings, fail_level=Severity.ERROR)).splitlines()

    commands = [line.partition(" ")[0] for line in lines[:30]]
    assert commands == ["::error"] * 10 + ["::warning"] * 10 + ["::notice"] * 10
    assert lines[30:] == [
        "::group::6 more",
        "error.yaml:11:1: error[missing-configmap-key] m",
        "error.yaml:12:1: error[missing-configmap-key] m",
        "error.yaml:13:1: error[missing-configmap-key] m",
        "warning.yaml:11:1: warning[missing-configmap-key] m",
        "warning.yaml:12:1: warning[missing-configmap-key] m",
        "info.yaml:11:1: info[missing-configmap-key] m",
        "::endgroup::",
        "GitHub shows 10 annotations of a level: 6 more are in the group above, and in the summary of the job.",
        "Found 13 errors, 12 warnings and 11 infos.",
    ]


def test_a_path_named_as_a_command_starts_no_line() -> None:
    gone = Failure("::error::x", "::error::x: permission denied")

    assert "\n./::error::x: permission denied\n" in render(report(failures=(gone,) * 11))


def test_without_findings_there_is_no_command() -> None:
    assert render(report()) == "All clear: 3 objects in 2 files.\n"
