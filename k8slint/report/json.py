"""For programs: the whole report, as `schemas/report.schema.json` describes it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from k8slint.finding import Finding, KindCount, Location, ObjectName, RelatedLocation, Report, Severity
from k8slint.report.escape import flowing, visible
from k8slint.report.wording import tally

VERSION: Final = 1


def render(report: Report) -> str:
    """The report as JSON in ASCII, each finding on a line of its own."""
    head = json.dumps(_head(report), indent=2).removesuffix("\n}")
    ignored = ({"finding": as_data(each.finding), "reason": flowing(each.reason)} for each in report.ignored)
    findings, hidden = _lines(map(as_data, report.findings)), _lines(ignored)
    return f'{head},\n  "findings": {findings},\n  "ignored": {hidden}\n}}\n'


def _lines(entries: Iterable[dict[str, Any]]) -> str:
    lines = ",\n    ".join(map(json.dumps, entries))
    return f"[\n    {lines}\n  ]" if lines else "[]"


def _head(report: Report) -> dict[str, Any]:
    summary, counts = report.summary, tally(report)
    return {
        "version": VERSION,
        "kubernetesVersion": visible(report.kubernetes_version),
        "summary": {
            "files": summary.files,
            "objects": summary.objects,
            "fully": summary.fully,
            "inPart": _kinds(summary.in_part),
            "withoutSchema": _kinds(summary.without_schema),
            "settings": _kinds(summary.settings),
            "charts": [visible(folder) for folder in summary.charts],
            "kustomizations": [visible(folder) for folder in summary.kustomizations],
            "skipped": [
                {"file": visible(skipped.file), "line": skipped.line, "reason": flowing(skipped.reason)}
                for skipped in summary.skipped
            ],
            "notJudged": summary.not_judged,
            "ignored": summary.ignored,
            "hidden": report.hidden,
            "errors": counts[Severity.ERROR],
            "warnings": counts[Severity.WARNING],
            "infos": counts[Severity.INFO],
        },
        "assumptions": [flowing(assumption) for assumption in report.assumptions],
        "failures": [visible(failure.message) for failure in report.failures],
    }


def _kinds(kinds: Iterable[KindCount]) -> list[dict[str, Any]]:
    return [{"kind": visible(each.kind), "objects": each.objects} for each in kinds]


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
