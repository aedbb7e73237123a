"""The last lines of a report for people: what was looked at, what was not, the verdict, what it rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from k8slint.finding import KindCount, Report, Summary
from k8slint.report.color import Paint
from k8slint.report.escape import flowing, visible
from k8slint.report.frame import wrap
from k8slint.report.wording import assumed, counted, is_clear, total, verdict

_ASSUMPTIONS_SHOWN = 5
_FOLDERS_SHOWN = 3


def conclusion(report: Report, paint: Paint, room: int) -> Iterator[str]:
    """The last lines, each of at most `room` cells."""
    for sentence in _sentences(report):
        yield from wrap(sentence, room)
    yield from (paint(_style(report), line) for line in wrap(verdict(report), room))
    yield from assumed(report.assumptions, room, _ASSUMPTIONS_SHOWN)


def _sentences(report: Report) -> Iterator[str]:
    summary = report.summary
    if summary.objects:
        yield _headline(report)
    yield from unrendered(summary)
    if summary.skipped:
        reasons = Counter(flowing(skipped.reason) for skipped in summary.skipped)
        ordered = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
        listed = ", ".join(f"{reason} ({count})" for reason, count in ordered)
        yield f"Skipped {len(summary.skipped):,}: {listed}."
    if summary.settings:
        listed = ", ".join(f"{visible(each.kind)} ({each.objects:,})" for each in summary.settings)
        yield f"Read, but not for the API server: {listed}."
    if summary.not_judged:
        references = counted(summary.not_judged, "reference")
        yield f"Not judged: {references} to what may lie outside the files given."
    if summary.ignored:
        yield f"Ignored: {counted(summary.ignored, 'finding')}."
    if report.hidden:
        yield f"Not shown: {counted(report.hidden, 'finding')} below {report.least}."


def _headline(report: Report) -> str:
    summary = report.summary
    objects, files = counted(summary.objects, "object"), counted(summary.files, "file")
    checked = f"Checked {objects} in {files} for Kubernetes {visible(report.kubernetes_version)}"
    without, partly = summary.without_schema, summary.in_part
    if not without and not partly:
        return f"{checked}."
    parts = [f"{summary.fully:,} fully"]
    if partly:
        parts.append(f"{_of_kinds(partly)} in part")
    if without:
        has = "has" if total(without) == 1 else "have"
        parts.append(f"{_of_kinds(without)} {has} no schema here")
    return f"{checked}: {', '.join(parts)} (`-v` lists them)."


def _of_kinds(kinds: Sequence[KindCount]) -> str:
    named = f"of {len(kinds)} kinds" if len(kinds) > 1 else visible(kinds[0].kind)
    return f"{total(kinds):,} {named}"


def unrendered(summary: Summary) -> Iterator[str]:
    """One sentence for Helm charts and one for kustomizations not turned into manifests, each with the command to."""
    if summary.charts:
        yield _unmade(summary.charts, "Helm chart", "rendered", "helm template")
    if summary.kustomizations:
        yield _unmade(summary.kustomizations, "kustomization", "built", "kubectl kustomize")


def _unmade(folders: Sequence[str], noun: str, made: str, command: str) -> str:
    from shlex import quote  # noqa: PLC0415 - few runs meet a chart or a patch

    shown = [_folder(folder) for folder in folders[:_FOLDERS_SHOWN]]
    more = f" and {len(folders) - len(shown):,} more" if len(folders) > len(shown) else ""
    was = "was" if len(folders) == 1 else "were"
    how = f"{command} {visible(quote(folders[0]))} | k8slint check -"
    return f"{counted(len(folders), noun)} {was} not {made} ({', '.join(shown)}{more}): {how}"


def _folder(path: str) -> str:
    return visible(path if path.endswith("/") else f"{path}/")


def _style(report: Report) -> str:
    worst = min((finding.severity for finding in report.findings), key=lambda severity: severity.rank, default=None)
    if worst is not None:
        return worst.value
    return "clear" if is_clear(report) else "strong"
