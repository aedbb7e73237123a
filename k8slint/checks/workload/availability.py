"""Workloads behind Services that a rollout, a drain or the loss of a node takes away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from k8slint.checks.serving import is_whole, pods_maybe_guarded, replicas_of, services_of_pods
from k8slint.cluster.cluster import Cluster
from k8slint.cluster.evidence import evidence_of
from k8slint.cluster.node_selectors import has_one_node
from k8slint.objects.fields import dig, items, sequence
from k8slint.objects.object import Container, Object, Pod
from k8slint.objects.problem import Absence, Problem, Related

_ELECTS: Final = ("leader-elect", "leaderelect", "leader_elect")


def missing_readiness_probe(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """Pods behind a Service of which no container says when it is ready."""
    pod = obj.pod
    service = services_of_pods(cluster).get(pod) if pod is not None else None
    if pod is None or service is None or not is_whole(pod) or pod.spec.get("readinessGates"):
        return
    if any(container.data.get("readinessProbe") is not None for container in pod.containers):
        return
    container = _serving(pod, service)
    path = (*pod.path, *container.path, "name")
    said = f'container "{container.name}" has no readinessProbe, and {service} sends traffic to it'
    yield Problem(path, said, (_selected_by(service),), rests_on=Absence(mended_by="readinessProbe"))


def single_replica_behind_service(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Deployment of one pod behind a Service that could as well be two."""
    service = _service_of(obj, cluster)
    if service is None or replicas_of(obj, cluster) != 1 or _is_alone_on_purpose(obj):
        return
    said = f"{obj} runs one Pod, and {service} has no other to send traffic to"
    yield Problem(("spec", "replicas"), said, (_selected_by(service),), rests_on=Absence(mended_by="replicas"))


def recreate_behind_service(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Deployment that stops all its pods before it starts new ones, behind a Service, and without need."""
    service = _service_of(obj, cluster)
    if service is None or dig(obj.spec, "strategy", "type") != "Recreate" or _is_alone_on_purpose(obj):
        return
    said = f"at each rollout all Pods stop before one starts, and {service} has none to send traffic to"
    yield Problem(("spec", "strategy", "type"), said, (_selected_by(service),))


def replicas_may_share_a_node(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A workload of several pods that nothing written keeps apart."""
    pod, count = obj.pod, replicas_of(obj, cluster)
    if pod is None or count is None or count < 2 or not is_whole(pod) or has_one_node(cluster):
        return
    affinity = pod.spec.get("affinity")
    if isinstance(affinity, str) or dig(affinity, "podAntiAffinity") or pod.spec.get("topologySpreadConstraints"):
        return
    said = f"nothing keeps the {count} Pods of {obj} on different nodes"
    yield Problem(("spec", "replicas"), said, rests_on=Absence(mended_by="topologySpreadConstraints"))


def missing_pod_disruption_budget(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A workload of several pods behind a Service that no PodDisruptionBudget guards."""
    service = _service_of(obj, cluster)
    if service is None or obj.pod is None or obj.pod in pods_maybe_guarded(cluster):
        return
    count = replicas_of(obj, cluster)
    if (count is not None and count < 2) or evidence_of(cluster).is_open(obj):
        return
    number = f"{count} Pods" if count is not None else "Pods"
    said = f"no PodDisruptionBudget guards the {number} of {obj}, which serve {service}"
    yield Problem(("metadata", "name"), said, (_selected_by(service),), rests_on=Absence("PodDisruptionBudget"))


def _service_of(obj: Object, cluster: Cluster) -> Object | None:
    pod = obj.pod
    return services_of_pods(cluster).get(pod) if pod is not None and is_whole(pod) else None


def _selected_by(service: Object) -> Related:
    return Related(service, ("spec", "selector"), f"{service} selects the Pods")


def _serving(pod: Pod, service: Object) -> Container:
    """The container that declares a port of the Service, or else the first that goes on running."""
    targets = [port.get("targetPort") or port.get("port") for _, port in items(service.spec.get("ports"))]
    running = [container for container in pod.containers if not container.is_init] or [*pod.containers]
    for container in running:
        if any({port.get("name"), port.get("containerPort")} & set(_known(targets)) for _, port in _ports(container)):
            return container
    return next((one for one in running if one.path[1] == "containers"), running[0])


def _known(targets: list[object]) -> Iterator[str | int]:
    yield from (target for target in targets if isinstance(target, (str, int)))


def _ports(container: Container) -> Iterator[tuple[int, dict[str, object]]]:
    for index, port in items(container.data.get("ports")):
        if all(isinstance(port.get(field), (str, int, type(None))) for field in ("name", "containerPort")):
            yield index, port


def _is_alone_on_purpose(obj: Object) -> bool:
    """Whether a second pod beside the first would fail or wait: for a volume, a port of the node, or to lead."""
    pod = obj.pod
    if pod is None or pod.spec.get("hostNetwork") is True:
        return True
    if any(volume.get("persistentVolumeClaim") or volume.get("hostPath") for _, volume in pod.volumes):
        return True
    for container in pod.containers:
        if any(port.get("hostPort") for _, port in items(container.data.get("ports"))):
            return True
        words = (*sequence(container.data.get("command")), *sequence(container.data.get("args")))
        if any(isinstance(word, str) and any(sign in word.lower() for sign in _ELECTS) for word in words):
            return True
    return False
