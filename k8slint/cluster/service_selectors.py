"""What a Service selects: the pods it means, those that the files may not hold, the nearest if it selects none."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final, NamedTuple

from k8slint.cluster.cluster import Cluster, may_share_namespace, once
from k8slint.cluster.evidence import evidence_of
from k8slint.cluster.kustomizations import folder_of
from k8slint.cluster.similar_names import is_slip, nearest_name
from k8slint.loading.document import Path
from k8slint.objects.fields import items, sequence, text
from k8slint.objects.object import Object, Pod
from k8slint.values.grouped import grouped
from k8slint.values.labels import LabelSelector, Requirement
from k8slint.values.placeholder import has_placeholder
from k8slint.values.regex import regex
from k8slint.values.well_known import POD_INDEX, STATEFUL_SET_POD_NAME


class DeclaredPort(NamedTuple):
    """A port that a container declares; `path` leads from the object to the name of the port."""

    obj: Object
    path: Path
    name: str
    protocol: str


def selector_of(service: Object) -> LabelSelector | None:
    """The selector of a Service, or None if it selects nothing on purpose or its selector is not yet rendered."""
    selector = service.spec.get("selector")
    if not isinstance(selector, dict) or not selector or service.spec.get("type") == "ExternalName":
        return None
    if not all(isinstance(value, str) and not has_placeholder(value) for value in selector.values()):
        return None
    return LabelSelector.of_labels(selector)


def written_part(selector: LabelSelector, cluster: Cluster) -> LabelSelector:
    """The selector without labels that no file writes: a controller, or a program in the pod, sets them."""
    return LabelSelector(tuple(one for one in selector.requirements if not _is_set_at_run_time(one, cluster)))


# Labels that controllers of Kubernetes put on the pods they make.
_CONTROLLER_LABELS: Final = frozenset(
    {
        POD_INDEX,
        "controller-revision-hash",
        "controller-uid",
        "deploymentconfig",
        "job-name",
        "pod-template-generation",
        "pod-template-hash",
        "rollouts-pod-template-hash",
        STATEFUL_SET_POD_NAME,
    }
)
# The ends of labels by which programs mark their leader.
_ROLE_LABEL: Final = regex(r"(?:^|[-_./])(?:role|leader|master|primary|active)$", re.IGNORECASE)
_RECOMMENDED: Final = ("app.kubernetes.io/", "helm.sh/")


def _is_set_at_run_time(requirement: Requirement, cluster: Cluster) -> bool:
    key = requirement.key
    if key in _CONTROLLER_LABELS or key.startswith("batch.kubernetes.io/"):
        return True
    if key in _pods_by_label(cluster):
        return False
    return _ROLE_LABEL.search(key) is not None or ("/" in key and not key.startswith(_RECOMMENDED))


def has_own_endpoints(service: Object, cluster: Cluster) -> bool:
    """Whether a file holds endpoints for the Service, so that they need not come from its selector."""
    slices = _services_with_slices(cluster)
    return service.name in slices or bool(cluster.find("Endpoints", service.namespace, service.name))


@once
def _services_with_slices(cluster: Cluster) -> frozenset[str]:
    slices = cluster.of_kind("EndpointSlice.discovery.k8s.io")
    return frozenset(one.labels.get("kubernetes.io/service-name", "") for one in slices)


def may_select_others(service: Object, selector: LabelSelector, cluster: Cluster) -> bool:
    """Whether pods that the files do not hold may carry the labels."""
    # The control plane and the cluster's own add-ons run there, and no file holds them.
    if service.namespace == "kube-system":
        return True
    evidence = evidence_of(cluster)
    if evidence.is_open(service):
        return True
    telling = [one for one in selector.requirements if one.key not in _BROAD] or selector.requirements
    values = [one.values[0] for one in telling if one.values[0] not in ("", "true")]
    if any(evidence.names_pod_maker(service.namespace, value) for value in values):
        return True
    return any(evidence.may_be_rendered(service, value) for value in values)


def pod_elsewhere(service: Object, selector: LabelSelector, cluster: Cluster) -> Pod | None:
    """A pod of another namespace that has all the labels, or None if there is none.

    None, too, if the Service writes no namespace or a kustomization sets namespaces.
    """
    if evidence_of(cluster).moves_namespaces or not service.namespace:
        return None
    return next((pod for pod in cluster.pods_selected(selector, "") if pod.namespace), None)


class Neighbours(NamedTuple):
    """Several pods: the first of them, and the values of each of their labels, each once, in order of reading."""

    first: Pod
    labels: dict[str, dict[str, None]]


def pods_beside(service: Object, cluster: Cluster) -> Neighbours | None:
    """The pods in a Service's namespace that go on running, or None if there are none or unread ones may exist.

    If the Service writes no namespace, they are the pods of its folder that write none either.
    """
    evidence = evidence_of(cluster)
    if evidence.is_busy(service.namespace) or evidence.moves_namespaces or _lets_programs_make_pods(cluster):
        return None
    return _lasting_pods(cluster).get((service.namespace, "" if service.namespace else folder_of(service)))


@once
def _lasting_pods(cluster: Cluster) -> Mapping[tuple[str, str], Neighbours]:
    """The pods that go on running, by namespace, or by folder if no namespace is written."""
    found: dict[tuple[str, str], Neighbours] = {}
    for pod in cluster.pods:
        if pod.obj.kind != "PodTemplate" and not pod.obj.runs_to_end:
            key = (pod.namespace, "" if pod.namespace else folder_of(pod.obj))
            pods = found.setdefault(key, Neighbours(pod, defaultdict(dict)))
            for label, value in pod.labels.items():
                pods.labels[label][value] = None
    return found


_POD_RESOURCES: Final = frozenset({"*", "daemonsets", "deployments", "pods", "replicasets", "statefulsets"})


@once
def _lets_programs_make_pods(cluster: Cluster) -> bool:
    """Whether a Role or ClusterRole lets a program make pods, or workloads that make them."""
    return any(
        "create" in (verbs := sequence(rule.get("verbs"))) or "*" in verbs
        for kind in ("Role", "ClusterRole")
        for role in cluster.of_kind(f"{kind}.rbac.authorization.k8s.io")
        for _, rule in items(role.data.get("rules"))
        if not _POD_RESOURCES.isdisjoint(map(text, sequence(rule.get("resources"))))
    )


# A selector that matches more pods is hardly a real Service's, so the ports of the pods after these are not read.
MOST_SELECTED: Final = 200


class DeclaredPorts(NamedTuple):
    """The ports that several pods declare: the last one of each name, and every name with its protocol."""

    by_name: Mapping[str, DeclaredPort]
    known: frozenset[tuple[str, str]]


@once
def declared_ports(cluster: Cluster, selector: LabelSelector, namespace: str) -> DeclaredPorts:
    """The ports of the containers that go on running, in every description of each selected workload.

    Mirrors: pkg/api/v1/pod/util.go FindPort @ v1.36
    """
    pods = cluster.pods_selected(selector, namespace)[:MOST_SELECTED]
    # `_ports_of` reads all descriptions of a workload together, so each workload is asked once.
    workloads = {(pod.obj.group_kind, pod.namespace, pod.obj.name or id(pod.obj)): pod for pod in pods}
    ports = [port for pod in workloads.values() for port in _ports_of(cluster, pod)]
    return DeclaredPorts(
        {port.name: port for port in ports if port.name}, frozenset((port.name, port.protocol) for port in ports)
    )


@once
def _ports_of(cluster: Cluster, pod: Pod) -> tuple[DeclaredPort, ...]:
    obj = pod.obj
    return tuple(
        DeclaredPort(
            other,
            (*pod.path, *container.path, "ports", index, "name"),
            text(port.get("name")),
            text(port.get("protocol")) or "TCP",
        )
        for other in (cluster.find(obj.group_kind, obj.namespace, obj.name) if obj.name else (obj,))
        for its in other.pods
        if its.path == pod.path
        for container in its.containers
        if not container.is_init
        for index, port in items(container.data.get("ports"))
    )


_LOOKED_AT: Final = 20
_FEW_VALUES: Final = 200
# Many workloads share these labels on purpose, so a pod that shares one need not be meant.
_BROAD: Final = frozenset(
    {
        "app.kubernetes.io/component",
        "app.kubernetes.io/managed-by",
        "app.kubernetes.io/part-of",
        "app.kubernetes.io/version",
        "component",
        "env",
        "environment",
        "release",
        "team",
        "tier",
        "version",
    }
)


def nearest_pod(service: Object, selector: LabelSelector, cluster: Cluster) -> Pod | None:
    """The pod that a selector without a match seems to mean, or None if nothing hints at one.

    The pod shares a label with the selector, or nearly, or has the Service's name, or is alone in its file. A pod that
    a Service of another name selects is meant only if one mistyped label is all that is wrong.
    """
    services = _services_of_pods(cluster)

    def is_meant(pod: Pod) -> bool:
        if not may_share_namespace(pod.namespace, service.namespace):
            return False
        return services.get(pod, _NONE) <= {service.name} or _is_slip_away(pod, selector)

    def likeness(pod: Pod) -> tuple[int, bool, bool]:
        met = sum(one.matches(pod.labels) for one in selector.requirements)
        return met, pod.obj.name == service.name, pod.obj.document.source is service.document.source

    return max(filter(is_meant, _candidates(service, selector, cluster)), key=likeness, default=None)


_NONE: Final[frozenset[str]] = frozenset()


def _is_slip_away(pod: Pod, selector: LabelSelector) -> bool:
    """Whether one label, mistyped, is all of a selector that the pod does not meet."""
    unmet = [one for one in selector.requirements if not one.matches(pod.labels)]
    return len(unmet) == 1 and is_slip(unmet[0].values[0], pod.labels.get(unmet[0].key, ""))


def _candidates(service: Object, selector: LabelSelector, cluster: Cluster) -> Iterator[Pod]:
    """Pods with one of the labels, or the most similar value of it, or the Service's name, or alone in its file."""
    for one in selector.requirements:
        if one.key not in _BROAD:
            yield from islice(cluster.pods_selected(LabelSelector((one,)), service.namespace), _LOOKED_AT)
            wanted, values = one.values[0], _pods_by_label(cluster).get(one.key, {})
            # Among very many values some are alike by accident.
            others = [value for value in values if value != wanted] if len(values) <= _FEW_VALUES else []
            near = nearest_name(wanted, others)
            if near is not None:
                yield from islice(values[near], _LOOKED_AT)
    yield from islice(_pods_by_name(cluster).get(service.name, ()), _LOOKED_AT)
    beside = _pods_by_file(cluster).get(service.document.source.name, ())
    if len(beside) == 1:
        yield beside[0]


