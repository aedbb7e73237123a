"""For people and editors: one line for each finding, then the verdict."""

from __future__ import annotations

from k8slint.finding import Finding, Report
from k8slint.report import Detail
from k8slint.report.color import Paint, painter
from k8slint.report.escape import visible
from k8slint.report.wording import is_empty, verdict


def render(report: Report, *, color: bool = False, detail: Detail = Detail.USUAL) -> str:
    """`file:line:column: severity[rule] message` for each finding, then the verdict."""
    if is_empty(report, detail):
        return ""
    paint = painter(color=color)
    return "\n".join([*(_line(finding, paint) for finding in report.findings), verdict(report)]) + "\n"


def _line(finding: Finding, paint: Paint) -> str:
    place = f"{_file(finding.location.file)}:{finding.location.line}:{finding.location.column}"
    tag = paint(finding.severity.value, f"{finding.severity}[{visible(finding.rule)}]")
    return f"{paint('strong', place)}: {tag} {visible(finding.message)}"


def _file(file: str) -> str:
    # GitHub's runner would obey a file name like `::error::text` at the start of a line.
    shown = visible(file)
    return f"./{shown}" if shown.lstrip(" ").startswith("::") else shown
