from __future__ import annotations

import json
from typing import Any

from k8slint.finding import Severity
from k8slint.report.gitlab import render


def test_an_issue(finding: Any, place: Any, report: Any) -> None:
    (issue,) = json.loads(render(report(finding(location=place("./a.yaml")))))

    fingerprint = issue.pop("fingerprint")
    assert len(fingerprint) == 32
    assert issue == {
        "description": 'ConfigMap "web-config" has no key "LOG_LVL". '
        "The container stays in CreateContainerConfigError. Name a key of the ConfigMap.",
        "check_name": "missing-configmap-key",
        "severity": "major",
        "location": {
            "path": "a.yaml",
            "positions": {"begin": {"line": 31, "column": 18}, "end": {"line": 31, "column": 25}},
        },
    }


def test_severities(finding: Any, report: Any) -> None:
    issues = json.loads(render(report(*(finding(severity=severity) for severity in Severity))))

    assert [issue["severity"] for issue in issues] == ["major", "minor", "info"]


def test_fingerprints_are_unique_and_stay_when_lines_move(finding: Any, place: Any, report: Any) -> None:
    before = json.loads(render(report(*(finding(location=place(line=line)) for line in (1, 2, 3)))))
    after = json.loads(render(report(*(finding(location=place(line=line)) for line in (5, 7, 9)))))

    prints = [issue["fingerprint"] for issue in before]
    assert len(set(prints)) == 3
    assert prints == [issue["fingerprint"] for issue in after]


def test_without_findings(report: Any) -> None:
    assert render(report()) == "[]\n"
