"""What the described nodes have no room for later on: the next update of a Deployment, the maximum of an autoscaler.

Each drill begins where the dry run ended, with all pods in their places.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final, NamedTuple

from k8slint.apiserver.defaults.core import DEFAULT_NAMESPACE
from k8slint.checks.storage.shared_volumes import rwo_claim_in_rolling_update
from k8slint.cluster.cluster import Cluster
from k8slint.cluster.replicas import HPA, SCALED_OBJECT, UNAVAILABLE, Scaler, Target, rolling_update, scaler_of
from k8slint.objects.fields import dig
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem
from k8slint.scheduling import Pod, Status, Unschedulable, schedule
from k8slint.scheduling.plugins import node_resources_fit
from k8slint.simulation.results import DryRun, Scene, Verdict

# Each drill by itself costs as much as the nodes and pods are many.
_MOST_ALONE: Final = 20
_MOST_PODS: Final = 1000
_MOST_PODS_TOGETHER: Final = 5000
_HASH: Final = "pod-template-hash"


class _Drill(NamedTuple):
    """Further pods that the nodes must have room for; `say` is called with those that they have no room for."""

    obj: Object
    pods: Sequence[Pod]
    say: Callable[[Sequence[Unschedulable]], Problem]


def drilled(cluster: Cluster, run: DryRun) -> Iterator[tuple[Object, Problem]]:
    """The Deployments whose next update hangs, and the autoscalers whose maximum does not fit, each by itself."""
    scene = run.scene
    if scene is None:
        return
    drills = (*_updates(cluster, run, scene), *_maxima(cluster, run, scene))
    for drill in _suspects(drills, scene)[:_MOST_ALONE]:
        refused = _refused(drill.pods, scene)
        # That the nodes are too full already is said of other pods.
        is_said = any(_is_for_room(each.statuses) for each in refused) and any(
            _is_for_room(pod.statuses) for pod in run.pods
        )
        if refused and not is_said:
            yield drill.obj, drill.say(refused)


def _suspects(drills: Iterable[_Drill], scene: Scene) -> list[_Drill]:
    """The drills that may fail: what has room with the pods of all others has room by itself."""
    some: list[_Drill] = []
    count = 0
    for drill in drills:
        count += len(drill.pods)
        if count <= _MOST_PODS_TOGETHER:
            some.append(drill)
    refused = {each.pod for each in _refused([pod for drill in some for pod in drill.pods], scene)}
    return [drill for drill in some if not refused.isdisjoint(drill.pods)]


def _refused(pods: Sequence[Pod], scene: Scene) -> list[Unschedulable]:
    """The outcomes of further pods that fit nowhere, whoever makes room."""
    outcomes = (
        outcome
        for profile in scene.stage.profiles
        for outcome in schedule(
            [pod for pod in pods if pod.scheduler_name == profile.scheduler_name],
            scene.snapshot,
            profile,
            scene.stage.version,
        ).outcomes
    )
    return [each for each in outcomes if isinstance(each, Unschedulable) and each.preemption is None]


def _is_for_room(statuses: Mapping[str, Status]) -> bool:
    return any(status.plugin == node_resources_fit.NAME for status in statuses.values())


def _updates(cluster: Cluster, run: DryRun, scene: Scene) -> Iterator[_Drill]:
    """The first new pod of each Deployment whose old pods stay until it is ready.

    Mirrors: pkg/controller/deployment/rolling.go rolloutRolling @ v1.36
    """
    for obj in dict.fromkeys(workload.obj for workload in run.workloads):
        pods = _running(obj, run, scene) if obj.stored_as == "Deployment.apps" else ()
        update = rolling_update(obj, len(pods)) if pods else None
        if update is None or update.unavailable or _tells_versions_apart(obj):
            continue
        if next(rwo_claim_in_rolling_update(obj, cluster), None) is None:
            new = replace(pods[0], name=f"{pods[0].name}-new", labels={**pods[0].labels, _HASH: "new"})
            yield _Drill(obj, (new,), partial(_hangs, obj, len(pods)))


def _hangs(obj: Object, count: int, refused: Sequence[Unschedulable]) -> Problem:
    limit = dig(obj.data, *UNAVAILABLE)
    share = "25%" if limit is None else limit
    away = f"maxUnavailable, {share} of {count} rounded down, is 0" if isinstance(share, str) else "maxUnavailable is 0"
    who = "the old Pod runs" if count == 1 else f"the {count} old Pods run"
    message = f"an update hangs: its first Pod fits on no node while {who}, and {away}: {refused[0].message}"
    return Problem(UNAVAILABLE, message, rule="rollout-cannot-finish")


def _tells_versions_apart(obj: Object) -> bool:
    """Whether the template has terms that match pods of the same version only."""
    spec = obj.pod.spec if obj.pod is not None else {}
    pending: list[Any] = [spec.get("affinity"), spec.get("topologySpreadConstraints")]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            if value.get("matchLabelKeys") or value.get("mismatchLabelKeys"):
                return True
            pending += value.values()
        elif isinstance(value, list):
            pending += value
    return False


def _maxima(cluster: Cluster, run: DryRun, scene: Scene) -> Iterator[_Drill]:
    """The pods that each autoscaler may add."""
    workloads = {_key(workload.obj): workload.obj for workload in run.workloads}
    for scaler in _scalers(cluster):
        obj = workloads.get((scaler.target, scaler.obj.namespace or DEFAULT_NAMESPACE))
        pods = _running(obj, run, scene) if obj is not None else ()
        if obj is None or not pods or scaler.most is None or _brings_claims(obj, pods[0]):
            continue
        more = range(min(scaler.most - len(pods), _MOST_PODS))
        if more:
            added = [pods[0].named(f"{pods[0].name}-more-{number}") for number in more]
            yield _Drill(scaler.obj, added, partial(_falls_short, scaler, obj, len(pods) + len(added)))


def _falls_short(scaler: Scaler, obj: Object, tried: int, refused: Sequence[Unschedulable]) -> Problem:
    fit = tried - len(refused)
    message = f"{fit} of {scaler.most} Pods of {obj} fit on the nodes: {refused[0].message}"
    return Problem(scaler.most_at, message, rule="hpa-maximum-does-not-fit")


def _scalers(cluster: Cluster) -> Iterator[Scaler]:
    """The autoscalers of the manifests that write a maximum."""
    for obj in cluster.objects:
        scaler = scaler_of(obj) if obj.group_kind in (HPA, SCALED_OBJECT) else None
        if scaler is not None and dig(obj.data, *scaler.most_at) is not None:
            yield scaler


def _key(obj: Object) -> tuple[Target, str]:
    return Target(obj.stored_as, obj.name), obj.namespace or DEFAULT_NAMESPACE


def _brings_claims(obj: Object, pod: Pod) -> bool:
    """Whether each further pod would come with claims of its own."""
    return bool(obj.spec.get("volumeClaimTemplates")) or any(volume.ephemeral for volume in pod.volumes)


def _running(obj: Object, run: DryRun, scene: Scene) -> tuple[Pod, ...]:
    """The pods of a workload as the scheduler got them; empty unless each has a node."""
    results = run.of(obj)
    if any(result.verdict is not Verdict.ASSIGNED or result.key not in scene.outcomes for result in results):
        return ()
    return tuple(scene.outcomes[result.key].pod for result in results)
