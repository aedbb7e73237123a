"""For people: one line for each finding, below the name of its file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from k8slint.finding import Finding, Report
from k8slint.report.color import Paint, painter
from k8slint.report.escape import visible
from k8slint.report.wording import starting, verdict


def render(report: Report, *, color: bool = False) -> str:
    """Each file as a heading, and below it `line:column severity[rule] message` for each finding; then the verdict."""
    paint = painter(color=color)
    groups = groupby(report.findings, key=lambda finding: finding.location.file)
    blocks = ["\n".join(_group(file, list(findings), paint)) for file, findings in groups]
    return "\n\n".join([*blocks, verdict(report)]) + "\n"


def _group(file: str, findings: Sequence[Finding], paint: Paint) -> Iterator[str]:
    yield paint("strong", starting(visible(file)))
    places = [f"{finding.location.line}:{finding.location.column}" for finding in findings]
    width = max(map(len, places))
    for place, finding in zip(places, findings, strict=True):
        tag = paint(finding.severity.value, f"{finding.severity}[{visible(finding.rule)}]")
        yield f"  {place:<{width}}  {tag} {visible(finding.message)}"
