"""Whether all pods fit for each number of replicas of one workload, or what stops them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from k8slint.objects.fields import dig, mapping
from k8slint.objects.object import Object
from k8slint.simulation.drills.premises import Premises, assuming
from k8slint.simulation.drills.search import fewest
from k8slint.simulation.results import DryRun, PodResult, Verdict
from k8slint.values.record import replaced

SCALED: Final = ("Deployment.apps", "StatefulSet.apps", "ReplicaSet.apps", "ReplicationController")
"""The kinds with a number of replicas."""
_SCALER: Final = "HorizontalPodAutoscaler.autoscaling"
# All numbers are tried while this many pods, in all runs together, have to be placed; then only those that decide.
_MOST_PLACED: Final = 2_000
_STOPPED: Final = frozenset({Verdict.UNSCHEDULABLE, Verdict.WAITING, Verdict.REFUSED, Verdict.REJECTED})


@dataclass(frozen=True, slots=True)
class Row:
    """The run for one number of replicas: how many pods have a node, and those that more replicas keep from one."""

    replicas: int
    assigned: int
    stopped: tuple[PodResult, ...]


@dataclass(frozen=True, slots=True)
class Scaled:
    """What becomes of the pods for each number of replicas that was tried, the fewest first.

    `run` is that of the fewest replicas for which a pod is stopped, or else that of the most replicas. `already` are
    pods of others that are stopped with the fewest replicas too; no row counts them.
    """

    owner: Object
    rows: tuple[Row, ...]
    run: DryRun
    already: tuple[PodResult, ...]

    @property
    def fits_up_to(self) -> int | None:
        """The largest number up to which all pods fit for each number that was tried, or None if there is none."""
        found = None
        for row in self.rows:
            if row.stopped:
                break
            found = row.replicas
        return found


def scale(premises: Premises, owner: Object, numbers: Sequence[int]) -> Scaled:
    """The runs for the numbers of replicas, which rise; if that is too much work, those that find where pods stop.

    Raises:
        ShapeError: if an object of the cluster description cannot be read.
    """
    runs: dict[int, DryRun] = {}

    def run_of(number: int) -> DryRun:
        if number not in runs:
            runs[number] = _scaled(premises, owner, number).run()
        return runs[number]

    def stops(number: int) -> bool:
        return bool(_stopped(run_of(number), already))

    already = tuple(pod for pod in _stopped(run_of(numbers[0]), ()) if _is_of_another(pod, owner))
    stops(numbers[-1])
    if len(numbers) * max(len(runs[numbers[-1]].pods), 1) <= _MOST_PLACED:
        for number in numbers:
            stops(number)
    elif stops(numbers[-1]):
        # If no other pod is in the way, as many replicas fit as have a node in the run with the most of them.
        guess = len(numbers) - len(_stopped(runs[numbers[-1]], already))
        fewest(lambda place: stops(numbers[place]), min(max(guess, 1), len(numbers) - 1), len(numbers) - 1)
    tried = sorted(runs)
    rows = tuple(Row(number, _assigned(runs[number]), _stopped(runs[number], already)) for number in tried)
    shown = runs[next((row.replicas for row in rows if row.stopped), tried[-1])]
    return Scaled(owner, rows, assuming(shown, _assumptions(premises, owner, len(tried) < len(numbers))), already)


def _stopped(run: DryRun, already: Iterable[PodResult]) -> tuple[PodResult, ...]:
    known = {pod.key for pod in already}
    return tuple(pod for pod in run.pods if pod.verdict in _STOPPED and pod.key not in known)


def _is_of_another(pod: PodResult, owner: Object) -> bool:
    return (pod.owner.stored_as, pod.owner.namespace, pod.owner.name) != (owner.stored_as, owner.namespace, owner.name)


def _assigned(run: DryRun) -> int:
    return sum(pod.verdict is Verdict.ASSIGNED for pod in run.pods)


def _assumptions(premises: Premises, owner: Object, leaves_out: bool) -> Iterator[str]:
    if leaves_out:
        yield "numbers of replicas that are not shown were not tried: more of them are taken to be no easier to place"
    if any(_scales(obj, owner) for obj in premises.cluster.of_kind(_SCALER)):
        yield "the HorizontalPodAutoscaler is taken to want just as many"


def with_replicas(obj: Object, number: int) -> Object:
    """The same workload with this number of replicas."""
    return replaced(obj, data={**obj.data, "spec": {**mapping(obj.data.get("spec")), "replicas": number}})


def _scaled(premises: Premises, owner: Object, number: int) -> Premises:
    """The premises with that number of replicas, which an autoscaler of the workload wants too."""

    def changed(obj: Object) -> Object:
        if obj is owner:
            return with_replicas(obj, number)
        if _scales(obj, owner):
            spec = {**mapping(obj.data.get("spec")), "minReplicas": number, "maxReplicas": number}
            return replaced(obj, data={**obj.data, "spec": spec})
        return obj

    cluster = premises.cluster
    description = None if cluster.description is None else map(changed, cluster.description)
    return premises.having(objects=map(changed, cluster.objects), description=description)


def _scales(obj: Object, owner: Object) -> bool:
    if obj.stored_as != _SCALER or obj.namespace != owner.namespace:
        return False
    target = mapping(dig(obj.data, "spec", "scaleTargetRef"))
    return (target.get("kind"), target.get("name")) == (owner.kind, owner.name)
