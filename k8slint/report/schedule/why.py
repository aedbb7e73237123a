"""One workload: each of its pods, which filter refuses it on which node, and how the nodes scored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from k8slint.objects.object import Object
from k8slint.report.escape import visible
from k8slint.report.frame import cells
from k8slint.report.schedule.table import advice, later_text, preemption_text
from k8slint.report.schedule.terminal import Sheet, columns, sheet_of
from k8slint.report.schedule.view import (
    TITLES,
    Group,
    Subject,
    listed,
    owner_text,
    place_of,
    ranged,
    refusal_text,
    rejected_text,
)
from k8slint.report.schedule.words import Row, rows
from k8slint.report.wording import counted
from k8slint.scheduling.registry import FILTERS
from k8slint.simulation.explain import Explanation
from k8slint.simulation.results import PodResult, Verdict

_BEST: Final = 5
_BESIDE: Final = 44
_ROWS_SHOWN: Final = 30
_GROUPS_SHOWN: Final = 10


def render(subject: Subject, owner: Object, *, color: bool, width: int | None, blocks: bool) -> str:
    """All that is known of the pods of an object; the scheduler's own sentences are not broken into lines."""
    sheet = sheet_of(color=color, width=width, blocks=blocks)
    pods = subject.run.of(owner)
    sections = [list(_head(subject, owner, pods, sheet)), *_assigned(subject, pods, sheet)]
    groups = [
        group
        for verdict in Verdict
        if verdict is not Verdict.ASSIGNED
        for group in subject.groups(verdict)
        if group.owner is owner
    ]
    sections += [list(_group(group, subject, sheet)) for group in groups[:_GROUPS_SHOWN]]
    if len(groups) > _GROUPS_SHOWN:
        sections.append([f"and {counted(sum(len(group.pods) for group in groups[_GROUPS_SHOWN:]), 'pod')} more"])
    return "\n\n".join("\n".join(section) for section in sections if section) + "\n"


def _head(subject: Subject, owner: Object, pods: Sequence[PodResult], sheet: Sheet) -> Iterator[str]:
    counts = Counter(pod.verdict for pod in pods)
    told = ", ".join(f"{counts[verdict]} {TITLES[verdict]}" for verdict in Verdict if counts[verdict])
    workload = next((each for each in subject.run.workloads if each.obj is owner), None)
    namespace = owner.namespace if workload is None else workload.namespace
    name = owner_text(pods[0]) if pods else _label(owner, namespace)
    yield from sheet.sentence(f"{sheet.paint('strong', name)}: {told or 'no pods'} ({place_of(owner)})")
    if workload is not None and workload.note:
        yield from sheet.wrapped(visible(workload.note), "  ")
    if not pods:
        yield from (f"  {refusal_text(refusal)}" for refusal in subject.run.refusals if refusal.obj is owner)


def _label(owner: Object, namespace: str) -> str:
    return visible(f"{owner.kind} {namespace}/{owner.name}" if namespace else f"{owner.kind} {owner.name}")


def _assigned(subject: Subject, pods: Sequence[PodResult], sheet: Sheet) -> Iterator[list[str]]:
    """The nodes that the pods of the owner went to, and how the node of the first pod was chosen."""
    placed = [pod for pod in pods if pod.verdict is Verdict.ASSIGNED]
    if not placed:
        return
    by_node: dict[str, list[PodResult]] = {}
    for pod in placed:
        by_node.setdefault(pod.node, []).append(pod)
    table = [["NODE", "PODS"]]
    table += [[visible(node), ranged([pod.name for pod in here], sheet.marks.dots)] for node, here in by_node.items()]
    yield list(columns(table))
    first = placed[0]
    yield list(_scores(first, sheet))
    explanation = subject.explainer.explain(first)
    if explanation is not None and any(explanation.nodes.values()):
        yield [f"Without {visible(first.name)}, as the others stand:", *matrix(explanation, sheet)]


