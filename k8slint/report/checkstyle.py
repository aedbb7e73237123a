"""For Jenkins and other readers of Checkstyle's XML."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from k8slint.finding import Finding, Report
from k8slint.report.escape import visible
from k8slint.report.markup import document
from k8slint.report.wording import in_full, posix_path


def render(report: Report) -> str:
    """The failures and findings by file; failures and findings that make the run fail are errors."""
    root = Element("checkstyle", {"version": "4.3"})
    files: dict[str, Element] = {}

    def add(path: str, **attributes: str) -> None:
        if path not in files:
            files[path] = SubElement(root, "file", {"name": path})
        SubElement(files[path], "error", attributes)

    for failure in report.failures:
        add(posix_path(failure.file, report.root), severity="error", message=visible(failure.message), source="k8slint")
    for finding in report.findings:
        add(
            posix_path(finding.location.file, report.root),
            line=str(finding.location.line),
            column=str(finding.location.column),
            severity=report.weight(finding).value,
            message=in_full(finding),
            source=_source(finding, report),
        )
    return document(root)


def _source(finding: Finding, report: Report) -> str:
    # Readers take what follows the last dot for the type, and what precedes it for the category.
    text = report.rules.get(finding.rule)
    return visible(".".join(("k8slint", *([text.category] if text else ()), finding.rule)))
