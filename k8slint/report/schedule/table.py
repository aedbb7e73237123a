"""For people: the nodes with what they hold, then every pod that has no node, and what the run rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from k8slint.report.escape import visible
from k8slint.report.frame import cells, wrap
from k8slint.report.schedule.terminal import Sheet, columns, sheet_of
from k8slint.report.schedule.view import (
    TITLES,
    Group,
    Subject,
    comings_to_nothing,
    idle_text,
    listed,
    notes,
    owner_text,
    place_of,
    ranged,
    rejected_text,
)
from k8slint.report.schedule.words import obstacles_text, rows
from k8slint.report.wording import assumed, counted
from k8slint.scheduling.result import Preemption
from k8slint.simulation.explain import Explanation
from k8slint.simulation.in_words import in_words
from k8slint.simulation.results import NodeResult, PodResult, Verdict

_NODES_SHOWN: Final = 60
_EXPLAINED: Final = 20
_ROWS_SHOWN: Final = 15
ASSUMPTIONS_SHOWN: Final = 3
_LINES_OF_PODS: Final = 2
_USUAL: Final = ("cpu", "memory", "pods")
_BAD: Final = (
    Verdict.UNSCHEDULABLE,
    Verdict.REFUSED,
    Verdict.REJECTED,
    Verdict.WAITING,
    Verdict.GATED,
    Verdict.NOT_MODELLED,
)


def render(subject: Subject, *, color: bool, width: int | None, blocks: bool) -> str:
    """The dry run in lines of at most `width` cells, but for the scheduler's own sentences."""
    sheet = sheet_of(color=color, width=width, blocks=blocks)
    sections = [summary(subject, sheet), list(_nodes(subject, sheet)), *endings(subject, sheet, ASSUMPTIONS_SHOWN)]
    return "\n\n".join("\n".join(section) for section in sections if section) + "\n"


def summary(subject: Subject, sheet: Sheet) -> list[str]:
    """The outcome in one line."""
    counts = subject.counts()
    pods, nodes = counted(len(subject.run.pods), "pod"), counted(len(subject.nodes()), "node")
    told = ", ".join(f"{count} {TITLES[verdict]}" for verdict, count in counts.items())
    if set(counts) == {Verdict.ASSIGNED}:
        told = sheet.paint("clear", "all assigned")
    text = f"{pods} on {nodes} for Kubernetes {visible(subject.version)}: {told or 'nothing to place'}"
    idle = idle_text(subject)
    return [*sheet.wrapped(text, ""), *(sheet.wrapped(idle, "") if idle else ())]


def endings(subject: Subject, sheet: Sheet, most: int) -> Iterator[list[str]]:
    """What follows the nodes: pods without one, by verdict, then notes and at most so many assumptions."""
    for verdict in _BAD:
        groups = subject.groups(verdict)
        if groups:
            yield [sheet.paint("strong", f"{TITLES[verdict].upper()}")]
        if verdict is Verdict.NOT_MODELLED:
            yield list(_not_modelled(groups, sheet))
            continue
        for number, group in enumerate(groups):
            yield list(_group(group, subject, sheet, explains=number < _EXPLAINED))
        if verdict is Verdict.UNSCHEDULABLE and len(groups) > _EXPLAINED:
            yield [f"The last {len(groups) - _EXPLAINED} are not looked into here: k8slint why KIND/NAME does."]
    for title, lines in (("COME TO NOTHING", comings_to_nothing(subject.run)), ("NOTES", notes(subject.run))):
        found = [line for text in lines for line in sheet.wrapped(text, "  ", "  ")]
        if found:
            yield [sheet.paint("strong", title), *found]
    yield list(_assumed(subject.run.assumptions, sheet, most))


def _assumed(assumptions: Sequence[str], sheet: Sheet, most: int) -> Iterator[str]:
    """The weightiest assumptions, and how many there are besides."""
    lines = assumed(assumptions[:most], sheet.room, most)
    if len(assumptions) > most:
        next(lines)
        yield f"Assumed ({most} of {len(assumptions)}; -o wide lists all):"
    yield from lines