def _scores(pod: PodResult, sheet: Sheet) -> Iterator[str]:
    if not pod.scores:
        return
    totals = {node: sum(scores.values()) for node, scores in pod.scores.items()}
    first = next(iter(pod.scores.values()))
    best = sorted(totals, key=lambda node: (-totals[node], node != pod.node))[:_BEST]
    # A plugin that scores all nodes alike does not explain the choice.
    plugins = sorted(plugin for plugin in first if len({scores.get(plugin, 0) for scores in pod.scores.values()}) > 1)
    yield from sheet.sentence(f"Scores of the best nodes when {visible(pod.name)} was tried, where they differ:")
    table = [["", "NODE", "TOTAL", *plugins]]
    for node in best:
        scores = pod.scores[node]
        mark = sheet.marks.yes if node == pod.node else ""
        table.append([mark, visible(node), str(totals[node]), *(str(scores.get(plugin, 0)) for plugin in plugins)])
    yield from (f"  {line}" for line in columns(table))
    if len(totals) > _BEST:
        yield f"  and {counted(len(totals) - _BEST, 'node')} more"
    if pod.ties:
        ties = listed(pod.ties, sheet.marks.dots)
        yield from sheet.wrapped(f"{ties} scored as high: which of them is taken is an accident", "  ", "  ")


def _group(group: Group, subject: Subject, sheet: Sheet) -> Iterator[str]:
    pod = group.first
    names = ranged([other.name for other in group.pods], sheet.marks.dots)
    yield f"{sheet.paint('error', sheet.marks.no)} {sheet.paint('strong', names)}: {TITLES[group.verdict]}"
    yield from sheet.sentence(visible(pod.message), "  ")
    if pod.preemption is not None:
        yield from sheet.wrapped(preemption_text(pod.preemption), "  ")
    if group.verdict is Verdict.REJECTED:
        yield from sheet.wrapped(rejected_text(group, sheet.marks.dots), "  ")
    explanation = subject.explainer.explain_attempt(pod) if group.verdict is Verdict.UNSCHEDULABLE else None
    if explanation is None:
        return
    for text in explanation.whole:
        yield from sheet.wrapped(visible(text), "  ", "  ")
    if not explanation.whole:
        yield ""
        yield from matrix(explanation, sheet)
        if pod.preemption is None:
            yield ""
            one = "one" if subject.total(group.pods) > 1 else "it"
            yield from later_text(pod, subject, sheet, one) or advice(explanation, sheet, one)


def matrix(explanation: Explanation, sheet: Sheet) -> Iterator[str]:
    """Which filter refuses on which nodes, and why; filters that refuse nowhere are left out."""
    found = rows(explanation)
    plugins = [name for name in FILTERS if any(name in row.plugins for row in found)]
    shown = found[:_ROWS_SHOWN]
    table = [["NODE", *plugins]]
    table += [[listed(row.nodes, sheet.marks.dots), *_signs(row, plugins, sheet)] for row in shown]
    head, *lines = columns(table)
    yield f"  {sheet.paint('strong', head)}"
    # The reason goes beside the signs if there is room, else below them.
    margin = max(cells(line) for line in (head, *lines)) + 5
    for row, line in zip(shown, lines, strict=True):
        text = row.text
        if sheet.room - margin >= _BESIDE:
            first, *others = sheet.wrapped(text, "", " " * margin)
            yield f"  {line}{' ' * (margin - 2 - cells(line))}{first}"
            yield from others
        else:
            yield f"  {line}"
            yield from sheet.wrapped(text, "      ", "")
    if len(found) > _ROWS_SHOWN:
        yield f"  and {counted(sum(len(row.nodes) for row in found[_ROWS_SHOWN:]), 'node')} more"


def _signs(row: Row, plugins: Sequence[str], sheet: Sheet) -> list[str]:
    return [sheet.marks.no if plugin in row.plugins else sheet.marks.yes for plugin in plugins]
