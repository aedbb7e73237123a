"""Which one rule reports a workload whose pods never run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from k8slint.checks.scheduling.case import Case
from k8slint.checks.scheduling.claims import is_storage_defect, is_volume_defect, writers_of
from k8slint.checks.scheduling.refusals import rule_of_refusal
from k8slint.checks.scheduling.run import described_kinds, freed_by_jobs, node_loads
from k8slint.checks.storage.shared_volumes import single_pod_volume_shared
from k8slint.cluster.cluster import Cluster
from k8slint.objects.fields import sequence, strings, text
from k8slint.scheduling.objects.volumes import PersistentVolume
from k8slint.scheduling.plugins import (
    inter_pod_affinity,
    node_resources_fit,
    pod_topology_spread,
    volume_binding,
    volume_restrictions,
    volume_zone,
)
from k8slint.simulation.feasible_nodes import amount_of, requests_of
from k8slint.simulation.results import Verdict

Applies = Callable[[Case], bool]
# These filters may accept a node that they refused before, once more pods run.
_MENDED_BY_PODS: Final = frozenset({inter_pod_affinity.NAME, pod_topology_spread.NAME})


def rule_of(case: Case) -> str | None:
    """The id of the one rule that reports a workload, or None if too little is known or a storage rule reports it.

    `unschedulable-pod` comes last, so that the most exact rule reports a defect, once.
    """
    if case.first.verdict is Verdict.REFUSED:
        return _rule_of_refusal(case)
    if case.first.verdict is Verdict.NOT_MODELLED:
        name = text(case.template.spec.get("schedulerName"))
        return None if _knows_scheduler(name, case.cluster) else "unknown-scheduler"
    if case.pod is None or case.pod.node_name:
        return "unschedulable-pod"
    return next((rule for rule, applies in _BY_RANK if applies(case)), "unschedulable-pod")


def _asks_for_no_node(case: Case) -> bool:
    return not case.feasible.chosen


def _is_kept_off(case: Case) -> bool:
    return bool(case.feasible.chosen) and not case.feasible.open


def _is_too_large(case: Case) -> bool:
    # A DaemonSet that runs on other nodes is not too large for any.
    return not case.running and bool(case.feasible.open) and not case.feasible.roomy


def _is_crowded(case: Case) -> bool:
    return case.crowded is not None


def _is_parted_from_its_volume(case: Case) -> bool:
    """Whether the volumes of the pod keep it from every node that is left."""
    statuses = [case.first.statuses.get(node.name) for node in case.feasible.open]
    return bool(statuses) and all(
        status is not None and (volume_binding.NODE_CONFLICT in status.reasons or status.plugin == volume_zone.NAME)
        for status in statuses
    )


def _is_said_of_storage(case: Case) -> bool:
    """Whether a rule about claims or volumes already reports the defect."""
    whole = case.refused_whole
    if whole is not None:
        # VolumeRestrictions refuses a pod before any node is tried if a claim does not exist.
        return whole.plugin == volume_restrictions.NAME or (
            volume_binding.UNBOUND in whole.reasons
            and any(
                case.run.unbound.get((claim.namespace, claim.name)) and writers_of(claim, case) for claim in case.claims
            )
        )
    if any(status.plugin == volume_restrictions.NAME for status in case.first.statuses.values()):
        return next(single_pod_volume_shared(case.obj, case.cluster), None) is not None
    if not case.reasons & {volume_binding.BIND_CONFLICT, volume_binding.NODE_CONFLICT}:
        return False
    if any(is_storage_defect(writer, case.cluster) for claim in case.claims for writer in writers_of(claim, case)):
        return True
    volumes = (*case.volumes, *_volumes_of_class(case))
    found = (obj for volume in volumes for obj in case.cluster.find("PersistentVolume", "", volume.name))
    return any(is_volume_defect(obj, case.cluster) for obj in found)


def _volumes_of_class(case: Case) -> Iterator[PersistentVolume]:
    classes = {claim.class_name for claim in case.claims if not claim.bound}
    return (volume for volume in case.scene.stage.facts.volumes.values() if volume.class_name in classes)


def _comes_in_time(case: Case) -> bool:
    """Whether the pod fits once the others have their places: the scheduler tries again when pods are added."""
    if not any(status.plugin in _MENDED_BY_PODS for status in case.first.statuses.values()):
        return False
    return case.explanation is not None and bool(case.explanation.fits_on)


def _waits_for_jobs(case: Case) -> bool:
    """Whether a node has room for the pod once the pods of Jobs have ended."""
    if case.pod is None:
        return False
    freed, loads = case.cluster.once(freed_by_jobs), case.cluster.once(node_loads)
    wanted = requests_of(case.pod)
    return any(
        all(
            loads[node.name][name] - freed[node.name][name] + amount <= amount_of(node, name)
            for name, amount in wanted.items()
        )
        and loads[node.name]["pods"] - freed[node.name]["pods"] < node.max_pods
        for node in case.feasible.roomy
        if node.name in freed and case.refusal_of(node.name) == node_resources_fit.NAME
    )


# The more exact rules come first.
_BY_RANK: Final[Sequence[tuple[str | None, Applies]]] = (
    ("node-selector-matches-no-node", _asks_for_no_node),
    ("untolerated-taint-everywhere", _is_kept_off),
    ("pod-larger-than-any-node", _is_too_large),
    ("anti-affinity-exceeds-nodes", _is_crowded),
    (None, _is_said_of_storage),
    ("volume-node-conflict", _is_parted_from_its_volume),
    (None, _comes_in_time),
    (None, _waits_for_jobs),
)


def _rule_of_refusal(case: Case) -> str | None:
    cause = case.first.cause
    if cause is None:
        return None
    # If the description lists no object of the kind, the missing one may exist all the same.
    if cause.missing is not None and cause.missing.kind not in case.cluster.once(described_kinds):
        return None
    return rule_of_refusal(cause, case.template, case.first.path)


def _knows_scheduler(name: str, cluster: Cluster) -> bool:
    """Whether the manifests bring a scheduler of that name, or a Pod that has a node names it."""
    names, texts = cluster.once(_schedulers)
    return name in names or any(name in text for text in texts)


def _schedulers(cluster: Cluster) -> tuple[frozenset[str], tuple[str, ...]]:
    """The names that a scheduler may have, and the texts that may name it: ConfigMaps and arguments of programs."""
    names: set[str] = set()
    texts: list[str] = []
    for pod in cluster.pods:
        if pod.spec.get("nodeName"):
            names.add(text(pod.spec.get("schedulerName")))
        if pod.obj.kind != "Pod":
            names |= {pod.obj.name, pod.obj.name.removesuffix("-scheduler")}
        for container in pod.containers:
            words = (*sequence(container.data.get("command")), *sequence(container.data.get("args")))
            texts += [word for word in words if isinstance(word, str) and "scheduler" in word]
    for obj in cluster.of_kind("ConfigMap"):
        texts += [value for value in strings(obj.data.get("data")).values() if "schedulerName" in value]
    return frozenset(names), tuple(texts)
