"""For CI servers: JUnit XML, a test case for each file and rule with findings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from k8slint.finding import Finding, Report
from k8slint.report.escape import flowing, visible
from k8slint.report.wording import posix_path, verdict

_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'


def render(report: Report) -> str:
    """One suite. Without findings it holds one case that passed, since some servers refuse an empty suite."""
    cases: dict[tuple[str, str], list[Finding]] = {}
    for finding in report.findings:
        cases.setdefault((finding.location.file, finding.rule), []).append(finding)
    root = Element("testsuites")
    counts = {"tests": str(len(cases) or 1), "failures": str(len(cases)), "errors": "0", "skipped": "0"}
    suite = SubElement(root, "testsuite", {"name": "k8slint", **counts})
    for (file, rule), findings in cases.items():
        _add_case(suite, file, rule, findings)
    if not cases:
        SubElement(suite, "testcase", {"classname": "k8slint", "name": verdict(report)})
    indent(root)
    return f"{_DECLARATION}{tostring(root, encoding='unicode')}\n"


def _add_case(suite: Element, file: str, rule: str, findings: Sequence[Finding]) -> None:
    path = posix_path(file)
    case = SubElement(suite, "testcase", {"classname": path, "name": visible(rule), "file": path})
    worst = min(findings, key=lambda finding: finding.severity.rank)
    more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
    failure = SubElement(case, "failure", {"type": worst.severity.value, "message": visible(worst.message) + more})
    failure.text = "\n".join(line for finding in findings for line in _lines(path, finding))


def _lines(path: str, finding: Finding) -> list[str]:
    place = f"{path}:{finding.location.line}:{finding.location.column}"
    notes = {"effect": flowing(finding.effect), "help": flowing(finding.fix)}
    return [
        f"{place}: {finding.severity}[{visible(finding.rule)}] {visible(finding.message)}",
        *(f"  {label}: {text}" for label, text in notes.items() if text),
    ]
