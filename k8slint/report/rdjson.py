"""For reviewdog: a DiagnosticResult of its Diagnostic Format."""

from __future__ import annotations

import json
from typing import Any

from k8slint.finding import Finding, Report
from k8slint.report.escape import visible
from k8slint.report.links import documentation, rule_page
from k8slint.report.wording import in_full, posix_path


def render(report: Report) -> str:
    """The failures, then the findings, one per line; failures and findings that make the run fail are errors."""
    source = {"name": "k8slint", **({"url": documentation()} if documentation() else {})}
    diagnostics = [*_failures(report), *(_diagnostic(finding, report) for finding in report.findings)]
    listed = ",\n".join(json.dumps(diagnostic) for diagnostic in diagnostics)
    return f'{{"source": {json.dumps(source)}, "diagnostics": [\n{listed}\n]}}\n'


def _failures(report: Report) -> list[dict[str, Any]]:
    return [
        {
            "message": visible(failure.message),
            "location": {"path": posix_path(failure.file, report.root)},
            "severity": "ERROR",
        }
        for failure in report.failures
    ]


def _diagnostic(finding: Finding, report: Report) -> dict[str, Any]:
    page = rule_page(finding.rule, report.rules.get(finding.rule))
    return {
        "message": in_full(finding),
        "location": {"path": posix_path(finding.location.file, report.root), "range": _range(finding)},
        "severity": report.weight(finding).name,
        "code": {"value": visible(finding.rule), **({"url": page} if page else {})},
    }


def _range(finding: Finding) -> dict[str, dict[str, int]]:
    """The range, whose columns count bytes of UTF-8; it has only lines if the source line is not shown as it is."""
    location, line = finding.location, finding.line
    columns = location.column - 1, location.end_column - 1
    is_as_written = line is not None and line.span in {None, columns} and location.line == location.end_line
    if line is None or not is_as_written or "•" in line.text[: columns[1]]:
        return {"start": {"line": location.line}, "end": {"line": location.end_line}}
    start, end = (len(line.text[:column].encode("utf-8", "surrogatepass")) + 1 for column in columns)
    return {"start": {"line": location.line, "column": start}, "end": {"line": location.line, "column": end}}
