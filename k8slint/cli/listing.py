"""What a run did not look at: in full if asked for, in a sentence if there was nothing to check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from k8slint.finding import Report
from k8slint.report.escape import visible
from k8slint.report.summary import unrendered
from k8slint.report.wording import counted


def left_aside(report: Report) -> Iterator[str]:
    """A line for each kind, folder and file that was not judged, or not as a whole."""
    summary = report.summary
    for each in summary.without_schema:
        yield f"no schema for {visible(each.kind)}: {counted(each.objects, 'object')}"
    for each in summary.in_part:
        yield f"in part {visible(each.kind)}: {counted(each.objects, 'object')}"
    for folder in summary.charts:
        yield f"not rendered {visible(folder)}: a Helm chart"
    for folder in summary.kustomizations:
        yield f"not built {visible(folder)}: a kustomization"
    for skipped in summary.skipped:
        yield f"skipped {visible(skipped.file)}:{skipped.line}: {visible(skipped.reason)}"


def nothing_to_check(report: Report, paths: Sequence[str]) -> str:
    """Why nothing was checked, and what to do about it."""
    why = list(unrendered(report.summary))
    if report.summary.skipped and not why:
        why = [f"{len(report.summary.skipped)} skipped (`-v` lists them)"]
    return "; ".join([f"nothing to check: no Kubernetes object in {', '.join(paths)}", *why])
