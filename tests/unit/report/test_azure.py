from __future__ import annotations

from k8slint.finding import Failure, Severity
from k8slint.report.azure import render
from tests.build import finding, place, report


def test_a_command_a_finding_the_worst_first() -> None:
    mild = finding(severity=Severity.INFO, location=place("./a.yaml", 1, 1), effect="", fix="", message="m")
    warning = finding(severity=Severity.WARNING, effect="", fix="", message="m")

    assert render(report(mild, warning, finding(), fail_level=Severity.ERROR)) == (
        "##vso[task.logissue type=error;sourcepath=apps/web/deploy.yaml;linenumber=31;columnnumber=18;"
        'code=missing-configmap-key]ConfigMap "web-config" has no key "LOG_LVL". '
        "The container stays in CreateContainerConfigError. Name a key of the ConfigMap.\n"
        "##vso[task.logissue type=warning;sourcepath=apps/web/deploy.yaml;linenumber=31;columnnumber=18;"
        "code=missing-configmap-key]m.\n"
        "a.yaml:1:1: info[missing-configmap-key] m\n"
        "Found 1 error, 1 warning and 1 info.\n"
    )


def test_what_could_not_be_read_is_an_error_without_a_place() -> None:
    text = render(report(failures=(Failure("a", "a: permission denied"),)))

    assert text.splitlines()[0] == "##vso[task.logissue type=error]a: permission denied"


def test_what_the_format_gives_a_meaning_is_escaped() -> None:
    tricky = finding(location=place("a;type=x]b%3B.yaml"), message="100% ##vso[task.complete]\n", effect="", fix="")

    command, _ = render(report(tricky)).splitlines()

    assert "sourcepath=a%3Btype=x%5Db%AZP253B.yaml;linenumber=31" in command
    assert command.endswith(r"]100%AZP25 #\x23vso[task.complete]\n.")
