"""For GitLab: a code quality report."""

from __future__ import annotations

import json
from typing import Any, Final

from k8slint.finding import Finding, Report, Severity
from k8slint.report.escape import visible
from k8slint.report.fingerprint import fingerprints
from k8slint.report.wording import in_full, posix_path

_SEVERITIES: Final = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def render(report: Report) -> str:
    """The findings as a JSON list."""
    pairs = zip(report.findings, fingerprints(report.findings), strict=True)
    return json.dumps([_issue(finding, fingerprint) for finding, fingerprint in pairs]) + "\n"


def _issue(finding: Finding, fingerprint: str) -> dict[str, Any]:
    location = finding.location
    return {
        "description": in_full(finding),
        "check_name": visible(finding.rule),
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": {
            "path": posix_path(location.file),
            "positions": {
                "begin": {"line": location.line, "column": location.column},
                "end": {"line": location.end_line, "column": location.end_column},
            },
        },
    }
