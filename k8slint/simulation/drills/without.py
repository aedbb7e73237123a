"""Whether all pods still fit once nodes are lost: named ones, or any of a number, of which the worst are found."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import comb
from typing import Any, Final

from k8slint.objects.fields import dig, items, mapping
from k8slint.objects.object import Object
from k8slint.scheduling import Assigned, Node, Pod, Profile, schedule
from k8slint.scheduling.objects.node import in_scheduling_order
from k8slint.simulation.drills.premises import Premises, assuming, homeless
from k8slint.simulation.results import DryRun, Scene
from k8slint.values.record import replaced
from k8slint.values.well_known import HOSTNAME

# Pods that nobody makes anew on another node: those that belong to the node.
_OF_THE_NODE: Final = ("DaemonSet", "Node")
_FINISHED: Final = ("Succeeded", "Failed")
# More ways to lose nodes than this are not listed.
_MOST_WAYS: Final = 5_000
# All ways are tried while this many pods, in all runs together, have to be placed.
_MOST_PLACED: Final = 2_500
# Else the lost nodes are chosen in this many rounds, the nodes compared in each.
_ROUNDS: Final = 3

Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """The loss of some nodes: how many pods find no node then, and how many ways to lose as many come to the same."""

    nodes: Names
    homeless: int
    ways: int = 1


@dataclass(frozen=True, slots=True)
class Loss:
    """The cases that were tried, the worst first, and the run of the worst.

    `ways` is the number of ways to lose as many nodes; if not `is_certain`, a case that was not tried may be worse.
    """

    cases: tuple[Case, ...]
    run: DryRun
    ways: int = 1
    is_certain: bool = True

    @property
    def worst(self) -> Case:
        """The worst case."""
        return self.cases[0]


def lose(premises: Premises, names: Sequence[str]) -> Loss:
    """The run without the named nodes.

    Raises:
        ShapeError: if an object of the cluster description cannot be read.
    """
    run = _without(premises, names)
    return Loss((Case(tuple(names), len(homeless(run))),), run)


def lose_any(premises: Premises, run: DryRun, count: int) -> Loss:
    """The run without those nodes, of all ways to lose `count` of them, of which most pods find no other.

    `run` is that of the premises; `count` is less than the number of its nodes.
    """
    nodes = run.scene.stage.nodes if run.scene is not None else ()
    ways = comb(len(nodes), count)
    groups = _alike(nodes, count, _mentioned(premises, nodes)) if ways <= _MOST_WAYS else []
    if groups and len(groups) * max(len(run.pods), 1) <= _MOST_PLACED:
        found = [(group, _without(premises, group[0])) for group in groups]
        tried = [(Case(group[0], len(homeless(other)), len(group)), other) for group, other in found]
        tried.sort(key=lambda each: -each[0].homeless)
        return Loss(tuple(case for case, _ in tried), tried[0][1], ways)
    names = _greedy(premises, run, count)
    worst = _without(premises, names)
    listed = f"of {ways:,} ways to lose {count} of {len(nodes)} nodes, one was found node by node: another may be worse"
    return Loss((Case(names, len(homeless(worst))),), assuming(worst, [listed]), ways, is_certain=False)


def _without(premises: Premises, names: Collection[str]) -> DryRun:
    lost = frozenset(names)
    cluster = premises.cluster
    here = [obj for obj in cluster.description or () if _node_of(obj) in lost]
    kept = [obj for obj in cluster.objects if not _is_lost_node(obj, lost)]
    description = cluster.description
    if description is not None:
        moved = (_moved(obj) if _node_of(obj) in lost else obj for obj in description)
        description = tuple(obj for obj in moved if obj is not None and not _is_lost_node(obj, lost))
    return assuming(premises.having(objects=kept, description=description).run(), _assumptions(here, premises))


def _assumptions(here: Iterable[Object], premises: Premises) -> Iterator[str]:
    here = tuple(here)
    if any(_moved(obj) is not None for obj in here):
        yield "running pods of a lost node are taken to be made anew by their controllers, under the same names"
    bare = sorted(f"{obj.namespace}/{obj.name}" for obj in here if not _controller(obj))
    if bare:
        shown = ", ".join(bare[:3]) + (f" and {len(bare) - 3} more" if len(bare) > 3 else "")
        yield f"running pods without a controller end with their node: {shown}"
    if any(obj.pod is not None for obj in premises.cluster.objects):
        yield "the pods of the manifests are all placed anew; in a cluster those on other nodes stay where they are"


def _is_lost_node(obj: Object, lost: Collection[str]) -> bool:
    return obj.stored_as == "Node" and obj.name in lost


def _node_of(obj: Object) -> str | None:
    """The node of a pod that runs, else None."""
    if obj.stored_as != "Pod" or dig(obj.data, "status", "phase") in _FINISHED:
        return None
    node = dig(obj.data, "spec", "nodeName")
    return node if isinstance(node, str) and node else None


def _controller(obj: Object) -> str:
    """The kind of the controller of a pod; empty if it has none."""
    for owner in items(dig(obj.data, "metadata", "ownerReferences")):
        if mapping(owner).get("controller") is True:
            return str(mapping(owner).get("kind") or "")
    return ""


def _moved(obj: Object) -> Object | None:
    """The pod that takes the place of a lost one and has no node yet, or None if nobody makes it."""
    if _controller(obj) in ("", *_OF_THE_NODE):
        return None
    spec = {key: value for key, value in mapping(obj.data.get("spec")).items() if key != "nodeName"}
    return replaced(obj, data={**obj.data, "spec": spec, "status": {}})


def _mentioned(premises: Premises, nodes: Iterable[Node]) -> frozenset[str]:
    """The nodes that another object names: a pod that runs there, a volume, an affinity."""
    names = {word: node.name for node in nodes for word in (node.labels.get(HOSTNAME, node.name), node.name)}
    found: set[str] = set()
    for obj in (*premises.cluster.objects, *(premises.cluster.description or ())):
        if obj.stored_as == "Node":
            continue
        waiting: list[Any] = [obj.data]
        while waiting:
            value = waiting.pop()
            if isinstance(value, dict):
                waiting += [*value, *value.values()]
            elif isinstance(value, list):
                waiting += value
            elif isinstance(value, str) and value in names:
                found.add(names[value])
    return frozenset(found)


def _alike(nodes: Sequence[Node], count: int, mentioned: Collection[str]) -> list[list[Names]]:
    """All ways to lose `count` nodes; those after which the scheduler sees the same nodes in the same order together.

    Nodes are the same if they differ only in their names, which no other object mentions.
    """
    kinds: dict[object, int] = {}
    kind_of = {node.name: kinds.setdefault(_kind(node, mentioned), len(kinds)) for node in nodes}
    groups: dict[tuple[int, ...], list[Names]] = {}
    for names in combinations([node.name for node in nodes], count):
        left = in_scheduling_order(node for node in nodes if node.name not in names)
        groups.setdefault(tuple(kind_of[node.name] for node in left), []).append(names)
    return list(groups.values())


def _kind(node: Node, mentioned: Collection[str]) -> object:
    if node.name in mentioned:
        return node.name
    labels = frozenset((key, value) for key, value in node.labels.items() if key != HOSTNAME)
    images = frozenset(node.images.items())
    return labels, node.taints, node.unschedulable, node.allocatable, node.max_pods, images, node.features


def _greedy(premises: Premises, run: DryRun, count: int) -> Names:
    """Nodes chosen a few at a time: those of whose pods most find no place on the others, as these stand."""
    lost: list[str] = []
    for rounds_left in range(min(_ROUNDS, count), 0, -1):
        scene = run.scene
        if scene is None:
            raise AssertionError(lost)
        ranked = sorted(scene.stage.nodes, key=lambda node: _harm(scene, node), reverse=True)
        lost += [node.name for node in ranked[: -(-(count - len(lost)) // rounds_left)]]
        if rounds_left > 1:
            run = _without(premises, lost)
    return tuple(lost)


def _harm(scene: Scene, node: Node) -> tuple[int, float]:
    """How many pods of the node find no other if only it is lost, and what share of the cluster they ask for."""
    snapshot = scene.snapshot
    here = [pod for pod, name in snapshot.pods.items() if name == node.name and not _belongs(pod, node)]
    for pod in here:
        snapshot = snapshot.without(pod)
    left = {pod: name for pod, name in snapshot.pods.items() if name != node.name}
    nodes = tuple(other for other in snapshot.nodes if other is not node)
    snapshot = replace(snapshot, nodes=nodes, pods=left)
    found = 0
    for profile in _profiles(scene, here):
        own = [pod.on("") for pod in here if scene.profile_for(pod) is profile]
        result = schedule(own, snapshot, profile, scene.stage.version)
        snapshot = result.snapshot
        found += sum(not isinstance(outcome, Assigned) for outcome in result.outcomes)
    return found, _share(here, scene.stage.nodes)


def _belongs(pod: Pod, node: Node) -> bool:
    named = pod.node_choice.named_nodes() or ()
    return (pod.owner is not None and pod.owner.kind in _OF_THE_NODE) or node.name in named


def _profiles(scene: Scene, pods: Iterable[Pod]) -> list[Profile]:
    wanted = [scene.profile_for(pod) for pod in pods]
    return [profile for profile in scene.stage.profiles if any(profile is other for other in wanted)]


def _share(pods: Iterable[Pod], nodes: Iterable[Node]) -> float:
    """The part of all cpu and memory that the pods ask for, added up."""
    pods, nodes = tuple(pods), tuple(nodes)
    totals: Mapping[str, int] = {name: sum(node.allocatable.of(name) for node in nodes) for name in ("cpu", "memory")}
    asked = {name: sum(pod.amounts.request.of(name) for pod in pods) for name in totals}
    return sum(asked[name] / total for name, total in totals.items() if total)
