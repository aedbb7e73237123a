"""The kubelet's own look at a pod before it starts it: what it turns away ends as Failed, and is never tried again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from k8slint.loading.document import Path
from k8slint.scheduling.cache import NodeInfo
from k8slint.scheduling.features import Features
from k8slint.scheduling.framework import Handle
from k8slint.scheduling.objects.node import Node
from k8slint.scheduling.objects.pod import Pod
from k8slint.scheduling.objects.resources import is_ignorable
from k8slint.scheduling.objects.taints import untolerated
from k8slint.scheduling.plugins import node_affinity, node_ports, node_resources_fit, taint_toleration
from k8slint.values.well_known import OS

_AT_NODE: Final[Path] = ("spec", "nodeName")
_CRITICAL: Final = 2_000_000_000
_NOT_TOLERATED: Final = "node(s) had taints that the pod didn't tolerate"
_RECOVERY: Final = (
    "Unexpected error while attempting to recover from admission failure: preemption: error finding a set of pods to "
    "preempt: no set of running pods found to reclaim resources: "
)


@dataclass(frozen=True, slots=True)
class Rejection:
    """A pod that the kubelet of a node turns away, with the reason and the message that its status then has.

    `path` leads from the pod to what the kubelet does not like.
    """

    node: str
    reason: str
    message: str
    path: Path

    def __str__(self) -> str:
        """Both in one line."""
        return f"{self.reason}: Pod was rejected: {self.message}"


@dataclass(frozen=True, slots=True)
class _Shortage:
    """A resource of which the node has too little left for a pod."""

    resource: str
    requested: int
    used: int
    capacity: int

    @property
    def lack(self) -> int:
        return self.requested - (self.capacity - self.used)

    def __str__(self) -> str:
        return (
            f"Node didn't have enough resource: {self.resource}, requested: {self.requested}, used: {self.used}, "
            f"capacity: {self.capacity}"
        )


def rejection_of(pod: Pod, usage: NodeInfo, features: Features) -> Rejection | None:
    """Why the kubelet of the node does not let in a pod that nobody has scheduled, or None if it does.

    For a critical pod it makes room, if less important pods hold enough.

    Mirrors: pkg/kubelet/lifecycle/predicate.go Admit,
    pkg/kubelet/preemption/preemption.go HandleAdmissionFailure @ v1.37
    """
    node = usage.node
    rejection = os_rejection(pod, node)
    if rejection is not None:
        return rejection
    shortages = tuple(_shortages(_without_unknown(pod, node), usage, features))
    other = next(_unfit(pod, usage, features), None)
    if pod.priority >= _CRITICAL:
        missing = () if other is not None else tuple(_not_to_be_freed(pod, shortages, usage))
        if missing:
            listed = "".join(f"(res: {name}, q: {amount}), " for name, amount in missing)
            return Rejection(node.name, "UnexpectedAdmissionError", f"{_RECOVERY}[{listed}]", _AT_NODE)
    elif shortages:
        return Rejection(node.name, f"OutOf{shortages[0].resource}", str(shortages[0]), _AT_NODE)
    if other is None:
        return None
    plugin, reason = other
    return Rejection(node.name, plugin, f"Predicate {plugin} failed: {reason}", _AT_NODE)


def os_rejection(pod: Pod, node: Node) -> Rejection | None:
    """Why the kubelet does not let in a pod that is for another operating system, even if it was scheduled.

    Mirrors: pkg/kubelet/lifecycle/predicate.go rejectPodAdmissionBasedOnOSSelector, rejectPodAdmissionBasedOnOSField
    @ v1.37
    """
    runs = node.labels.get(OS, "linux")
    if pod.labels.get(OS, runs) != runs:
        message = f"Failed to admit pod as the `{OS}` label doesn't match node label"
        return Rejection(node.name, "PodOSSelectorNodeLabelDoesNotMatch", message, ("metadata", "labels", OS))
    if pod.os and pod.os != runs:
        message = "Failed to admit pod as the OS field doesn't match node OS"
        return Rejection(node.name, "PodOSNotSupported", message, ("spec", "os", "name"))
    return None


def evicts_for(pod: Pod, usage: NodeInfo, features: Features) -> bool:
    """Whether the kubelet can let the pod in only by evicting others, as it does for critical pods."""
    return pod.priority >= _CRITICAL and any(_shortages(_without_unknown(pod, usage.node), usage, features))


def _without_unknown(pod: Pod, node: Node) -> Pod:
    """The pod without the extended resources that the node has never heard of, which no kubelet judges.

    Mirrors: pkg/kubelet/lifecycle/predicate.go removeMissingExtendedResources @ v1.37
    """
    request = pod.amounts.request
    known = dict(node.allocatable.extended)
    kept = tuple((name, amount) for name, amount in request.extended if name in known or not is_ignorable(name))
    return replace(pod, amounts=replace(pod.amounts, request=request._replace(extended=kept)))


def _shortages(pod: Pod, usage: NodeInfo, features: Features) -> Iterator[_Shortage]:
    status = node_resources_fit.filter_node(pod, usage, Handle(node_resources_fit.FitArgs(), features))
    for reason in status.reasons if status is not None else ():
        resource = node_resources_fit.resource_of(reason)
        if not resource:
            yield _Shortage("pods", 1, len(usage.pods), usage.node.max_pods)
        else:
            requested, capacity = pod.amounts.request.of(resource), usage.node.allocatable.of(resource)
            yield _Shortage(resource, requested, usage.used(resource), capacity)


def _unfit(pod: Pod, usage: NodeInfo, features: Features) -> Iterator[tuple[str, str]]:
    """The plugins by which the node will not do, whatever room it has, each with its reason.

    Mirrors: pkg/scheduler/eventhandlers.go AdmissionCheck, pkg/kubelet/lifecycle/predicate.go generalFilter @ v1.37
    """
    affinity = node_affinity.filter_node(pod, usage, Handle(node_affinity.AddedAffinity(), features))
    ports = node_ports.filter_node(pod, usage, Handle(None, features))
    for status in (affinity, ports):
        if status is not None:
            yield status.plugin, status.reasons[0]
    ending = tuple(taint for taint in usage.node.taints if taint.effect == "NoExecute")
    if untolerated(ending, pod.tolerations) is not None:
        yield taint_toleration.NAME, _NOT_TOLERATED


def _not_to_be_freed(pod: Pod, shortages: Iterable[_Shortage], usage: NodeInfo) -> Iterator[tuple[str, int]]:
    """What is still missing of each resource if all the pods make way that a critical pod may replace."""
    victims = [other for other in usage.pods if other.priority < _CRITICAL or other.priority < pod.priority]
    for shortage in shortages:
        name = shortage.resource
        held = len(victims) if name == "pods" else sum(other.amounts.request.of(name) for other in victims)
        if shortage.lack > held:
            yield name, shortage.lack - held
