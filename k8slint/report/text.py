"""For people: each finding with a frame of its source as rustc draws it, then what the run rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from k8slint.finding import Finding, Location, RelatedLocation, Report, SourceLine
from k8slint.report.color import Paint, painter
from k8slint.report.escape import flowing, visible
from k8slint.report.frame import excerpt, wrap
from k8slint.report.wording import counted, verdict

_WIDTH: Final = 100
_NARROWEST: Final = 40
_ASSUMPTIONS_SHOWN: Final = 5

Told = set[tuple[str, str, str]]
"""File, rule and text of each effect and fix that was shown: within a file they are not said again."""


def render(report: Report, *, color: bool = False, width: int | None = None) -> str:
    """The findings with frames in at most `width` cells (100 if unknown), then the summary."""
    paint = painter(color=color)
    room = max(width or _WIDTH, _NARROWEST)
    told: Told = set()
    blocks = ["\n".join(_finding(finding, told, paint, room)) for finding in report.findings]
    return "\n\n".join([*blocks, "\n".join(_summary(report, paint, room))]) + "\n"


def _finding(finding: Finding, told: Told, paint: Paint, room: int) -> Iterator[str]:
    severity = finding.severity.value
    lines = [line for line in (finding.line, *(related.line for related in finding.related)) if line is not None]
    gutter = max((len(str(line.number)) for line in lines), default=1)
    yield paint(severity, f"{severity}[{visible(finding.rule)}]") + paint("strong", f": {visible(finding.message)}")
    yield f"{' ' * gutter}{paint('frame', '-->')} {_place(finding.location)}{_owner(finding)}"
    sections = [
        _frame(finding.line, finding.location, severity, "^", "", gutter, paint, room),
        *(_related(related, gutter, paint, room) for related in finding.related),
        _notes(finding, gutter, told, paint, room),
    ]
    for section in sections:
        section_lines = list(section)
        if section_lines:
            yield _bar(gutter, paint)
        yield from section_lines


def _related(related: RelatedLocation, gutter: int, paint: Paint, room: int) -> Iterator[str]:
    place = f"{' ' * gutter}{paint('frame', ':::')} {_place(related.location)}"
    message = visible(related.message)
    if related.line is None:
        yield f"{place}: {message}" if message else place
        return
    yield place
    yield _bar(gutter, paint)
    yield from _frame(related.line, related.location, "frame", "-", message, gutter, paint, room)


def _frame(
    line: SourceLine | None, location: Location, style: str, mark: str, label: str, gutter: int, paint: Paint, room: int
) -> Iterator[str]:
    if line is None:
        return
    end = location.end_column - 1 if location.end_line == location.line else len(line.text)
    shown = excerpt(line.text, location.column - 1, end, room - gutter - len(" | "))
    yield f"{paint('frame', f'{line.number:>{gutter}} |')} {shown.text}".rstrip(" ")
    underline = f"{mark * shown.width} {label}".rstrip(" ")
    yield f"{_bar(gutter, paint)} {' ' * shown.indent}{paint(style, underline)}"


def _bar(gutter: int, paint: Paint) -> str:
    return f"{' ' * gutter} {paint('frame', '|')}"


def _notes(finding: Finding, gutter: int, told: Told, paint: Paint, room: int) -> Iterator[str]:
    for label, text in (("effect", finding.effect), ("help", finding.fix)):
        key = (finding.location.file, finding.rule, text)
        prose = flowing(text)
        if not prose or key in told:
            continue
        told.add(key)
        indent = gutter + len(f" = {label}: ")
        first, *others = wrap(prose, room - indent)
        yield f"{' ' * gutter} {paint('frame', '=')} {paint('strong', f'{label}:')} {first}"
        yield from (f"{' ' * indent}{line}" for line in others)


def _place(location: Location) -> str:
    return f"{visible(location.file)}:{location.line}:{location.column}"


def _owner(finding: Finding) -> str:
    obj = finding.object
    if obj is None:
        return ""
    name = f"{obj.namespace}/{obj.name}" if obj.namespace else obj.name
    return f" in {visible(obj.kind)} {visible(name)}".rstrip(" ")


def _summary(report: Report, paint: Paint, room: int) -> Iterator[str]:
    summary = report.summary
    files, objects = counted(summary.files, "file"), counted(summary.objects, "object")
    yield f"Checked {objects} in {files} for Kubernetes {visible(report.kubernetes_version)}."
    if summary.skipped:
        reasons = Counter(flowing(skipped.reason) for skipped in summary.skipped)
        ordered = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
        listed = ", ".join(f"{reason} ({count})" for reason, count in ordered)
        yield from wrap(f"Skipped {len(summary.skipped)}: {listed}.", room)
    if summary.not_judged:
        references = counted(summary.not_judged, "reference")
        yield f"Not judged: {references} to what may lie outside the files given."
    if summary.ignored:
        yield f"Ignored: {counted(summary.ignored, 'finding')}."
    worst = min((finding.severity for finding in report.findings), key=lambda severity: severity.rank, default=None)
    clear = "clear" if summary.objects else "strong"
    yield paint(worst.value if worst else clear, verdict(report))
    yield from _assumptions(report.assumptions, room)


def _assumptions(assumptions: tuple[str, ...], room: int) -> Iterator[str]:
    if not assumptions:
        return
    yield "Assumed:"
    for assumption in assumptions[:_ASSUMPTIONS_SHOWN]:
        first, *others = wrap(flowing(assumption), room - 4)
        yield f"  - {first}"
        yield from (f"    {line}" for line in others)
    if len(assumptions) > _ASSUMPTIONS_SHOWN:
        yield f"  - and {len(assumptions) - _ASSUMPTIONS_SHOWN} more, which the JSON report lists"