@once
def _pods_by_label(cluster: Cluster) -> Mapping[str, Mapping[str, list[Pod]]]:
    """The pods by label key, then by value."""
    found: dict[str, dict[str, list[Pod]]] = defaultdict(lambda: defaultdict(list))
    for pod in cluster.pods:
        for key, value in pod.labels.items():
            found[key][value].append(pod)
    return dict(found)


@once
def _pods_by_file(cluster: Cluster) -> Mapping[str, tuple[Pod, ...]]:
    return grouped((pod.obj.document.source.name, pod) for pod in cluster.pods)


@once
def _pods_by_name(cluster: Cluster) -> Mapping[str, tuple[Pod, ...]]:
    return grouped((pod.obj.name, pod) for pod in cluster.pods)


@once
def _services_of_pods(cluster: Cluster) -> Mapping[Pod, set[str]]:
    """The names of the Services that select each pod; if there are several, two or three of them."""
    names: dict[tuple[LabelSelector, str], set[str]] = defaultdict(set)
    for service in cluster.of_kind("Service"):
        selector = selector_of(service)
        if selector is not None and len(alike := names[selector, service.namespace]) < 2:
            alike.add(service.name)
    found: dict[Pod, set[str]] = defaultdict(set)
    for (selector, namespace), alike in names.items():
        for pod in cluster.pods_selected(selector, namespace):
            if len(found[pod]) < 2:
                found[pod] |= alike
    return found
