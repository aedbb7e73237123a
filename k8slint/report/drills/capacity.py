"""How many more pods of a workload fit: for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from k8slint.report.escape import flowing, visible
from k8slint.report.schedule.json import object_entry, pod_entry
from k8slint.report.schedule.table import advice, behind, preemption_text
from k8slint.report.schedule.terminal import Sheet, columns, sheet_of
from k8slint.report.schedule.view import TITLES, Subject, listed, place_of
from k8slint.report.wording import assumed, counted
from k8slint.simulation.drills.capacity import Capacity, Largest
from k8slint.simulation.drills.premises import homeless
from k8slint.simulation.in_words import enumerated, in_words

VERSION: Final = 1
_ROWS_SHOWN: Final = 30
_ASSUMPTIONS_SHOWN: Final = 20


def render(found: Capacity, subject: Subject, *, color: bool, width: int | None, blocks: bool) -> str:
    """The copies by node and zone, what stops the next one, and the largest pod that fits."""
    sheet = sheet_of(color=color, width=width, blocks=blocks)
    sections = [
        list(_head(found, subject, sheet)),
        list(_nodes(found, subject, sheet)),
        list(_next(found, subject, sheet)),
        list(_largest(found, sheet)),
        list(assumed(subject.run.assumptions, sheet.room, _ASSUMPTIONS_SHOWN)),
    ]
    return "\n\n".join("\n".join(section) for section in sections if section) + "\n"


def _head(found: Capacity, subject: Subject, sheet: Sheet) -> Iterator[str]:
    owner = found.owner
    name = visible(f"{owner.kind} {found.namespace}/{owner.name}" if found.namespace else f"{owner.kind} {owner.name}")
    yield from sheet.sentence(f"{sheet.paint('strong', name)}: {_result(found)} ({place_of(owner)})")
    if found.note:
        yield from sheet.wrapped(visible(found.note), "  ", "  ")
        return
    asks = (
        f"asks for {_amounts(found.requests)}"
        if found.requests
        else "asks for nothing, so that only the number of pods limits it"
    )
    yield from sheet.wrapped(f"one {asks}", "  ")
    left = len(homeless(subject.run))
    if left:
        yield from sheet.wrapped(
            f"{counted(left, 'pod')} of the manifests {'has' if left == 1 else 'have'} no node", "  "
        )


def _result(found: Capacity) -> str:
    if not found.is_known:
        return "not counted"
    if found.next is None:
        return f"at least {found.total:,} more fit"
    if not found.total:
        return "no more fit"
    return f"{found.total:,} more {'fits' if found.total == 1 else 'fit'}"


def _amounts(amounts: Mapping[str, int]) -> str:
    return enumerated([visible(f"{in_words(name, amount)} {name}") for name, amount in amounts.items()])


def _nodes(found: Capacity, subject: Subject, sheet: Sheet) -> Iterator[str]:
    """Nodes of one zone that take as many copies share a row; the zones are added up below."""
    if not found.nodes:
        return
    zones = subject.zones
    alike: dict[tuple[str, int], list[str]] = {}
    for node, copies in found.nodes.items():
        alike.setdefault((zones.get(node, ""), copies), []).append(node)
    table = [["NODE", "ZONE", "MORE"]]
    for (zone, copies), nodes in list(alike.items())[:_ROWS_SHOWN]:
        more = f"{copies} each, {copies * len(nodes):,} in all" if len(nodes) > 1 else str(copies)
        table.append([listed(nodes, sheet.marks.dots), zone, more])
    head, *lines = columns(table if zones else [[name, more] for name, _, more in table])
    yield sheet.paint("strong", head)
    yield from lines
    if len(alike) > _ROWS_SHOWN:
        hidden = list(alike.items())[_ROWS_SHOWN:]
        yield f"and {counted(sum(len(nodes) for _, nodes in hidden), 'node')} more, which -o json lists"
    if zones:
        told = ", ".join(f"{count:,} in {zone or 'none'}" for zone, count in _by_zone(found, subject).items())
        yield from sheet.wrapped(f"by zone: {told}", "")


def _by_zone(found: Capacity, subject: Subject) -> dict[str, int]:
    """The copies in each zone that there is, also where it is none."""
    counts = dict.fromkeys(sorted(set(subject.zones.values())), 0)
    for node, copies in found.nodes.items():
        zone = subject.zones.get(node, "")
        counts[zone] = counts.get(zone, 0) + copies
    return counts


def _next(found: Capacity, subject: Subject, sheet: Sheet) -> Iterator[str]:
    pod = found.next
    if pod is None:
        return
    yield sheet.paint("strong", "THE NEXT ONE")
    yield f"{sheet.paint('error', sheet.marks.no)} {sheet.paint('strong', visible(pod.name))}: {TITLES[pod.verdict]}"
    yield from sheet.sentence(visible(pod.message), "  ")
    if pod.preemption is not None:
        yield from sheet.wrapped(preemption_text(pod.preemption), "  ")
        return
    explanation = subject.explainer.explain(pod)
    if explanation is not None:
        yield from behind(pod, explanation, sheet)
        yield from advice(explanation, sheet, "one")


def _largest(found: Capacity, sheet: Sheet) -> Iterator[str]:
    if found.largest is not None:
        yield sheet.paint("strong", "THE LARGEST OF ITS SHAPE")
        text = (
            f"before any copy comes, one fits with {_amounts(found.largest.amounts)}, on {visible(found.largest.node)}"
        )
        yield from sheet.wrapped(text, "  ", "  ")


def render_json(found: Capacity, subject: Subject) -> str:
    """The answer as `schemas/capacity.schema.json` describes it, in ASCII."""
    pod, largest = found.next, found.largest
    entry: dict[str, Any] = {
        "version": VERSION,
        "kubernetesVersion": visible(subject.version),
        "object": {**object_entry(found.owner), "namespace": visible(found.namespace)},
        "isKnown": found.is_known,
        "note": visible(found.note),
        "requests": _entries(found.requests),
        "more": found.total,
        "isLowerBound": not found.note and pod is None,
        "nodes": _entries(found.nodes),
        "zones": _by_zone(found, subject) if subject.zones else {},
        "next": None if pod is None else pod_entry(pod, subject.explainer.explain(pod)),
        "largest": None if largest is None else _largest_entry(largest),
        "podsWithoutNode": len(homeless(subject.run)),
        "assumptions": [flowing(assumption) for assumption in subject.run.assumptions],
    }
    return json.dumps(entry, indent=2) + "\n"


def _largest_entry(largest: Largest) -> dict[str, Any]:
    return {"node": visible(largest.node), "amounts": _entries(largest.amounts)}


def _entries(amounts: Mapping[str, int]) -> dict[str, int]:
    return {visible(name): amount for name, amount in amounts.items()}
