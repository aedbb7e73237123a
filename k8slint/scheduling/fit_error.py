"""kube-scheduler's text for a pod that fits nowhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from k8slint.scheduling.framework import Status


def fit_error(nodes: int, statuses: Iterable[Status], *, whole: str = "", absent: str = "", after: str = "") -> str:
    """The text for a cluster of so many nodes, with the statuses of those that were tried.

    `whole` is the refusal of the pod on any node and replaces those of the nodes. `absent` is the reason for nodes
    without a status. `after` is what came of trying to make room.

    >>> from k8slint.scheduling.framework import Code
    >>> full = Status("NodeResourcesFit", Code.UNSCHEDULABLE, ("Insufficient cpu",))
    >>> fit_error(3, [full, full], absent="node(s) didn't satisfy plugin(s) [NodeAffinity]")
    "0/3 nodes are available: 1 node(s) didn't satisfy plugin(s) [NodeAffinity], 2 Insufficient cpu."

    Mirrors: pkg/scheduler/framework/types.go FitError.Error @ v1.36
    """
    counts = Counter(statuses)
    parts = [f"0/{nodes} nodes are available:"]
    if whole:
        parts.append(f"{whole}.")
    else:
        reasons: Counter[str] = Counter()
        for status, count in counts.items():
            for reason in status.reasons:
                reasons[reason] += count
        missing = nodes - counts.total()
        if absent and missing > 0:
            reasons[absent] += missing
        # Upstream sorts the entries byte by byte with the count in front: 10 comes before 2.
        entries = sorted((f"{count} {reason}" for reason, count in reasons.items()), key=str.encode)
        if entries:
            parts.append(f"{', '.join(entries)}.")
    if after:
        parts.append(after)
    return " ".join(parts)
