"""For CI servers: JUnit XML with a test case for each file and rule with findings, and for each thing not done."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement

from k8slint.finding import Failure, Finding, Report
from k8slint.report.escape import visible
from k8slint.report.markup import document
from k8slint.report.wording import in_one_line, notes, posix_path, verdict


def render(report: Report) -> str:
    """One suite. A finding that makes the run fail is a failure; what could not be done is an error; the rest passed.

    A suite without any holds one case that passed, because some servers refuse an empty suite.
    """
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in report.findings:
        groups.setdefault((posix_path(finding.location.file, report.root), finding.rule), []).append(finding)
    suite = Element("testsuite")
    for failure in report.failures:
        _add_error(suite, failure, report)
    for (path, rule), findings in groups.items():
        _add_case(suite, path, rule, findings, report)
    if not len(suite):
        SubElement(suite, "testcase", {"classname": "k8slint", "name": verdict(report)})
    counts = {"failures": len(suite.findall("*/failure")), "errors": len(report.failures), "skipped": 0}
    suite.attrib = {"name": "k8slint", "tests": str(len(suite)), **{name: str(count) for name, count in counts.items()}}
    root = Element("testsuites")
    root.append(suite)
    return document(root)


def _add_error(suite: Element, failure: Failure, report: Report) -> None:
    path = posix_path(failure.file, report.root)
    case = SubElement(suite, "testcase", {"classname": path, "name": "k8slint could not do its work", "file": path})
    SubElement(case, "error", {"type": "unreadable", "message": visible(failure.message)})


def _add_case(suite: Element, path: str, rule: str, findings: Sequence[Finding], report: Report) -> None:
    case = SubElement(suite, "testcase", {"classname": path, "name": visible(rule), "file": path})
    lines = [line for finding in findings for line in (in_one_line(finding, path), *(f"  {n}" for n in notes(finding)))]
    worst = min(findings, key=lambda finding: finding.severity.rank)
    if report.fails(worst):
        more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
        told = {"type": worst.severity.value, "message": visible(worst.message) + more}
        SubElement(case, "failure", told).text = "\n".join(lines)
    else:
        SubElement(case, "system-out").text = "\n".join(lines)
