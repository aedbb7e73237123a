"""For GitHub Actions: one workflow command for each finding, which the runner turns into an annotation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from k8slint.finding import Finding, Report, Severity
from k8slint.report.escape import visible
from k8slint.report.wording import in_one_line, notes, posix_path, starting, verdict

# The runner keeps this many annotations of each level in a step, and drops the others silently.
SHOWN: Final = 10
_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(report: Report) -> str:
    """As many commands as GitHub shows, the worst first; the other findings as lines of the log; the verdict.

    Failures and findings that make the run fail are errors.
    """
    commands = [f"::error title=k8slint::{_data(visible(failure.message))}" for failure in report.failures[:SHOWN]]
    counts = Counter({Severity.ERROR: len(report.failures)})
    others = [starting(visible(failure.message)) for failure in report.failures[SHOWN:]]
    for finding in sorted(report.findings, key=lambda finding: finding.severity.rank):
        weight = report.weight(finding)
        counts[weight] += 1
        if counts[weight] <= SHOWN:
            commands.append(_command(finding, weight, report.root))
        else:
            others.append(in_one_line(finding, posix_path(finding.location.file, report.root)))
    return "\n".join([*commands, *_listed(others), verdict(report)]) + "\n"


def _listed(others: list[str]) -> Iterator[str]:
    if others:
        yield f"::group::{len(others)} more"
        yield from others
        yield "::endgroup::"
        yield (
            f"GitHub shows {SHOWN} annotations of a level: {len(others)} more are in the group above, "
            "and in the summary of the job."
        )


def _command(finding: Finding, weight: Severity, root: str) -> str:
    location = finding.location
    properties = {
        "file": posix_path(location.file, root),
        "line": str(location.line),
        "endLine": str(location.end_line),
        "col": str(location.column),
        "endColumn": str(location.end_column),
        "title": f"{finding.severity}[{visible(finding.rule)}]",
    }
    if location.end_line != location.line:
        # The runner takes columns only for a range within one line.
        del properties["col"], properties["endColumn"]
    written = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    message = "\n".join([visible(finding.message), *notes(finding)])
    return f"::{_COMMANDS[weight]} {written}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
