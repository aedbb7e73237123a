"""For GitHub Actions: a workflow command a finding, which the runner turns into an annotation."""

from __future__ import annotations

from typing import Final

from k8slint.finding import Finding, Report, Severity
from k8slint.report.escape import flowing, visible
from k8slint.report.wording import posix_path, verdict

_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(report: Report) -> str:
    """The commands, the worst findings first because only some are shown, then the verdict."""
    ordered = sorted(report.findings, key=lambda finding: finding.severity.rank)
    return "\n".join([*map(_command, ordered), verdict(report)]) + "\n"


def _command(finding: Finding) -> str:
    location = finding.location
    properties = {
        "file": posix_path(location.file),
        "line": str(location.line),
        "endLine": str(location.end_line),
        "col": str(location.column),
        "endColumn": str(location.end_column),
        "title": visible(finding.rule),
    }
    if location.end_line != location.line:
        # Columns are for ranges within a line.
        del properties["col"], properties["endColumn"]
    written = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{_COMMANDS[finding.severity]} {written}::{_data(_message(finding))}"


def _message(finding: Finding) -> str:
    notes = {"effect": flowing(finding.effect), "help": flowing(finding.fix)}
    return "\n".join([visible(finding.message), *(f"{label}: {text}" for label, text in notes.items() if text)])


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
