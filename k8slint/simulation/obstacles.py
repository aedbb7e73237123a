"""The obstacles of one pod on one node, filter by filter, and the remedies for them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from k8slint.scheduling.cache import NodeInfo
from k8slint.scheduling.framework import Status
from k8slint.scheduling.objects.node import Node
from k8slint.scheduling.objects.node_affinity import NodeChoice, NodeTerm
from k8slint.scheduling.objects.pod import HostPort, Pod
from k8slint.scheduling.objects.pod_affinity import PodAffinity, PodTerm
from k8slint.scheduling.objects.taints import Taint, Toleration, untolerated
from k8slint.scheduling.plugins import node_resources_fit
from k8slint.simulation.in_words import in_words
from k8slint.values.labels import LabelSelector, Requirement
from k8slint.values.quantity import Quantity
from k8slint.values.well_known import HOSTNAME, NODE_PREFIX, NODE_ROLE_PREFIX, UNSCHEDULABLE

# Taints that Kubernetes puts on nodes in a bad state: a pod that tolerates them would not run well there.
_CONDITIONS: Final = (NODE_PREFIX, "node.cloudprovider.kubernetes.io/")
# Labels that state a fact about a node, which another value would not change.
_GIVEN_LABELS: Final = ("kubernetes.io", "k8s.io", "cloud.google.com", "amazonaws.com", "azure.com", "karpenter.sh")
# To ask for less than a quarter of the request is not proposed: the program could hardly run with it.
_LEAST_PART: Final = 4

OnPod = Callable[[Pod], Pod]
OnNode = Callable[[Node], Node]


@dataclass(frozen=True, slots=True)
class Remedy:
    """A change of the pod or the node that should remove an obstacle; `text` is in the imperative."""

    text: str
    on_pod: OnPod | None = None
    on_node: OnNode | None = None


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One objection of a filter to the pod on a node.

    `text` is said about the node, such as "is cordoned". If too little of a resource is left, `resource` names it and
    `lack` is the missing amount, in millicores, bytes or pieces. An obstacle `is_meant` if the node is meant for other
    pods or is in a bad state: such a node is the last to propose.
    """

    plugin: str
    text: str
    resource: str = ""
    lack: int = 0
    remedy: Remedy | None = None
    is_meant: bool = False


def obstacles_of(rejection: Status, pod: Pod, usage: NodeInfo) -> Iterator[Obstacle]:
    """The obstacles behind a filter's refusal of a node: at least one."""
    read = _READERS.get(rejection.plugin, _as_said)
    yield from tuple(read(rejection, pod, usage)) or _as_said(rejection, pod, usage)


def _as_said(rejection: Status, _pod: Pod, _usage: NodeInfo) -> Iterator[Obstacle]:
    for reason in rejection.reasons:
        yield Obstacle(rejection.plugin, reason.removeprefix("node(s) "))


def _unschedulable(rejection: Status, _pod: Pod, usage: NodeInfo) -> Iterator[Obstacle]:
    yield _cordon(rejection.plugin, usage.node)


def _cordon(plugin: str, node: Node) -> Obstacle:
    return Obstacle(plugin, "is cordoned", remedy=Remedy(f"uncordon {node.name}", on_node=_uncordoned), is_meant=True)


def _uncordoned(node: Node) -> Node:
    return replace(
        node, unschedulable=False, taints=tuple(taint for taint in node.taints if taint.key != UNSCHEDULABLE)
    )


def _taints(rejection: Status, pod: Pod, usage: NodeInfo) -> Iterator[Obstacle]:
    for taint in usage.node.taints:
        if untolerated((taint,), pod.tolerations) is None:
            continue
        if taint.key == UNSCHEDULABLE:
            yield _cordon(rejection.plugin, usage.node)
            continue
        is_condition = taint.key.startswith(_CONDITIONS)
        remedy = None if is_condition else Remedy(f"add a toleration for {taint}", _tolerating(taint))
        yield Obstacle(
            rejection.plugin,
            f"has the taint {taint}, not tolerated",
            remedy=remedy,
            is_meant=True,
        )


def _tolerating(taint: Taint) -> OnPod:
    toleration = Toleration(taint.key, "Equal", taint.value, taint.effect)
    return lambda pod: replace(pod, tolerations=(*pod.tolerations, toleration))


def _affinity(rejection: Status, pod: Pod, usage: NodeInfo) -> Iterator[Obstacle]:
    node, choice = usage.node, pod.node_choice
    if choice.is_empty or choice.matches(node.name, node.labels):
        yield Obstacle(rejection.plugin, "does not match the node affinity that the scheduler adds", is_meant=True)
        return
    for key, value in choice.labels:
        if node.labels.get(key) != value:
            remedy = _label_remedy(node, Requirement(key, "In", (value,)), _without_label(key))
            yield Obstacle(rejection.plugin, _label_text(node, key, (value,)), remedy=remedy)
    if choice.terms is not None and not NodeChoice((), choice.terms).matches(node.name, node.labels):
        yield from _unmet_terms(rejection.plugin, choice.terms, node)


