"""The loss of nodes in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from k8slint.report.drills import Told
from k8slint.report.escape import visible
from k8slint.report.schedule.view import listed
from k8slint.report.wording import counted
from k8slint.simulation.drills.without import Case, Loss

_COUNTLESS: Final = 10**9
# The largest whole number that every reader of JSON keeps.
_MOST_EXACT: Final = 2**53 - 1


def told(loss: Loss, named: str, total: int, dots: str) -> Told:
    """The answer for the nodes that were named so, or for the worst of any if `named` is empty, of `total` nodes."""
    worst = loss.worst
    entry = {
        "isCertain": loss.is_certain,
        "ways": min(loss.ways, _MOST_EXACT),
        "cases": [
            {"nodes": [visible(name) for name in case.nodes], "ways": case.ways, "withoutNode": case.homeless}
            for case in loss.cases
        ],
    }
    sentence = _named(worst, named, dots) if named else _any(loss, total, dots)
    rows = [["WITHOUT", "PODS WITHOUT A NODE"], *_rows(loss.cases, dots)]
    shown = rows if len(loss.cases) > 1 and worst.homeless else []
    return Told("without", sentence, shown, entry, shows_nodes=bool(named or worst.homeless))


def _named(case: Case, named: str, dots: str) -> str:
    names = listed(case.nodes, dots)
    return f"Without {visible(named)}{'' if names == named else f' ({names})'}, {_result(case)}."


def _any(loss: Loss, total: int, dots: str) -> str:
    worst, count = loss.worst, len(loss.worst.nodes)
    if worst.homeless:
        what = "The worst" if loss.is_certain else "The worst that was found"
        ways = counted(loss.ways, "way") if loss.ways < _COUNTLESS else "very many ways"
        of = f"of {ways} to lose {count} of {total} nodes"
        return f"{what} {of}: without {listed(worst.nodes, dots)}, {_result(worst)}."
    which = f"Whichever {counted(count, 'node')} of {total} {'is' if count == 1 else 'are'} lost"
    return f"{which}, {_result(worst)}." if loss.is_certain else f"{which}, {_result(worst)} in all that was tried."


def _result(case: Case) -> str:
    if not case.homeless:
        return "all pods fit"
    return f"{counted(case.homeless, 'pod')} {'fits' if case.homeless == 1 else 'fit'} nowhere"


def _rows(cases: Iterable[Case], dots: str) -> Iterator[list[str]]:
    """A row for each case; single nodes that come to the same number share one."""
    alike: dict[object, list[Case]] = {}
    for case in cases:
        alike.setdefault(case.homeless if len(case.nodes) == 1 else case.nodes, []).append(case)
    for same in alike.values():
        names = listed([name for case in same for name in case.nodes], dots)
        ways = sum(case.ways - 1 for case in same)
        yield [f"{names}, or {counted(ways, 'other')} like it" if ways else names, f"{same[0].homeless:,}"]
