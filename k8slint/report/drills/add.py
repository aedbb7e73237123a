"""The nodes to add in words."""

from __future__ import annotations

from k8slint.report.drills import Told
from k8slint.report.escape import visible
from k8slint.report.wording import counted
from k8slint.simulation.drills.add import Added, Growth
from k8slint.simulation.drills.premises import homeless
from k8slint.simulation.in_words import enumerated


def told(growth: Growth) -> Told:
    """The answer: how many nodes of which pool."""
    left = len(homeless(growth.run))
    entry = {
        "pools": [{"name": visible(each.pool.name), "nodes": each.nodes, "tried": each.tried} for each in growth.added],
        "withoutNodeBefore": len(growth.before),
        "withoutNode": left,
    }
    return Told("add", _sentence(growth, left), [], entry)


def _sentence(growth: Growth, left: int) -> str:
    before = len(growth.before)
    if not before:
        return "All pods fit already: no node is to be added."
    used = [_text(each) for each in growth.added if each.nodes]
    tried = enumerated([f"{each.tried:,} of {visible(each.pool.name)}" for each in growth.added])
    if not used:
        return f"No added node helps: {counted(before, 'pod')} {_fit(before)} nowhere with up to {tried} too."
    amount = f"{enumerated(used)} {'is' if growth.nodes == 1 else 'are'}"
    if not left:
        return f"{amount} enough for the {_pods(before)} nowhere now."
    return f"{amount} all that helps, for {before - left} of the {_pods(before)} nowhere now; up to {tried} were tried."


def _text(added: Added) -> str:
    pool = added.pool
    holds = ", ".join(visible(f"{name}={amount}") for name, amount in pool.allocatable.items())
    zones = f", zones={'|'.join(pool.zones)}" if pool.zones else ""
    return f"{counted(added.nodes, 'node')} of {pool.name} ({holds}{visible(zones)})"


def _pods(count: int) -> str:
    return f"{counted(count, 'pod')} that {_fit(count)}"


def _fit(count: int) -> str:
    return "fits" if count == 1 else "fit"