def _unmet_terms(plugin: str, terms: tuple[NodeTerm, ...], node: Node) -> Iterator[Obstacle]:
    """The unmet requirements of the term that is nearest to the node."""
    open_terms = [term for term in terms if not term.is_empty and not term.broken]
    if not open_terms:
        yield Obstacle(plugin, "cannot match: no term of the node affinity can", is_meant=True)
        return
    term = min(open_terms, key=lambda term: len(_unmet(term, node)))
    if not NodeTerm((), term.fields).matches(node.name, node.labels):
        yield Obstacle(plugin, "is not the node that the pod names", is_meant=True)
        return
    among = f" (the nearest of {len(open_terms)} terms)" if len(open_terms) > 1 else ""
    for wanted in _unmet(term, node):
        text = f"{_unmet_text(node, wanted)}{among}"
        yield Obstacle(plugin, text, remedy=_label_remedy(node, wanted, _without_expression(term, wanted)))


def _unmet(term: NodeTerm, node: Node) -> list[Requirement]:
    return [wanted for wanted in term.expressions if not NodeTerm((wanted,), ()).matches(node.name, node.labels)]


def _label_text(node: Node, key: str, values: tuple[str, ...]) -> str:
    wanted = f"{key}={values[0]}" if len(values) == 1 else f"{key} in ({', '.join(values)})"
    # Each node has its own host name, so it would tell nothing.
    has = f" (has {key}={node.labels[key]})" if key in node.labels and key != HOSTNAME else ""
    return f"lacks the label {wanted}{has}"


def _unmet_text(node: Node, wanted: Requirement) -> str:
    match wanted.operator:
        case "In":
            return _label_text(node, wanted.key, wanted.values)
        case "Exists":
            return f"lacks the label {wanted.key}"
        case "NotIn" | "DoesNotExist":
            return f"has the label {wanted.key}={node.labels.get(wanted.key, '')}, which is ruled out"
        case _:
            return f"does not meet {LabelSelector((wanted,))}"


def _label_remedy(node: Node, wanted: Requirement, drop: OnPod) -> Remedy:
    """A change of the node's label if the operator sets that label, else a pod that no longer asks for it."""
    name, key = node.name, wanted.key
    if not _is_given(key):
        if wanted.operator in ("NotIn", "DoesNotExist"):
            return Remedy(f"remove the label {key} from {name}", on_node=lambda node: _relabelled(node, key, None))
        if wanted.operator in ("In", "Exists"):
            value = wanted.values[0] if wanted.values else ""
            return Remedy(f"label {name} {key}={value}", on_node=lambda node: _relabelled(node, key, value))
    return Remedy(f"no longer ask for nodes with {LabelSelector((wanted,))}", drop)


def _is_given(key: str) -> bool:
    return key.partition("/")[0].endswith(_GIVEN_LABELS) and not key.startswith(NODE_ROLE_PREFIX)


def _relabelled(node: Node, key: str, value: str | None) -> Node:
    others = {name: other for name, other in node.labels.items() if name != key}
    return replace(node, labels=others if value is None else {**others, key: value})


def _without_label(key: str) -> OnPod:
    def drop(pod: Pod) -> Pod:
        labels = tuple(pair for pair in pod.node_choice.labels if pair[0] != key)
        return replace(pod, node_choice=replace(pod.node_choice, labels=labels))

    return drop


def _without_expression(term: NodeTerm, wanted: Requirement) -> OnPod:
    def drop(pod: Pod) -> Pod:
        terms = []
        for other in pod.node_choice.terms or ():
            if wanted not in other.expressions or other.fields != term.fields:
                continue
            left = tuple(each for each in other.expressions if each != wanted)
            terms.append(replace(other, expressions=left))
        # An empty term matches no node, but no affinity matches every node.
        kept = tuple(other for other in terms if not other.is_empty) or None
        return replace(pod, node_choice=replace(pod.node_choice, terms=kept))

    return drop


def _ports(rejection: Status, pod: Pod, usage: NodeInfo) -> Iterator[Obstacle]:
    taken = [port for port in pod.host_ports if usage.ports.get((port.protocol, port.port))]
    if taken:
        names = ", ".join(dict.fromkeys(f"{port.port}/{port.protocol}" for port in taken))
        what = "another host port" if len(taken) == 1 else "other host ports"
        remedy = Remedy(f"take {what} than {names}", _without_ports(taken))
        yield Obstacle(rejection.plugin, f"has host port {names} taken", remedy=remedy)


