"""For Azure Pipelines: one logging command for each finding, which the agent turns into an issue of the build."""

from __future__ import annotations

from k8slint.finding import Finding, Report, Severity
from k8slint.report.escape import visible
from k8slint.report.wording import in_full, in_one_line, posix_path, verdict


def render(report: Report) -> str:
    """The commands, the worst first, then the verdict. Failures and findings that make the run fail are errors.

    The agent knows only errors and warnings: infos are plain lines of the log.
    """
    failures = [f"##vso[task.logissue type=error]{_data(visible(failure.message))}" for failure in report.failures]
    ordered = sorted(report.findings, key=lambda finding: finding.severity.rank)
    return "\n".join([*failures, *(_line(finding, report) for finding in ordered), verdict(report)]) + "\n"


def _line(finding: Finding, report: Report) -> str:
    path, weight = posix_path(finding.location.file, report.root), report.weight(finding)
    if weight is Severity.INFO:
        return in_one_line(finding, path)
    properties = {
        "type": weight.value,
        "sourcepath": path,
        "linenumber": str(finding.location.line),
        "columnnumber": str(finding.location.column),
        "code": visible(finding.rule),
    }
    written = ";".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"##vso[task.logissue {written}]{_data(in_full(finding))}"


def _data(text: str) -> str:
    return text.replace("%", "%AZP25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace("]", "%5D").replace(";", "%3B")
