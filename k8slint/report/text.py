"""For people: each finding with a frame of its source as rustc draws it, then what the run rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from k8slint.finding import Finding, Location, RelatedLocation, Report, Severity, SourceLine
from k8slint.report import Detail
from k8slint.report.color import Paint, painter
from k8slint.report.escape import flowing, visible
from k8slint.report.frame import cells, excerpt, hanging, wrap
from k8slint.report.grouping import Group, by_rule, gathered, places
from k8slint.report.summary import conclusion
from k8slint.report.wording import WIDTH, counted, is_empty, verdict

_NARROWEST: Final = 40
_PLACES_SHOWN: Final = 5
_ALIKE_SHOWN: Final = 3
_EVERYTHING: Final = 1_000_000

Told = set[tuple[str, str, str]]
"""File, rule and text of each effect and fix that was shown: each is shown once per file."""


class _Sheet(NamedTuple):
    """How a finding is drawn: `gutter` is the width of its line numbers, `room` that of a line, in cells."""

    paint: Paint
    gutter: int
    room: int

    @property
    def margin(self) -> str:
        """Blanks as wide as the line numbers."""
        return " " * self.gutter

    @property
    def bar(self) -> str:
        """The start of a line without a number."""
        return f"{self.margin} {self.paint('frame', '|')}"


def render(report: Report, *, color: bool = False, width: int | None = None, detail: Detail = Detail.USUAL) -> str:
    """Errors and warnings with frames in at most `width` cells (100 if unknown), infos in lines, then the summary."""
    if is_empty(report, detail):
        return ""
    paint = painter(color=color)
    bound = None if width is None else max(width, _NARROWEST)
    told: Told = set()
    groups = gathered(report.findings)
    blocks = [
        "\n".join(_block(group, told, paint, bound, detail))
        for group in groups
        if group.first.severity is not Severity.INFO
    ]
    infos = _infos([group for group in groups if group.first.severity is Severity.INFO], report, paint, bound, detail)
    end = [verdict(report)] if detail is Detail.QUIET else conclusion(report, paint, bound or WIDTH)
    return "\n\n".join(block for block in (*blocks, "\n".join(infos), "\n".join(end)) if block) + "\n"


def _infos(groups: Iterable[Group], report: Report, paint: Paint, bound: int | None, detail: Detail) -> Iterator[str]:
    """One line for each group, or one for each rule with many findings if not all are to be shown."""
    for alike in by_rule(groups):
        rule = alike[0].first.rule
        findings = [finding for group in alike for finding in group.findings]
        if len(findings) > _ALIKE_SHOWN and detail is not Detail.FULL:
            files = counted(len({finding.location.file for finding in findings}), "file")
            text = report.rules.get(rule)
            said = flowing(text.summary) if text else visible(alike[0].first.message)
            said = f"{said.removesuffix('.')}: {len(findings):,} times in {files} (`-v` lists them)"
            yield from _headline(Severity.INFO, rule, said, paint, bound)
        else:
            for group in alike:
                where = places(group.findings, _EVERYTHING)
                said = f"{visible(group.first.message)} ({where})"
                yield from _headline(Severity.INFO, rule, said, paint, bound)


def _headline(severity: Severity, rule: str, said: str, paint: Paint, bound: int | None) -> Iterator[str]:
    tag = f"{severity.value}[{visible(rule)}]"
    first, *others = hanging(f"{tag}: {said}", bound)
    yield paint(severity.value, tag) + paint("strong", first.removeprefix(tag))
    yield from (paint("strong", line) for line in others)


def _block(group: Group, told: Told, paint: Paint, bound: int | None, detail: Detail) -> Iterator[str]:
    finding = group.first
    severity = finding.severity.value
    lines = [line for line in (finding.line, *(related.line for related in finding.related)) if line is not None]
    sheet = _Sheet(paint, max((len(str(line.number)) for line in lines), default=1), bound or WIDTH)
    yield from _headline(finding.severity, finding.rule, visible(finding.message), paint, bound)
    yield from _arrow("-->", f"{_place(finding.location)}{_owner(finding)}", sheet, bound)
    sections = [
        _frame(finding.line, finding.location, sheet, lambda width: paint(severity, "^" * width)),
        *(_related(related, sheet, bound) for related in finding.related),
        _notes(group, told, sheet, _EVERYTHING if detail is Detail.FULL else _PLACES_SHOWN),
    ]
    for section in sections:
        section_lines = list(section)
        if section_lines:
            yield sheet.bar
        yield from section_lines


def _arrow(arrow: str, text: str, sheet: _Sheet, bound: int | None) -> Iterator[str]:
    """Lines that say where something is; only the width of a terminal breaks them."""
    first, *others = hanging(text, bound and bound - sheet.gutter - len(arrow) - 1)
    yield f"{sheet.margin}{sheet.paint('frame', arrow)} {first}"
    yield from (f"{sheet.margin}{' ' * len(arrow)} {line}" for line in others)


def _related(related: RelatedLocation, sheet: _Sheet, bound: int | None) -> Iterator[str]:
    message, place = visible(related.message), _place(related.location)
    if related.line is None:
        yield from _arrow(":::", f"{place}: {message}" if message else place, sheet, bound)
        return
    yield from _arrow(":::", place, sheet, bound)
    yield sheet.bar
    frame = list(_frame(related.line, related.location, sheet, lambda width: sheet.paint("frame", "-" * width)))
    *_, underline = frame
    yield from frame[:-1]
    yield from _beside(underline, message, sheet, bound)


def _beside(underline: str, message: str, sheet: _Sheet, bound: int | None) -> Iterator[str]:
    """An underline with its message, which goes below if it does not fit beside."""
    if not message:
        yield underline
    elif bound is None or cells(underline) + 1 + cells(message) <= bound:
        yield f"{underline} {sheet.paint('frame', message)}"
    else:
        yield underline
        yield from (
            f"{sheet.bar} {sheet.paint('frame', line)}" for line in wrap(message, bound - sheet.gutter - len(" | "))
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


def _notes(group: Group, told: Told, sheet: _Sheet, most: int) -> Iterator[str]:
    finding = group.first
    if group.others:
        yield from _note(f"and {len(group.others):,} more", places(group.others, most), sheet)
    for label, text in (("effect", finding.effect), ("help", finding.fix)):
        key = (finding.location.file, finding.rule, text)
        prose = flowing(text)
        if prose and key not in told:
            told.add(key)
            yield from _note(label, prose, sheet)


def _note(label: str, prose: str, sheet: _Sheet) -> Iterator[str]:
    indent = sheet.gutter + len(f" = {label}: ")
    first, *others = wrap(prose, min(sheet.room, WIDTH) - indent)
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
