"""For programs: the whole report, as `schemas/report.schema.json` describes it."""

from __future__ import annotations

import json
from typing import Any, Final

from k8slint.finding import Finding, Location, ObjectName, RelatedLocation, Report, Severity
from k8slint.report.escape import flowing, visible
from k8slint.report.wording import tally

VERSION: Final = 1


def render(report: Report) -> str:
    """The report as JSON in ASCII, a finding a line."""
    head = json.dumps(_head(report), indent=2).removesuffix("\n}")
    findings = ",\n    ".join(json.dumps(as_data(finding)) for finding in report.findings)
    listed = f"[\n    {findings}\n  ]" if findings else "[]"
    return f'{head},\n  "findings": {listed}\n}}\n'


def _head(report: Report) -> dict[str, Any]:
    summary, counts = report.summary, tally(report)
    return {
        "version": VERSION,
        "kubernetesVersion": visible(report.kubernetes_version),
        "summary": {
            "files": summary.files,
            "objects": summary.objects,
            "skipped": [
                {"file": visible(skipped.file), "line": skipped.line, "reason": flowing(skipped.reason)}
                for skipped in summary.skipped
            ],
            "notJudged": summary.not_judged,
            "ignored": summary.ignored,
            "errors": counts[Severity.ERROR],
            "warnings": counts[Severity.WARNING],
            "infos": counts[Severity.INFO],
        },
        "assumptions": [flowing(assumption) for assumption in report.assumptions],
    }


def as_data(finding: Finding) -> dict[str, Any]:
    """The finding as `$defs/finding` of the schema describes it."""
    return {
        "rule": visible(finding.rule),
        "severity": finding.severity.value,
        "message": visible(finding.message),
        "effect": flowing(finding.effect),
        "fix": flowing(finding.fix),
        "object": None if finding.object is None else _object(finding.object),
        "fieldPath": visible(finding.field_path),
        "location": _location(finding.location),
        "related": [_related(related) for related in finding.related],
    }


def _object(name: ObjectName) -> dict[str, str]:
    return {
        "apiVersion": visible(name.api_version),
        "kind": visible(name.kind),
        "namespace": visible(name.namespace),
        "name": visible(name.name),
    }


def _related(related: RelatedLocation) -> dict[str, Any]:
    return {"message": visible(related.message), "location": _location(related.location)}


def _location(location: Location) -> dict[str, Any]:
    return {
        "file": visible(location.file),
        "line": location.line,
        "column": location.column,
        "endLine": location.end_line,
        "endColumn": location.end_column,
    }
