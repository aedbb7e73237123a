from __future__ import annotations

import json

from k8slint.finding import Failure, Severity
from k8slint.report.gitlab import render
from tests.build import finding, place, report


def test_an_issue() -> None:
    (issue,) = json.loads(render(report(finding(location=place("./a.yaml")))))

    fingerprint = issue.pop("fingerprint")
    assert len(fingerprint) == 32
    assert issue == {
        "description": 'ConfigMap "web-config" has no key "LOG_LVL". '
        "The container stays in CreateContainerConfigError. Name a key of the ConfigMap.",
        "check_name": "missing-configmap-key",
        "severity": "critical",
        "location": {
            "path": "a.yaml",
            "positions": {"begin": {"line": 31, "column": 18}, "end": {"line": 31, "column": 25}},
        },
    }


def test_severities() -> None:
    def severities(fail_level: Severity | None) -> list[str]:
        findings = [finding(severity=severity) for severity in Severity]
        return [issue["severity"] for issue in json.loads(render(report(*findings, fail_level=fail_level)))]

    assert severities(Severity.INFO) == ["critical", "major", "major"]
    assert severities(Severity.WARNING) == ["critical", "major", "info"]
    assert severities(Severity.ERROR) == ["critical", "minor", "info"]
    assert severities(None) == ["minor", "minor", "info"]


def test_what_could_not_be_read_blocks() -> None:
    (issue,) = json.loads(render(report(failures=(Failure("./a", "a: permission denied"),))))

    assert len(issue.pop("fingerprint")) == 32
    assert issue == {
        "description": "a: permission denied",
        "check_name": "k8slint",
        "severity": "blocker",
        "location": {"path": "a", "lines": {"begin": 1}},
    }


def test_fingerprints_are_unique_and_stay_when_lines_move() -> None:
    before = json.loads(render(report(*(finding(location=place(line=line)) for line in (1, 2, 3)))))
    after = json.loads(render(report(*(finding(location=place(line=line)) for line in (5, 7, 9)))))

    prints = [issue["fingerprint"] for issue in before]
    assert len(set(prints)) == 3
    assert prints == [issue["fingerprint"] for issue in after]


def test_without_findings() -> None:
    assert render(report()) == "[]\n"
