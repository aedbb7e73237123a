"""Numbers of replicas in words."""

from __future__ import annotations

from k8slint.report.drills import Told
from k8slint.report.escape import visible
from k8slint.report.schedule.json import object_entry
from k8slint.report.wording import counted
from k8slint.simulation.drills.scale import Row, Scaled


def told(scaled: Scaled) -> Told:
    """The answer: a row for each number of replicas; those that fit and follow each other share one."""
    owner, most = scaled.owner, scaled.fits_up_to
    name = visible(f"{owner.kind} {owner.namespace}/{owner.name}" if owner.namespace else f"{owner.kind} {owner.name}")
    first, last = scaled.rows[0].replicas, scaled.rows[-1].replicas
    if most is None:
        sentence = f"{name}: not even {counted(first, 'replica')} fit{'s' if first == 1 else ''}."
    elif most == last:
        sentence = f"{name}: all pods fit up to {counted(last, 'replica')}."
    else:
        stopped = next(row for row in scaled.rows if row.stopped)
        left = _without_node(len(stopped.stopped), "pod")
        sentence = f"{name}: all pods fit up to {counted(most, 'replica')}; with {stopped.replicas:,}, {left}."
    if scaled.already:
        sentence += f" {_without_node(len(scaled.already), 'other pod')} in any case."
    entry = {
        "object": object_entry(owner),
        "fitsUpTo": most,
        "withoutNodeInAnyCase": len(scaled.already),
        "rows": [
            {
                "replicas": row.replicas,
                "assigned": row.assigned,
                "withoutNode": len(row.stopped),
                "message": visible(row.stopped[0].message) if row.stopped else "",
            }
            for row in scaled.rows
        ],
    }
    return Told(
        "scale", sentence, [["REPLICAS", "ASSIGNED", "WITHOUT A NODE"], *_rows(scaled.rows)], entry, shows_nodes=False
    )


def _rows(rows: tuple[Row, ...]) -> list[list[str]]:
    return [[f"{row.replicas:,}", f"{row.assigned:,}", f"{len(row.stopped):,}" if row.stopped else "-"] for row in rows]


def _without_node(count: int, noun: str) -> str:
    return f"{counted(count, noun)} {'has' if count == 1 else 'have'} no node"
