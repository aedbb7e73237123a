"""What the described nodes have no room for later on: the next update of a Deployment, the maximum of an autoscaler.

Each drill begins where the dry run ended, with all pods in their places.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from k8slint.apiserver.defaults.core import DEFAULT_NAMESPACE
from k8slint.checks.storage.shared_volumes import rollout_blocked_by_volume
from k8slint.cluster.cluster import Cluster
from k8slint.cluster.replicas import (
    HPA,
    SCALED_OBJECT,
    UNAVAILABLE,
    Scaler,
    Target,
    rolling_update,
    scaler_of,
)
from k8slint.objects.fields import dig
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem
from k8slint.scheduling import Pod, Profile, Status, Unschedulable, schedule
from k8slint.scheduling.diagnosis import Diagnoser
from k8slint.scheduling.plugins import node_resources_fit
from k8slint.simulation.results import DryRun, Scene, Verdict

# Each drill costs as much as the nodes and pods are many.
_MOST_DRILLED: Final = 20
_MOST_PODS: Final = 1000
_HASH: Final = "pod-template-hash"


def drilled(cluster: Cluster, run: DryRun) -> Iterator[tuple[Object, Problem]]:
    """The Deployments whose next update hangs, and the autoscalers whose maximum does not fit."""
    if run.scene is not None:
        yield from _updates(cluster, run, run.scene)
        yield from _maxima(cluster, run, run.scene)


def _updates(cluster: Cluster, run: DryRun, scene: Scene) -> Iterator[tuple[Object, Problem]]:
    """The Deployments of which a new pod fits nowhere until an old one goes, if none may go before.

    Mirrors: pkg/controller/deployment/rolling.go rolloutRolling @ v1.36
    """
    diagnoser = Diagnoser(scene.snapshot, scene.stage.version)
    tried = 0
    for obj in dict.fromkeys(workload.obj for workload in run.workloads):
        pods = _running(obj, run, scene) if obj.stored_as == "Deployment.apps" else ()
        update = rolling_update(obj, len(pods)) if pods else None
        if update is None or update.unavailable or _tells_versions_apart(obj):
            continue
        new = replace(pods[0], name=f"{pods[0].name}-new", labels={**pods[0].labels, _HASH: "new"})
        found = diagnoser.diagnose(new, _profile_of(new, scene))
        if not found.whole and not all(found.nodes.values()):
            continue
        if next(rollout_blocked_by_volume(obj, cluster), None) is not None:
            continue
        tried += 1
        for outcome in _refused((new,), run, scene) if tried <= _MOST_DRILLED else ():
            yield obj, _hangs(obj, len(pods), outcome.message)


def _hangs(obj: Object, count: int, why: str) -> Problem:
    limit = dig(obj.data, *UNAVAILABLE)
    share = "25%" if limit is None else limit
    away = f"maxUnavailable, {share} of {count} rounded down, is 0" if isinstance(share, str) else "maxUnavailable is 0"
    who = "the old Pod runs" if count == 1 else f"the {count} old Pods run"
    message = f"an update hangs: its first Pod fits on no node while {who}, and {away}: {why}"
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


def _maxima(cluster: Cluster, run: DryRun, scene: Scene) -> Iterator[tuple[Object, Problem]]:
    """The autoscalers that may ask for more pods than fit, each by itself."""
    workloads = {_key(workload.obj): workload.obj for workload in run.workloads}
    tried = 0
    for scaler in _scalers(cluster):
        obj = workloads.get((scaler.target, scaler.obj.namespace or DEFAULT_NAMESPACE))
        pods = _running(obj, run, scene) if obj is not None else ()
        if obj is None or not pods or scaler.most is None or scaler.most <= len(pods) or _brings_claims(obj, pods[0]):
            continue
        tried += 1
        if tried > _MOST_DRILLED:
            return
        count = min(scaler.most - len(pods), _MOST_PODS)
        more = [pods[0].named(f"{pods[0].name}-more-{number}") for number in range(count)]
        refused = _refused(more, run, scene)
        if refused:
            fit = len(pods) + count - len(refused)
            message = f"{fit} of {scaler.most} Pods of {obj} fit on the nodes: {refused[0].message}"
            yield scaler.obj, Problem(scaler.most_at, message, rule="hpa-maximum-does-not-fit")


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


def _refused(pods: Sequence[Pod], run: DryRun, scene: Scene) -> list[Unschedulable]:
    """The outcomes of further pods that fit nowhere; none if the nodes are too full now, which is said already."""
    outcomes = schedule(pods, scene.snapshot, _profile_of(pods[0], scene), scene.stage.version).outcomes
    refused = [each for each in outcomes if isinstance(each, Unschedulable) and each.preemption is None]
    if any(_is_for_room(each.statuses) for each in refused) and any(_is_for_room(pod.statuses) for pod in run.pods):
        return []
    return refused


def _is_for_room(statuses: Mapping[str, Status]) -> bool:
    return any(status.plugin == node_resources_fit.NAME for status in statuses.values())


def _profile_of(pod: Pod, scene: Scene) -> Profile:
    profiles = scene.stage.profiles
    return next((one for one in profiles if one.scheduler_name == pod.scheduler_name), profiles[0])
