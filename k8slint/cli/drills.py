"""The questions that `k8slint schedule` takes beside its files: what the words mean, and what to ask the dry run."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from k8slint.cli.resource_names import in_short, kind_and_name
from k8slint.cli.schedule import subject_of
from k8slint.cli.streams import draws_blocks
from k8slint.cli.why import find_one
from k8slint.usage import UsageError
from k8slint.values.nearest import nearest
from k8slint.values.well_known import OLD_REGION, OLD_ZONE, REGION, ZONE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from k8slint.cli.schedule import Start
    from k8slint.report.drills import Told
    from k8slint.report.schedule.view import Subject
    from k8slint.scheduling import Node
    from k8slint.simulation.results import DryRun

_NUMBER: Final = re.compile(r"[0-9]{1,9}", re.ASCII)
_NUMBERS: Final = re.compile(r"([0-9]{1,9})(?:\.\.([0-9]{1,9}))?", re.ASCII)
_MOST_NUMBERS: Final = 10_000
_SHORT: Final = {"zone": (ZONE, OLD_ZONE), "region": (REGION, OLD_REGION)}
_HOW_LOST: Final = "expected a node, a label as zone=a, or a number of nodes"
_HOW_SCALED: Final = "expected a workload and its replicas, as deploy/web=2..10"
_SHOWN: Final = 5


def answer(
    start: Start, subject: Subject, *, without: str, add: Sequence[str], scale: str, namespace: str
) -> tuple[Told, Subject]:
    """The answer to the one question that is asked, and the run behind it, ready to be shown.

    Raises:
        UsageError: if the question cannot be read, or asks for what is not there.
    """
    if without:
        return _lost(start, subject.run, without)
    return _grown(start, subject.run, add) if add else _scaled(start, subject.run, scale, namespace)


def _lost(start: Start, run: DryRun, text: str) -> tuple[Told, Subject]:
    from k8slint.report.drills.without import told
    from k8slint.report.schedule.terminal import dots_of
    from k8slint.simulation.drills.without import lose, lose_any

    nodes = run.scene.stage.nodes if run.scene is not None else ()
    lost = lost_nodes(text, nodes)
    if isinstance(lost, int):
        loss = start.ask(partial(lose_any, start.premises, run, lost))
        named = ""
    else:
        loss, named = start.ask(partial(lose, start.premises, lost)), text
    return told(loss, named, len(nodes), dots_of(blocks=draws_blocks())), subject_of(start, loss.run)


def lost_nodes(text: str, nodes: Sequence[Node]) -> tuple[str, ...] | int:
    """The names of the nodes that `--without` means, or how many of them, whichever they are.

    Raises:
        UsageError: if it means none of the nodes, or all.
    """
    said = f'--without "{text}"'
    names = [node.name for node in nodes]
    if _NUMBER.fullmatch(text) and text not in names:
        count = int(text)
        if not 0 < count < len(nodes):
            raise UsageError(f"{said}: expected fewer than the {len(nodes)} nodes there are, and at least 1")
        return count
    found = {name for part in text.split(",") for name in _meant(part.strip(), nodes, said)}
    if len(found) == len(names):
        raise UsageError(f"{said}: these are all the nodes; no pod would have one")
    return tuple(name for name in names if name in found)


def _meant(part: str, nodes: Sequence[Node], said: str) -> list[str]:
    """The names of the nodes that one node or label means."""
    if any(node.name == part for node in nodes):
        return [part]
    key, equals, value = part.partition("=")
    keys = [name for name in _SHORT.get(key, ()) if any(name in node.labels for node in nodes)] or [key]
    has = {node.name: node.labels[name] for name in reversed(keys) for node in nodes if name in node.labels}
    found = [node.name for node in nodes if has.get(node.name) == value]
    if equals and found:
        return found
    raise UsageError(f"{said}: {_no_such(part, key, value, has, nodes, is_label=bool(equals))}")


def _no_such(part: str, key: str, value: str, has: dict[str, str], nodes: Sequence[Node], *, is_label: bool) -> str:
    values = sorted(set(has.values()))
    if values:
        near = nearest(value, values) if value else values[0]
        hint = f'did you mean "{key}={near}"?' if near else f"there are {_listed(f'{key}={one}' for one in values)}"
        return f"no node has the label {part}; {hint}" if is_label else f'"{part}" is a label; {hint}'
    if is_label:
        labels = {name for node in nodes for name in node.labels} | {name for name in _SHORT if _known(name, nodes)}
        near = nearest(key, labels)
        return f'no node has a label "{key}"; ' + (f'did you mean "{near}={value}"?' if near else _HOW_LOST)
    names = [node.name for node in nodes]
    near = nearest(part, names)
    hint = f'did you mean "{near}"?' if near else f"there are {_listed(names)}"
    return f'there is no node "{part}"; {hint}' if part else _HOW_LOST


def _known(short: str, nodes: Sequence[Node]) -> bool:
    return any(key in node.labels for key in _SHORT[short] for node in nodes)


def _listed(names: Iterable[str]) -> str:
    shown = list(names)
    return ", ".join(shown[:_SHOWN]) + (f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else "")


def _grown(start: Start, run: DryRun, add: Sequence[str]) -> tuple[Told, Subject]:
    from k8slint.cluster.cluster_file import described_pool
    from k8slint.report.drills.add import told
    from k8slint.simulation.drills.add import grow

    pools = [described_pool(text) for text in add]
    taken = [node.name for node in run.nodes or ()]
    for place, pool in enumerate(pools):
        if pool.name in {other.name for other in pools[:place]}:
            raise UsageError(f'--add: there are two pools "{pool.name}"; give one another name')
        like = next((name for name in taken if re.fullmatch(re.escape(pool.name) + "-[0-9]+", name)), None)
        if like is not None:
            raise UsageError(f'--add "{add[place]}": there is a node "{like}" already; give the pool another name')
    growth = start.ask(partial(grow, start.premises, run, pools))
    return told(growth), subject_of(start, growth.run)


def _scaled(start: Start, run: DryRun, text: str, namespace: str) -> tuple[Told, Subject]:
    from k8slint.report.drills.scale import told
    from k8slint.simulation.drills.scale import SCALED, scale

    (kind, name), numbers = asked_scale(text)
    owner = find_one(run, kind, name, namespace)
    if owner.stored_as not in SCALED:
        short = in_short(owner.kind, owner.name)
        raise UsageError(f'--scale "{text}": {short} has no replicas; expected a deploy, sts, rs or rc')
    if not any(owner is obj for obj in start.premises.cluster.objects):
        raise UsageError(f'--scale "{text}": no manifest makes its pods; give the file that does')
    scaled = start.ask(partial(scale, start.premises, owner, numbers))
    return told(scaled), subject_of(start, scaled.run)


def asked_scale(text: str) -> tuple[tuple[str, str], range]:
    """The kind and name of the workload that `--scale` means, and its numbers of replicas.

    >>> asked_scale("deploy/web=2..4")
    (('Deployment', 'web'), range(2, 5))

    Raises:
        UsageError: for any other text.
    """
    from k8slint.simulation.controllers import MOST_PODS

    said = f'--scale "{text}"'
    workload, equals, numbers = text.partition("=")
    match = _NUMBERS.fullmatch(numbers)
    if not equals or not workload or match is None:
        near = re.fullmatch(r"([0-9]{1,9})\s*(?:-|\.|\.\.\.|:|,|…)\s*([0-9]{1,9})", numbers)
        hint = f"did you mean {workload}={near[1]}..{near[2]}?" if near and workload else _HOW_SCALED
        raise UsageError(f"{said}: {hint}")
    first, last = int(match[1]), int(match[2] or match[1])
    if first > last:
        raise UsageError(f"{said}: did you mean {workload}={last}..{first}?")
    if last > MOST_PODS or last - first >= _MOST_NUMBERS:
        most = f"{MOST_PODS:,} replicas" if last > MOST_PODS else f"{_MOST_NUMBERS:,} numbers of them"
        raise UsageError(f"{said}: more than the {most} that a dry run takes")
    return kind_and_name(workload), range(first, last + 1)
