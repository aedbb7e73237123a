"""For GitLab: a code quality report."""

from __future__ import annotations

import json
from typing import Any

from k8slint.finding import Failure, Finding, Report, Severity
from k8slint.fingerprint import digest, fingerprints
from k8slint.report.escape import visible
from k8slint.report.wording import in_full, posix_path


def render(report: Report) -> str:
    """The failures, then the findings, as a JSON list; those of severity major or worse make the run fail."""
    prints = fingerprints(report.findings, report.root)
    pairs = zip(report.findings, prints, strict=True)
    issues = [_issue(finding, fingerprint, report) for finding, fingerprint in pairs]
    return json.dumps([*(_blocker(failure, report) for failure in report.failures), *issues]) + "\n"


def _blocker(failure: Failure, report: Report) -> dict[str, Any]:
    path = posix_path(failure.file, report.root)
    return {
        "description": visible(failure.message),
        "check_name": "k8slint",
        "fingerprint": digest("failure", path, failure.message),
        "severity": "blocker",
        "location": {"path": path, "lines": {"begin": 1}},
    }


def _issue(finding: Finding, fingerprint: str, report: Report) -> dict[str, Any]:
    location = finding.location
    return {
        "description": in_full(finding),
        "check_name": visible(finding.rule),
        "fingerprint": fingerprint,
        "severity": _severity(finding, report),
        "location": {
            "path": posix_path(location.file, report.root),
            "positions": {
                "begin": {"line": location.line, "column": location.column},
                "end": {"line": location.end_line, "column": location.end_column},
            },
        },
    }


def _severity(finding: Finding, report: Report) -> str:
    if report.fails(finding):
        return "critical" if finding.severity is Severity.ERROR else "major"
    return "info" if finding.severity is Severity.INFO else "minor"
