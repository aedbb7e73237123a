"""How many nodes of a pool are to be added until all pods fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from k8slint.cluster.cluster_file import Pool
from k8slint.scheduling import Node
from k8slint.simulation.drills.premises import Premises, assuming, homeless
from k8slint.simulation.drills.search import fewest
from k8slint.simulation.results import DryRun, PodResult

MOST_ADDED: Final = 1_000
"""No more nodes of one pool than this are tried."""
# As many as this are tried even for one pod: others, which come first, may take the first nodes.
_LEAST_TRIED: Final = 8


@dataclass(frozen=True, slots=True)
class Added:
    """How many nodes of a pool are used, and how many were tried at most."""

    pool: Pool
    nodes: int
    tried: int


@dataclass(frozen=True, slots=True)
class Growth:
    """What the pools are grown to; `run` is that with the added nodes, `before` the pods without a node before it."""

    added: tuple[Added, ...]
    before: tuple[PodResult, ...]
    run: DryRun

    @property
    def nodes(self) -> int:
        """The number of all added nodes."""
        return sum(each.nodes for each in self.added)


def grow(premises: Premises, run: DryRun, pools: Sequence[Pool]) -> Growth:
    """The fewest nodes of the first pool with which as many pods fit as with any number of them, then of the next.

    `run` is that of the premises. One node less of the last pool that is used leaves more pods without a node.

    Raises:
        ShapeError: if an object of the cluster description cannot be read.
    """
    before, added = homeless(run), []
    for pool in pools:
        search = _Search(premises, pool, run)
        count = search.fewest()
        added.append(Added(pool, count, search.most if homeless(run) else 0))
        premises, run = search.premises(count), search.run(count)
    assumptions = []
    if any(each.nodes for each in added):
        assumptions.append("all pods are placed anew with the added nodes there; in a cluster those that run stay")
    if len(pools) > 1:
        assumptions.append("pools are grown in the order given, each as far as it helps: another mix may be smaller")
    nodes = run.scene.stage.nodes if run.scene is not None else ()
    assumptions += _of_zones(added, nodes)
    return Growth(tuple(added), before, assuming(run, assumptions))


def _of_zones(added: Iterable[Added], nodes: Sequence[Node]) -> list[str]:
    zoneless = [each.pool.name for each in added if each.nodes and not each.pool.zones]
    if not zoneless or not any(node.zone_key for node in nodes):
        return []
    return [f"added nodes are in no zone, as zones= does not say where: {', '.join(zoneless)}"]


class _Search:
    """The runs with some nodes of one pool, each made once."""

    def __init__(self, premises: Premises, pool: Pool, run: DryRun) -> None:
        self._premises = premises
        self._pool = pool
        self._runs = {0: run}
        found = len(homeless(run))
        self.most = min(pool.most or max(2 * found, _LEAST_TRIED) + len(pool.zones), MOST_ADDED)

    def premises(self, count: int) -> Premises:
        """The premises with that many nodes of the pool."""
        cluster, nodes = self._premises.cluster, self._pool.nodes(count)
        return self._premises.having(objects=cluster.objects, description=(*(cluster.description or ()), *nodes))

    def run(self, count: int) -> DryRun:
        """The run with that many nodes of the pool."""
        if count not in self._runs:
            self._runs[count] = self.premises(count).run()
        return self._runs[count]

    def fewest(self) -> int:
        """The fewest nodes with which all pods fit, or else as many as fit with any number that was tried."""
        if not homeless(self._runs[0]):
            return 0
        guess = min(max(self._guess(), 1), self.most)
        count = fewest(self._reaches(0), guess, self.most)
        if count is None:
            goal = min(len(homeless(run)) for run in self._runs.values())
            count = fewest(self._reaches(goal), guess, self.most) or 0
        return count

    def _reaches(self, goal: int) -> Callable[[int], bool]:
        return lambda count: len(homeless(self.run(count))) <= goal

    def _guess(self) -> int:
        """The number of nodes that hold all that the pods without one ask for, if nothing is left over on any."""
        scene = self._runs[0].scene
        if scene is None:
            return 1
        found = [scene.outcomes[pod.key].pod for pod in homeless(self._runs[0]) if pod.key in scene.outcomes]
        (node,) = (Node.of(obj.data) for obj in self._pool.nodes(1))
        guess = -(-len(found) // max(node.max_pods, 1))
        for resource in ("cpu", "memory"):
            asked, has = sum(pod.amounts.request.of(resource) for pod in found), node.allocatable.of(resource)
            guess = max(guess, -(-asked // has)) if has else guess
        return guess
