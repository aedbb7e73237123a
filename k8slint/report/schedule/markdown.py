"""For pull requests and job summaries: tables and lists in GitHub's Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from k8slint.report.escape import flowing, visible
from k8slint.report.schedule.table import preemption_text
from k8slint.report.schedule.view import (
    TITLES,
    Group,
    Subject,
    comings_to_nothing,
    idle_text,
    listed,
    notes,
    ranged,
    rejected_text,
)
from k8slint.report.schedule.words import obstacles_text, rows
from k8slint.report.wording import counted
from k8slint.simulation.explain import Explanation
from k8slint.simulation.in_words import in_words
from k8slint.simulation.results import NodeResult, Verdict

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>|#~&!@])")
_EXPLAINED: Final = 20
_ROWS_SHOWN: Final = 15
_RESOURCES: Final = ("cpu", "memory", "pods")


def render(subject: Subject) -> str:
    """The dry run as Markdown."""
    blocks = [list(_head(subject)), list(_nodes(subject))]
    for verdict in (item for item in Verdict if item is not Verdict.ASSIGNED):
        groups = subject.groups(verdict)
        if groups:
            title = TITLES[verdict]
            blocks.append([f"### {title[0].upper()}{title[1:]}"])
            lines = (
                _group(group, subject, explains=number < _EXPLAINED and verdict is Verdict.UNSCHEDULABLE)
                for number, group in enumerate(groups)
            )
            blocks.append([line for each in lines for line in each])
    for title, texts in (
        ("Come to nothing", comings_to_nothing(subject.run)),
        ("Notes", notes(subject.run)),
        ("Assumed", map(flowing, subject.run.assumptions)),
    ):
        found = [f"- {plain(text)}" for text in texts]
        if found:
            blocks += [[f"### {title}"], found]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def plain(text: str) -> str:
    r"""A visible text, escaped so that Markdown shows it unchanged.

    >>> plain("a|b *c*")
    'a\\|b \\*c\\*'
    """
    return _SPECIAL.sub(r"\\\1", text)


def _name(text: str) -> str:
    return plain(visible(text))


def _head(subject: Subject) -> Iterator[str]:
    counts = subject.counts()
    told = ", ".join(f"{count} {TITLES[verdict]}" for verdict, count in counts.items())
    pods, nodes = counted(len(subject.run.pods), "pod"), counted(len(subject.nodes()), "node")
    yield f"## {pods} on {nodes}: {told or 'nothing to place'}"
    yield ""
    yield f"Kubernetes {_name(subject.version)}"
    idle = idle_text(subject)
    if idle:
        yield ""
        yield plain(idle)


def _nodes(subject: Subject) -> Iterator[str]:
    zones = subject.zones
    head = ["Node", *(["Zone"] if zones else []), "CPU", "Memory", "Pods", "Holds"]
    yield row(head)
    yield row(["---"] * len(head))
    for node in subject.nodes():
        zone = [plain(zones.get(node.name, ""))] if zones else []
        shares = [plain(_share(node, resource)) for resource in _RESOURCES]
        yield row([_name(node.name), *zone, *shares, plain(", ".join(subject.residents(node)))])
    if len(subject.nodes()) > 1:
        blank = [""] if zones else []
        shares = [plain(_share(subject.whole, resource)) for resource in _RESOURCES]
        yield row(["**Total**", *blank, *shares, ""])
        left = subject.left
        yield row(
            ["**Left**", *blank, *(in_words(name, left[name]) if name in left else "" for name in _RESOURCES), ""]
        )


def row(cells: Iterable[str]) -> str:
    """A row of a table, of cells that are Markdown."""
    return f"| {' | '.join(cells)} |"


def _share(node: NodeResult, resource: str) -> str:
    used = in_words(resource, node.requested.get(resource, 0))
    has = node.allocatable.get(resource)
    if has is None:
        return used
    percent = f" ({node.requested.get(resource, 0) * 100 // has}%)" if has else ""
    return f"{used} of {in_words(resource, has)}{percent}"


def _group(group: Group, subject: Subject, *, explains: bool) -> Iterator[str]:
    pod = group.first
    names = ranged([other.name for other in group.pods], "…")
    owner = f"{pod.owner.kind} {pod.namespace}/{pod.owner.name or pod.name}"
    yield f"- **{_name(owner)}**: {plain(names)}"
    yield f"  - {_name(pod.message)}"
    if pod.preemption is not None:
        yield f"  - {plain(preemption_text(pod.preemption))}"
        return
    if group.verdict is Verdict.REJECTED:
        yield f"  - {plain(rejected_text(group, '…'))}"
    explanation = subject.explainer.explain_attempt(pod) if explains else None
    if explanation is not None:
        later = subject.explainer.explain(pod)
        fits_on = later.fits_on if later is not None else ()
        yield from (f"  - {plain(line)}" for line in _behind(explanation, fits_on) if line not in pod.message)


def _behind(explanation: Explanation, fits_on: Sequence[str]) -> Iterator[str]:
    """What is behind the message, and what would help; `fits_on` are the nodes it fits on after all."""
    if explanation.whole:
        yield from map(visible, explanation.whole)
        return
    found = rows(explanation)
    for row in found[:_ROWS_SHOWN]:
        yield f"{listed(row.nodes, '…')}: {row.text}"
    if len(found) > _ROWS_SHOWN:
        yield f"and {counted(sum(len(row.nodes) for row in found[_ROWS_SHOWN:]), 'node')} more"
    if fits_on:
        yield f"Once the other pods have their places it fits on {listed(fits_on, '…')}."
        return
    if explanation.nearest and len(rows(explanation)) > 1:
        yield f"nearest: {visible(explanation.nearest)} {obstacles_text([explanation.nodes[explanation.nearest]])}"
    for change in explanation.changes:
        yield f"one fits on {visible(change.node)} if you {visible(change.text)}"