def _nodes(subject: Subject, sheet: Sheet) -> Iterator[str]:
    alike: dict[object, list[NodeResult]] = {}
    for node in subject.nodes():
        alike.setdefault(_likeness(node, subject), []).append(node)
    groups = list(alike.values())
    if len(groups) > _NODES_SHOWN:
        groups.sort(key=lambda nodes: not subject.is_chosen(nodes[0]))
    rows: list[tuple[list[str], NodeResult | None, list[str]]] = []
    for nodes in groups[:_NODES_SHOWN]:
        first = nodes[0]
        name = listed([node.name for node in nodes], sheet.marks.dots)
        zones = ", ".join(dict.fromkeys(zone for node in nodes if (zone := subject.zones.get(node.name))))
        shares = (_share(first, resource) for resource in _USUAL)
        rows.append(([name, zones, *shares], first, list(_residents(first, subject, sheet))))
    hidden = sum(len(nodes) for nodes in groups[_NODES_SHOWN:])
    if hidden:
        rows[-1][2].append(f"and {counted(hidden, 'node')} more, which -o json lists")
    rows += _totals(subject, sheet)
    table = [["NODE", "ZONE", "CPU", "MEMORY", "PODS"], *(row for row, _, _ in rows)]
    if not subject.zones:
        table = [[name, *others] for name, _, *others in table]
    head, *lines = _fitting(table, [node for _, node, _ in rows], sheet)
    yield from [sheet.paint("strong", head)] if head else []
    for line, (_, _, below) in zip(lines, rows, strict=True):
        yield line
        yield from below


def _fitting(table: list[list[str]], nodes: list[NodeResult | None], sheet: Sheet) -> list[str]:
    """The lines of the table, with bars if there is room for them; lists if a terminal is too narrow for the table."""
    for candidate in (_with_bars([list(row) for row in table], nodes, sheet), table):
        lines = list(columns(candidate))
        if max(map(cells, lines)) <= sheet.room:
            return lines
    if sheet.bound is None:
        return lines
    head, *others = table
    told = (", ".join(f"{name.lower()} {cell}" for name, cell in zip(head[1:], row[1:], strict=True)) for row in others)
    return ["", *("\n".join([row[0], *sheet.wrapped(text, "  ")]) for row, text in zip(others, told, strict=True))]


def _likeness(node: NodeResult, subject: Subject) -> object:
    """A key that is equal for nodes with the same row in the table."""
    if not node.pods:
        return tuple(node.allocatable.items()), subject.zones.get(node.name)
    return tuple(_share(node, resource) for resource in node.requested), tuple(sorted(subject.residents(node)))


def _share(node: NodeResult, resource: str) -> str:
    used = in_words(resource, node.requested.get(resource, 0))
    if resource not in node.allocatable:
        return used
    return f"{used} of {in_words(resource, node.allocatable[resource])}"


def _with_bars(table: list[list[str]], nodes: list[NodeResult | None], sheet: Sheet) -> list[list[str]]:
    """The table with a bar before each share of cpu and memory, but for rows that stand for no node."""
    head, *lines = table
    place = len(head) - len(_USUAL)
    for line, node in zip(lines, nodes, strict=True):
        for offset, resource in enumerate(_USUAL[:2]):
            if node is not None and resource in node.allocatable:
                bar = sheet.bar(node.requested.get(resource, 0), node.allocatable[resource])
                line[place + offset] = f"{bar} {line[place + offset]}"
    return [head, *lines]


def _residents(node: NodeResult, subject: Subject, sheet: Sheet) -> Iterator[str]:
    others = [f"{visible(resource)} {_share(node, resource)}" for resource in _unusual(node)]
    if others:
        yield f"  {', '.join(others)}"
    yield from (f"  {line}" for line in _some(subject.newcomers(node), subject.others(node), sheet.room - 2))


def _unusual(node: NodeResult) -> list[str]:
    """The other resources that pods on the node ask for."""
    resources = dict.fromkeys((*node.allocatable, *node.requested))
    return [resource for resource in resources if resource not in _USUAL and node.requested.get(resource)]


def _totals(subject: Subject, sheet: Sheet) -> list[tuple[list[str], NodeResult | None, list[str]]]:
    """The rows of all nodes together, each with what its bars show, and the lines below it; none for a single node."""
    if len(subject.nodes()) < 2:
        return []
    whole, left = subject.whole, subject.left
    total = ["TOTAL", "", *(_share(whole, resource) for resource in _USUAL)]
    rest = ["LEFT", "", *(in_words(name, left[name]) if name in left else "" for name in _USUAL)]
    unusual = [name for name in _unusual(whole) if name in left]
    below = ", ".join(f"{visible(name)} {in_words(name, left[name])}" for name in unusual)
    return [(total, whole, list(_residents(whole, subject, sheet))), (rest, None, [f"  {below}"] if below else [])]


