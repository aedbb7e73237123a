"""For people: how often each rule found something, instead of what it found."""

from __future__ import annotations

from collections import Counter

from k8slint.finding import Report
from k8slint.report import Detail
from k8slint.report.color import painter
from k8slint.report.escape import flowing, visible
from k8slint.report.frame import aligned
from k8slint.report.summary import conclusion
from k8slint.report.wording import WIDTH, is_empty, verdict


def render(report: Report, *, color: bool = False, width: int | None = None, detail: Detail = Detail.USUAL) -> str:
    """One line for each rule: count, severity, rule, summary; the most frequent first."""
    if is_empty(report, detail):
        return ""
    paint = painter(color=color)
    counts = Counter((finding.rule, finding.severity) for finding in report.findings)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0][1].rank, item[0][0]))
    most = max((len(f"{count:,}") for count in counts.values()), default=0)
    rows = [
        (f"{count:,}".rjust(most), severity.value, visible(rule), _summary(rule, report))
        for (rule, severity), count in ordered
    ]
    table = list(aligned(rows, width)) if rows else []
    end = [verdict(report)] if detail is Detail.QUIET else conclusion(report, paint, width or WIDTH)
    return "\n".join([*table, *([""] if table else []), *end]) + "\n"


def _summary(rule: str, report: Report) -> str:
    text = report.rules.get(rule)
    return flowing(text.summary) if text else ""
