"""What several formats say in the same words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from k8slint.finding import Finding, KindCount, Report, Severity
from k8slint.fingerprint import repository_path
from k8slint.report import Detail
from k8slint.report.escape import flowing, visible
from k8slint.report.frame import wrap

WIDTH: Final = 100
"""The cells of a line if the width of the terminal is not known; prose is never wider."""


def tally(report: Report) -> Mapping[Severity, int]:
    """The number of findings of each severity, the worst first."""
    counts = Counter(finding.severity for finding in report.findings)
    return {severity: counts[severity] for severity in Severity}


def counted(count: int, noun: str) -> str:
    """The count with its noun.

    >>> counted(1, "file"), counted(2000, "file")
    ('1 file', '2,000 files')
    """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def total(kinds: Iterable[KindCount]) -> int:
    """The number of objects of all the kinds."""
    return sum(each.objects for each in kinds)


def is_empty(report: Report, detail: Detail) -> bool:
    """Whether a report for people prints nothing; what could not be found or read goes to standard error."""
    return not report.findings and (detail is Detail.QUIET or not report.summary.objects)


def is_clear(report: Report) -> bool:
    """Whether all that was asked about was judged, and nothing found."""
    found = report.findings or report.hidden or report.failures
    return not found and report.summary.objects > 0 and report.summary.is_complete


def verdict(report: Report) -> str:
    """One sentence: how many findings of each severity, or all clear if all was judged, or what else is true."""
    parts = [counted(count, severity.value) for severity, count in tally(report).items() if count]
    if parts:
        *others, last = parts
        return f"Found {', '.join(others)} and {last}." if others else f"Found {last}."
    files, objects = counted(report.summary.files, "file"), counted(report.summary.objects, "object")
    if not report.summary.objects:
        return "Nothing was checked: no Kubernetes object was found."
    if report.hidden:
        return f"Found nothing of severity {report.least}{'' if report.least is Severity.ERROR else ' or worse'}."
    return f"All clear: {objects} in {files}." if is_clear(report) else "Nothing wrong in what was checked."


def assumed(assumptions: Sequence[str], room: int, most: int) -> Iterator[str]:
    """The assumptions as a list of at most `most` entries, in lines of at most `room` cells."""
    if not assumptions:
        return
    yield "Assumed:"
    for assumption in assumptions[:most]:
        first, *others = wrap(flowing(assumption), room - 4)
        yield f"  - {first}"
        yield from (f"    {line}" for line in others)
    if len(assumptions) > most:
        yield f"  - and {len(assumptions) - most} more, which the JSON report lists"


def in_full(finding: Finding) -> str:
    """Message, effect and fix as sentences in one line."""
    message = visible(finding.message)
    stop = "" if message.endswith((".", "!", "?")) else "."
    return " ".join(part for part in (message + stop, flowing(finding.effect), flowing(finding.fix)) if part)


def starting(text: str) -> str:
    """A visible text that begins with a path, safe at the start of a line.

    GitHub's runner would obey a file name like `::error::text` there.
    """
    return f"./{text}" if text.lstrip(" ").startswith("::") else text


def notes(finding: Finding) -> Iterator[str]:
    """Effect and fix, each in a line with its label; an empty one is left out."""
    for label, text in (("effect", finding.effect), ("help", finding.fix)):
        if prose := flowing(text):
            yield f"{label}: {prose}"


def in_one_line(finding: Finding, file: str) -> str:
    """`file:line:column: severity[rule] message`."""
    place = f"{starting(file)}:{finding.location.line}:{finding.location.column}"
    return f"{place}: {finding.severity}[{visible(finding.rule)}] {visible(finding.message)}"


def posix_path(file: str, root: str) -> str:
    """The path that `repository_path` gives the file, in visible characters."""
    return visible(repository_path(file, root))