def _without_ports(taken: Collection[HostPort]) -> OnPod:
    return lambda pod: replace(pod, host_ports=tuple(port for port in pod.host_ports if port not in taken))


def _resources(rejection: Status, pod: Pod, usage: NodeInfo) -> Iterator[Obstacle]:
    for reason in rejection.reasons:
        resource = node_resources_fit.resource_of(reason)
        if not resource:
            count = len(usage.pods)
            yield Obstacle(rejection.plugin, f"holds {count} pods already, as many as it may")
            continue
        wanted, free = pod.amounts.request.of(resource), usage.node.allocatable.of(resource) - usage.used(resource)
        remedy = None
        if free * _LEAST_PART >= wanted:
            most = in_words(resource, free)
            remedy = Remedy(f"ask for at most {most} {resource}", _asking(resource, most))
        yield Obstacle(rejection.plugin, f"lacks {resource}", resource, wanted - free, remedy)


def _asking(resource: str, most: str) -> OnPod:
    """A change to a smaller request, exactly the amount in the text."""
    amount = Quantity.parse(most)

    def ask(pod: Pod) -> Pod:
        request = pod.amounts.request
        match resource:
            case "cpu":
                request = request._replace(cpu_millicores=amount.millicores)
            case "memory":
                request = request._replace(memory_bytes=amount.value)
            case "ephemeral-storage":
                request = request._replace(ephemeral_bytes=amount.value)
            case _:
                changed: Mapping[str, int] = {**dict(request.extended), resource: amount.value}
                request = request._replace(extended=tuple(changed.items()))
        return replace(pod, amounts=replace(pod.amounts, request=request))

    return ask


def _pod_affinity(rejection: Status, pod: Pod, usage: NodeInfo) -> Iterator[Obstacle]:
    reason, labels = rejection.reasons[0], usage.node.labels
    if "existing pods" in reason:
        yield Obstacle(rejection.plugin, "holds, or is near, a pod whose anti-affinity keeps this one off")
        return
    is_anti = "anti-affinity" in reason
    terms = pod.anti_affinity.required if is_anti else pod.affinity.required
    word = "anti-affinity" if is_anti else "affinity"
    absent = next((term.topology_key for term in terms if term.topology_key not in labels), "")
    if absent and not is_anti:
        yield Obstacle(rejection.plugin, f"lacks the label {absent} that the pod affinity goes by", is_meant=True)
        return
    over = ", ".join(dict.fromkeys(term.topology_key for term in terms))
    meant = " or ".join(dict.fromkeys(_term_text(term) for term in terms))
    there = f"has pods with {meant} already" if is_anti else f"has no pods with {meant}"
    remedy = Remedy(f"make its pod {word} over {over} preferred, not required", _at_ease if is_anti else _alone)
    yield Obstacle(rejection.plugin, f"{there} (pod {word} over {over})", remedy=remedy)


def _term_text(term: PodTerm) -> str:
    return str(term.selector) or "any labels"


def _at_ease(pod: Pod) -> Pod:
    return replace(pod, anti_affinity=PodAffinity((), pod.anti_affinity.preferred))


def _alone(pod: Pod) -> Pod:
    return replace(pod, affinity=PodAffinity((), pod.affinity.preferred))


def _spread(rejection: Status, pod: Pod, usage: NodeInfo) -> Iterator[Obstacle]:
    hard = [constraint for constraint in pod.spread if constraint.hard]
    absent = next((item.topology_key for item in hard if item.topology_key not in usage.node.labels), "")
    if absent:
        yield Obstacle(rejection.plugin, f"lacks the label {absent} that pods are spread over", is_meant=True)
        return
    if not hard:
        yield Obstacle(rejection.plugin, "has too many of its pods for the constraints that the scheduler adds")
        return
    limits = ", ".join(f"{item.topology_key} (maxSkew {item.max_skew})" for item in hard)
    remedy = Remedy(f"set whenUnsatisfiable: ScheduleAnyway for its spread over {limits}", _relaxed)
    yield Obstacle(rejection.plugin, f"has too many of its pods for an even spread over {limits}", remedy=remedy)


def _relaxed(pod: Pod) -> Pod:
    return replace(pod, spread=tuple(replace(item, hard=False) for item in pod.spread))


_READERS: Final[Mapping[str, Callable[[Status, Pod, NodeInfo], Iterator[Obstacle]]]] = {
    "NodeUnschedulable": _unschedulable,
    "TaintToleration": _taints,
    "NodeAffinity": _affinity,
    "NodePorts": _ports,
    "NodeResourcesFit": _resources,
    "InterPodAffinity": _pod_affinity,
    "PodTopologySpread": _spread,
}
