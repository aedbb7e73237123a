"""For people: each finding with a frame of its source as rustc draws it, then what the run rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from k8slint.finding import Finding, Location, RelatedLocation, Report, SourceLine
from k8slint.report.color import Paint, painter
from k8slint.report.escape import flowing, visible
from k8slint.report.frame import excerpt, wrap
from k8slint.report.wording import assumed, counted, verdict

_WIDTH: Final = 100
_NARROWEST: Final = 40
_ASSUMPTIONS_SHOWN: Final = 5

Told = set[tuple[str, str, str]]
"""File, rule and text of each effect and fix that was shown: within a file they are not said again."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What a finding is drawn on: `gutter` is the width of its line numbers, `room` that of a line, in cells."""

    paint: Paint
    gutter: int
    room: int

    @property
    def margin(self) -> str:
        """Blanks as wide as the line numbers."""
        return " " * self.gutter

    @property
    def bar(self) -> str:
        """A line without a number."""
        return f"{self.margin} {self.paint('frame', '|')}"


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
    sheet = _Sheet(paint, max((len(str(line.number)) for line in lines), default=1), room)
    yield paint(severity, f"{severity}[{visible(finding.rule)}]") + paint("strong", f": {visible(finding.message)}")
    yield f"{sheet.margin}{paint('frame', '-->')} {_place(finding.location)}{_owner(finding)}"
    sections = [
        _frame(finding.line, finding.location, sheet, lambda width: paint(severity, "^" * width)),
        *(_related(related, sheet) for related in finding.related),
        _notes(finding, told, sheet),
    ]
    for section in sections:
        section_lines = list(section)
        if section_lines:
            yield sheet.bar
        yield from section_lines


def _related(related: RelatedLocation, sheet: _Sheet) -> Iterator[str]:
    place = f"{sheet.margin}{sheet.paint('frame', ':::')} {_place(related.location)}"
    message = visible(related.message)
    if related.line is None:
        yield f"{place}: {message}" if message else place
        return
    yield place
    yield sheet.bar
    yield from _frame(
        related.line,
        related.location,
        sheet,
        lambda width: sheet.paint("frame", f"{'-' * width} {message}".rstrip(" ")),
    )


def _frame(
    line: SourceLine | None, location: Location, sheet: _Sheet, underline: Callable[[int], str]
) -> Iterator[str]:
    if line is None:
        return
    end = location.end_column - 1 if location.end_line == location.line else len(line.text)
    start, end = line.span or (location.column - 1, end)
    shown = excerpt(line.text, start, end, sheet.room - sheet.gutter - len(" | "))
    yield f"{sheet.paint('frame', f'{line.number:>{sheet.gutter}} |')} {shown.text}".rstrip(" ")
    yield f"{sheet.bar} {' ' * shown.indent}{underline(shown.width)}"


def _notes(finding: Finding, told: Told, sheet: _Sheet) -> Iterator[str]:
    for label, text in (("effect", finding.effect), ("help", finding.fix)):
        key = (finding.location.file, finding.rule, text)
        prose = flowing(text)
        if not prose or key in told:
            continue
        told.add(key)
        indent = sheet.gutter + len(f" = {label}: ")
        first, *others = wrap(prose, min(sheet.room, _WIDTH) - indent)
        yield f"{sheet.margin} {sheet.paint('frame', '=')} {sheet.paint('strong', f'{label}:')} {first}"
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
    yield from assumed(report.assumptions, room, _ASSUMPTIONS_SHOWN)