def _some(new: list[str], old: list[str], room: int) -> list[str]:
    """All of the new names, and as many of the old ones as two lines hold."""
    lines = wrap(", ".join((*new, *old)), room) if new or old else []
    most, kept = max(_LINES_OF_PODS, len(wrap(", ".join(new), room)) + 1), len(old)
    while kept and len(lines) > most:
        kept -= max(1, kept // 8)
        more = f"{len(old) - kept} that ran before" if kept or new else f"{len(old)} pods that ran before"
        lines = wrap(f"{', '.join((*new, *old[:kept]))} and {more}", room)
    return lines


def _group(group: Group, subject: Subject, sheet: Sheet, *, explains: bool) -> Iterator[str]:
    pod = group.first
    count, total = len(group.pods), subject.total(group.pods)
    of = f": {count} of {counted(total, 'pod')}" if total > 1 else ""
    owner = f"{sheet.paint('strong', owner_text(pod))}{of} ({place_of(pod.owner)})"
    yield from sheet.sentence(f"{sheet.paint('error', sheet.marks.no)} {owner}")
    if pod.name != pod.owner.name:
        yield from sheet.wrapped(ranged([other.name for other in group.pods], sheet.marks.dots), "  ")
    yield from sheet.sentence(visible(pod.message), "  ")
    if pod.preemption is not None:
        yield from sheet.wrapped(preemption_text(pod.preemption), "  ")
        return
    if group.verdict is Verdict.REJECTED:
        yield from sheet.wrapped(rejected_text(group, sheet.marks.dots), "  ")
    explanation = subject.explainer.explain_attempt(pod) if explains else None
    if explanation is not None and group.verdict is Verdict.UNSCHEDULABLE:
        yield from behind(pod, explanation, sheet)
        one = "one" if total > 1 else "it"
        yield from later_text(pod, subject, sheet, one) or advice(explanation, sheet, one)


def _not_modelled(groups: Iterable[Group], sheet: Sheet) -> Iterator[str]:
    """Each reason why nothing is claimed, with the owners of the pods that it applies to."""
    owners: dict[str, list[str]] = {}
    for group in groups:
        count = f" ({len(group.pods)})" if len(group.pods) > 1 else ""
        owners.setdefault(group.first.message, []).append(f"{owner_text(group.first)}{count}")
    for message, names in owners.items():
        yield from sheet.wrapped(visible(message), "  ")
        yield from sheet.wrapped(", ".join(names), "    ")


def preemption_text(preemption: Preemption) -> str:
    """A sentence that says which pods a more important pod evicts, and where."""
    victims = ", ".join(visible(victim.key) for victim in preemption.victims)
    budgets = f", against {counted(preemption.budget_violations, 'budget')}" if preemption.budget_violations else ""
    return f"It is more important: {victims} would be evicted from {visible(preemption.node)}{budgets}."


def behind(pod: PodResult, explanation: Explanation, sheet: Sheet) -> Iterator[str]:
    """What the scheduler's sentence leaves out: what is wrong with the pod itself, or the obstacles on each node."""
    for text in explanation.whole:
        if text not in pod.message:
            yield from sheet.wrapped(visible(text), "    ", "  ")
    if explanation.whole:
        return
    found = rows(explanation)
    yield from sheet.entries([(listed(row.nodes, sheet.marks.dots), row.text) for row in found[:_ROWS_SHOWN]], "    ")
    if len(found) > _ROWS_SHOWN:
        hidden = sum(len(row.nodes) for row in found[_ROWS_SHOWN:])
        yield f"    and {counted(hidden, 'node')} more"


def later_text(pod: PodResult, subject: Subject, sheet: Sheet, one: str) -> list[str]:
    """The nodes that the pod fits on after all, once all others have their places; no line if there are none."""
    explanation = subject.explainer.explain(pod)
    if explanation is None or not explanation.fits_on:
        return []
    names = listed(explanation.fits_on, sheet.marks.dots)
    return list(sheet.wrapped(f"Once the other pods have their places {one} fits on {names}.", "  "))


def advice(explanation: Explanation, sheet: Sheet, subject: str) -> Iterator[str]:
    """The nearest node and the changes that would help."""
    if explanation.nearest and len(rows(explanation)) > 1:
        text = obstacles_text([explanation.nodes[explanation.nearest]])
        yield from sheet.wrapped(f"nearest: {visible(explanation.nearest)} {text}", "  ", "  ")
    for change in explanation.changes:
        text = f"{subject} fits on {visible(change.node)} if you {visible(change.text)}"
        yield from sheet.wrapped(text, "  ", "  ")


def score_text(pod: PodResult) -> str:
    """The score of the node that a pod got; empty if the node was not scored."""
    own = pod.scores.get(pod.node)
    return str(sum(own.values())) if own else ""
