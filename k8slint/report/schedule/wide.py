"""For people who want every pod: a row for each, then what the table format says of pods without a node."""

from __future__ import annotations

from k8slint.report.escape import visible
from k8slint.report.schedule.table import endings, score_text, summary
from k8slint.report.schedule.terminal import columns, sheet_of
from k8slint.report.schedule.view import Subject, listed


def render(subject: Subject, *, color: bool, width: int | None, blocks: bool) -> str:
    """Every pod with its owner and node, the node's score, and the nodes that scored as high."""
    sheet = sheet_of(color=color, width=width, blocks=blocks)
    table = [["NAMESPACE", "NAME", "OWNER", "VERDICT", "NODE", "SCORE", "AS HIGH"]]
    table += [
        [
            visible(pod.namespace),
            visible(pod.name),
            visible(f"{pod.owner.kind.lower()}/{pod.owner.name or pod.name}"),
            pod.verdict.value,
            visible(pod.node) or "-",
            score_text(pod) or "-",
            listed(pod.ties, sheet.marks.dots) or "-",
        ]
        for pod in subject.run.pods
    ]
    sections = [summary(subject, sheet), list(columns(table)), *endings(subject, sheet, len(subject.run.assumptions))]
    return "\n\n".join("\n".join(section) for section in sections if section) + "\n"
