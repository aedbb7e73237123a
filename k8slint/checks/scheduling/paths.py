"""Paths into the manifest of a workload, to the fields that ask for what it does not get."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final

from k8slint.checks.scheduling.case import Case
from k8slint.checks.scheduling.templates import at_amount
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, items, mapping, text
from k8slint.scheduling.plugins import (
    inter_pod_affinity,
    node_affinity,
    node_ports,
    node_resources_fit,
    node_unschedulable,
    node_volume_limits,
    pod_topology_spread,
    taint_toleration,
    volume_binding,
    volume_restrictions,
    volume_zone,
)
from k8slint.scheduling.registry import FILTERS

_REQUIRED: Final = "requiredDuringSchedulingIgnoredDuringExecution"
_NODE_TERMS: Final = ("spec", "affinity", "nodeAffinity", _REQUIRED, "nodeSelectorTerms")


def at_refusal(case: Case) -> Path:
    """The path, from the object, to the field that makes most of the nodes with room refuse the pod."""
    if case.first.path:
        return (*case.template.path, *case.first.path)
    statuses = case.first.statuses
    # Nodes that cannot take such pods at all count only if there are no others.
    roomy = [node.name for node in case.feasible.roomy]
    looked_at = [statuses[name] for name in roomy if name in statuses] or list(statuses.values())
    if not looked_at:
        return _at_what_is_refused_whole(case)
    plugins = Counter(status.plugin for status in looked_at)
    # On a tie, the later filter counts: its nodes passed more filters.
    plugin = max(plugins, key=lambda name: (plugins[name], FILTERS.index(name) if name in FILTERS else 0))
    reasons = Counter(reason for status in looked_at if status.plugin == plugin for reason in status.reasons)
    reason = max(reasons, key=lambda each: (reasons[each], each))
    return _PATHS.get(plugin, _at_spec)(case, reason)


def _at_spec(case: Case, _reason: str = "") -> Path:
    return (*case.template.path, "spec")


def _at_resources(case: Case, reason: str) -> Path:
    resource = node_resources_fit.resource_of(reason)
    if resource:
        return at_amount(case.template, resource)
    return ("spec", "replicas") if case.obj.spec.get("replicas") is not None else _at_spec(case)


def at_node_choice(case: Case, key: str | None) -> Path:
    """The path to a key of the nodeSelector, to all of it for an empty key, or to the node affinity for None."""
    prefix, spec = case.template.path, case.template.spec
    written = mapping(spec.get("nodeSelector"))
    if key is not None and (key in written or (not key and written)):
        return (*prefix, "spec", "nodeSelector", key) if key else (*prefix, "spec", "nodeSelector")
    if key and spec.get("runtimeClassName") is not None:
        return (*prefix, "spec", "runtimeClassName")
    return (*prefix, *_NODE_TERMS)


def _at_node_affinity(case: Case, _reason: str) -> Path:
    """The path to the label of the nodeSelector that the fewest nodes have, or to the node affinity."""
    choice = case.pod.node_choice if case.pod is not None else None
    nodes = case.scene.stage.nodes
    if choice is None or not choice.labels:
        return at_node_choice(case, None)
    having = {key: sum(1 for node in nodes if node.labels.get(key) == value) for key, value in choice.labels}
    key = min(having, key=lambda name: having[name])
    has_terms = choice.terms is not None
    return at_node_choice(case, None if has_terms and having[key] == len(nodes) else key)


def _at_tolerations(case: Case, _reason: str) -> Path:
    return (*case.template.path, "spec", "tolerations")


def _at_host_port(case: Case, _reason: str) -> Path:
    is_on_host = case.template.spec.get("hostNetwork") is True
    for container in case.template.containers:
        for index, port in items(container.data.get("ports")):
            if port.get("hostPort"):
                return (*case.template.path, *container.path, "ports", index, "hostPort")
            if is_on_host and port.get("containerPort"):
                return (*case.template.path, *container.path, "ports", index, "containerPort")
    return _at_spec(case)


def _at_spread(case: Case, reason: str) -> Path:
    """The path to the first hard constraint, or to the first over a missing label if that is the reason."""
    is_missing = reason == pod_topology_spread.MISSING_LABEL
    for index, constraint in items(case.template.spec.get("topologySpreadConstraints")):
        key = constraint.get("topologyKey")
        is_meant = not is_missing or any(key not in node.labels for node in case.feasible.roomy)
        if constraint.get("whenUnsatisfiable") == "DoNotSchedule" and is_meant:
            return (*case.template.path, "spec", "topologySpreadConstraints", index, "topologyKey")
    return _at_spec(case)


def _at_pod_affinity(case: Case, reason: str) -> Path:
    if reason == inter_pod_affinity.EXISTING_ANTI_AFFINITY:
        return (*case.template.path, "metadata", "labels")
    kind = "podAntiAffinity" if reason == inter_pod_affinity.ANTI_AFFINITY else "podAffinity"
    return (*case.template.path, "spec", "affinity", kind, _REQUIRED)


def _at_volumes(case: Case, _reason: str) -> Path:
    return at_volume(case, "")


def _at_what_is_refused_whole(case: Case) -> Path:
    """The path to the node affinity if it contradicts itself, else to a volume with a lost claim, else to the first."""
    if case.refused_whole is not None and case.refused_whole.plugin == node_affinity.NAME:
        return at_node_choice(case, None)
    doomed = (claim.name for claim in case.claims if claim.lost or claim.deleting)
    return at_volume(case, next(doomed, "")) if case.claims else _at_spec(case)


def at_volume(case: Case, claim: str) -> Path:
    """The path to what names or makes the claim, or any claim if the name is empty; to all volumes if nothing does."""
    for path, volume in case.template.volumes:
        name = text(dig(volume, "persistentVolumeClaim", "claimName"))
        if name and claim in ("", name):
            return (*case.template.path, *path, "persistentVolumeClaim", "claimName")
        if volume.get("ephemeral") is not None and claim in ("", f"{case.first.name}-{text(volume.get('name'))}"):
            return (*case.template.path, *path, "ephemeral")
    for index, template in items(case.obj.spec.get("volumeClaimTemplates")):
        if claim in ("", f"{text(dig(template, 'metadata', 'name'))}-{case.first.name}"):
            return ("spec", "volumeClaimTemplates", index)
    return (*case.template.path, "spec", "volumes")


_PATHS: Final[Mapping[str, Callable[[Case, str], Path]]] = {
    node_unschedulable.NAME: _at_tolerations,
    taint_toleration.NAME: _at_tolerations,
    node_affinity.NAME: _at_node_affinity,
    node_ports.NAME: _at_host_port,
    node_resources_fit.NAME: _at_resources,
    volume_restrictions.NAME: _at_volumes,
    node_volume_limits.NAME: _at_volumes,
    volume_binding.NAME: _at_volumes,
    volume_zone.NAME: _at_volumes,
    pod_topology_spread.NAME: _at_spread,
    inter_pod_affinity.NAME: _at_pod_affinity,
}
