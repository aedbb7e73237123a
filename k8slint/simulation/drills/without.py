"""Whether all pods still fit once nodes are lost: named ones, or any of a number, of which the worst are found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from math import comb, prod
from typing import Any, Final

from k8slint.apiserver.defaults.core import DEFAULT_NAMESPACE
from k8slint.objects.fields import dig, items, mapping, text
from k8slint.objects.object import Object
from k8slint.scheduling import Assigned, Node, Pod, Profile, schedule
from k8slint.simulation.drills.premises import Premises, assuming, homeless
from k8slint.simulation.results import DryRun, NodeResult, Scene
from k8slint.values.record import replaced
from k8slint.values.well_known import HOSTNAME

# Pods that nobody makes anew on another node: those that belong to the node.
_OF_THE_NODE: Final = ("DaemonSet", "Node")
_FINISHED: Final = ("Succeeded", "Failed")
# All cases are tried while their runs together have this many pods and nodes.
_MOST_WORK: Final = 3_000
# Else the nodes are chosen in so many rounds, in each of which so many are compared.
_ROUNDS: Final = 3
_COMPARED: Final = 20

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
    most = _MOST_WORK // max(len(run.pods) + len(nodes), 1)
    cases = _cases(nodes, count, _mentioned(premises, nodes), most)
    if cases:
        tried = [(names, of, _without(premises, names)) for names, of in cases]
        found = [(Case(names, len(homeless(other)), of), other) for names, of, other in tried]
        found.sort(key=lambda each: -each[0].homeless)
        alike = ["nodes that differ only in their names are taken to be alike"] if len(cases) < ways else []
        return Loss(tuple(case for case, _ in found), assuming(found[0][1], alike), ways)
    names = _greedy(premises, run, count)
    worst = _without(premises, names)
    sentence = f"the worst loss of {count} nodes was looked for node by node: another may be worse"
    return Loss((Case(names, len(homeless(worst))),), assuming(worst, [sentence]), ways, is_certain=False)


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
    bare = sorted(f"{obj.namespace or DEFAULT_NAMESPACE}/{obj.name}" for obj in here if not _controller(obj))
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
    owners = (owner for _, owner in items(dig(obj.data, "metadata", "ownerReferences")))
    return next((text(owner.get("kind")) for owner in owners if owner.get("controller") is True), "")


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


def _cases(nodes: Sequence[Node], count: int, mentioned: Collection[str], most: int) -> list[tuple[Names, int]]:
    """The ways to lose `count` nodes, one for all that take as many of each kind, with their number.

    The list is empty if there are more than `most` such cases. Nodes are of one kind if they differ only in their
    names, which no other object mentions.
    """
    kinds: dict[object, list[str]] = {}
    for node in nodes:
        kinds.setdefault(_kind(node, mentioned), []).append(node.name)
    if len(kinds) > most:
        return []
    members = list(kinds.values())
    found: list[tuple[Names, int]] = []
    for taken in islice(_choices([len(names) for names in members], count), most + 1):
        lost = {name for names, number in zip(members, taken, strict=True) for name in names[:number]}
        of = prod(comb(len(names), number) for names, number in zip(members, taken, strict=True))
        found.append((tuple(node.name for node in nodes if node.name in lost), of))
    return found if len(found) <= most else []


def _choices(sizes: Sequence[int], count: int) -> Iterator[tuple[int, ...]]:
    """How many to take of each kind, of which there are so many, to take `count` in all."""
    if count > sum(sizes):
        return
    if not sizes:
        yield ()
        return
    for taken in range(min(sizes[0], count), -1, -1):
        yield from ((taken, *others) for others in _choices(sizes[1:], count - taken))


def _kind(node: Node, mentioned: Collection[str]) -> object:
    if node.name in mentioned:
        return node.name
    labels = frozenset((key, value) for key, value in node.labels.items() if key != HOSTNAME)
    images = frozenset(node.images.items())
    return labels, node.taints, node.unschedulable, node.allocatable, node.max_pods, images, node.features


def _greedy(premises: Premises, run: DryRun, count: int) -> Names:
    """Nodes chosen a few at a time: those of whose pods most find no place on the others, as these stand.

    Only the nodes whose pods ask for most are compared.
    """
    lost: list[str] = []
    for rounds_left in range(min(_ROUNDS, count), 0, -1):
        scene, wanted = run.scene, -(-(count - len(lost)) // rounds_left)
        if scene is None:
            raise AssertionError(lost)
        shares = _shares(run.nodes or ())
        first = sorted(scene.stage.nodes, key=lambda node: shares[node.name], reverse=True)
        compared = sorted(first[: max(_COMPARED, wanted)], key=lambda node: _harm(scene, node), reverse=True)
        lost += [node.name for node in compared[:wanted]]
        if rounds_left > 1:
            run = _without(premises, lost)
    return tuple(lost)


def _shares(nodes: Iterable[NodeResult]) -> dict[str, float]:
    """By node, the largest part of a resource that all pods request which those on the node do."""
    nodes = tuple(nodes)
    totals: Counter[str] = Counter()
    for node in nodes:
        totals.update(node.requested)
    return {
        node.name: max((amount / totals[name] for name, amount in node.requested.items() if amount), default=0.0)
        for node in nodes
    }


def _harm(scene: Scene, node: Node) -> int:
    """How many pods of the node find no place on the others, as these stand."""
    snapshot = scene.snapshot
    here = [pod for pod, name in snapshot.pods.items() if name == node.name and not _belongs(pod, node)]
    for pod in reversed(here):
        if pod in snapshot.reserved:
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
    return found


def _belongs(pod: Pod, node: Node) -> bool:
    named = pod.node_choice.named_nodes() or ()
    return (pod.owner is not None and pod.owner.kind in _OF_THE_NODE) or node.name in named


def _profiles(scene: Scene, pods: Iterable[Pod]) -> list[Profile]:
    wanted = [scene.profile_for(pod) for pod in pods]
    return [profile for profile in scene.stage.profiles if any(profile is other for other in wanted)]
