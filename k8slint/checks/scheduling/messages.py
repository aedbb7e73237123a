"""The problems of workloads whose pods never run, rule by rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from k8slint.apiserver.defaults.core import DEFAULT_SCHEDULER
from k8slint.checks.scheduling.case import Case
from k8slint.checks.scheduling.paths import at_node_choice, at_refusal, at_volume
from k8slint.checks.scheduling.refusals import refused
from k8slint.checks.scheduling.run import node_loads
from k8slint.checks.scheduling.templates import at_amount
from k8slint.cluster.cluster_file import SHORTHAND
from k8slint.cluster.similar_names import nearest_name
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, items, text
from k8slint.objects.object import Object
from k8slint.objects.problem import Absence, Problem, Related
from k8slint.scheduling import Node, Pod
from k8slint.scheduling.objects.node_affinity import NodeChoice, NodeTerm
from k8slint.scheduling.objects.taints import Taint, untolerated
from k8slint.scheduling.objects.volumes import PersistentVolume
from k8slint.scheduling.plugins import (
    inter_pod_affinity,
    node_resources_fit,
    node_unschedulable,
    pod_topology_spread,
    taint_toleration,
)
from k8slint.simulation.feasible_nodes import amount_of, requests_of
from k8slint.simulation.in_words import in_words
from k8slint.simulation.results import Verdict
from k8slint.values.labels import LabelSelector, Requirement
from k8slint.values.well_known import OS

_SHOWN: Final = 3


def _unschedulable(case: Case) -> Problem:
    effect = fix = ""
    if case.first.verdict is Verdict.REJECTED:
        effect, fix = _of_rejected(case)
    elif case.pod is not None and case.pod.node_name:
        effect = "No kubelet answers to that name: the Pod never starts, and is deleted after some time."
    elif case.waiting and case.obj.kind == "StatefulSet":
        effect = (
            f"The Pod {case.first.name} stays Pending, FailedScheduling says why, "
            f"and the {case.waiting} after it are never created."
        )
    path = at_refusal(case)
    return Problem(
        path,
        f"{case.share}{case.first.message}",
        tuple(_taints(case)),
        effect=effect,
        fix=fix or _spread_fix(case, path),
        rests_on=Absence(_wanted_pods(case)),
    )


def _of_rejected(case: Case) -> tuple[str, str]:
    """What follows for pods that a kubelet turns away, and what to do."""
    again = (
        "" if case.obj.kind == "Pod" else " Its controller makes another, which fails the same way, again and again."
    )
    effect = f"The Pod ends as Failed at once, and no container of it starts.{again}"
    if case.first.path == ("spec", "nodeName"):
        return effect, "Leave the choice of the node to the scheduler: remove nodeName."
    return effect, f"Add a nodeSelector for {OS}: the scheduler does not look at this field."


def _spread_fix(case: Case, path: Path) -> str:
    """The fix if the pod spreads over a label that nodes lack; otherwise empty."""
    if pod_topology_spread.MISSING_LABEL not in case.reasons or "topologySpreadConstraints" not in path:
        return ""
    key = dig(case.obj.data, *path)
    return f'Label the nodes with "{key}", or spread over a label that they have.'


def way_out(case: Case) -> str:
    """The smallest changes that make the pod fit, each of them tried; empty if none is known."""
    changes = case.explanation.changes if case.explanation is not None else ()
    ways = [f"{change.text} (it then fits on {change.node})" for change in changes]
    said = "; or ".join(ways)
    return f"{said[:1].upper()}{said[1:]}." if said else ""


def nearest_node(case: Case) -> str:
    """The node that comes nearest to having room for the pod, and what it lacks; empty if room is not the problem."""
    wanted, loads = requests_of(case.pod) if case.pod is not None else {}, case.cluster.once(node_loads)
    nearest: tuple[int, float, str, dict[str, int]] | None = None
    for node in case.feasible.roomy:
        if case.refusal_of(node.name) != node_resources_fit.NAME:
            continue
        over = {name: loads[node.name][name] + amount - amount_of(node, name) for name, amount in wanted.items()}
        lacks = {name: lack for name, lack in over.items() if lack > 0}
        part = sum(lack / amount_of(node, name) for name, lack in lacks.items())
        if lacks and (nearest is None or (len(lacks), part) < nearest[:2]):
            nearest = len(lacks), part, node.name, lacks
    if nearest is None:
        return ""
    said = " and ".join(f"{in_words(name, lack, up=True)} of {name}" for name, lack in nearest[3].items())
    return f"Make room, or add a node: the nearest is {nearest[2]}, which lacks {said}."


def _wanted_pods(case: Case) -> str:
    """A label value of the pods that this pod must be near, if it was refused because nodes lack them; else empty."""
    pod = case.pod
    if pod is None or inter_pod_affinity.AFFINITY not in case.reasons:
        return ""
    wanted = (each for term in pod.affinity.required for each in term.selector.requirements)
    return next((value for each in wanted for value in each.values), "")


def _effect(case: Case) -> str:
    """The scheduler's sentence as kubectl shows it; empty if the scheduler tried no node."""
    return f'The Pod stays Pending: FailedScheduling "{case.first.message}".' if case.first.statuses else ""


def _no_node_chosen(case: Case) -> Problem:
    pod, nodes = _pod_of(case), case.scene.stage.nodes
    for key, value in pod.node_choice.labels:
        if not any(node.labels.get(key) == value for node in nodes):
            path = at_node_choice(case, key)
            message = f"{_none_of(nodes, 'has', 'does not have')} the label {key}={value}{_hint(nodes, key, (value,))}"
            return Problem(path, message, effect=_effect(case), fix=_label_fix(case))
    labels = LabelSelector.of_labels(dict(pod.node_choice.labels))
    terms = pod.node_choice.terms
    if terms is None or any(NodeChoice((), terms).matches(node.name, node.labels) for node in nodes):
        both = f" and meets {_terms_text(terms)}" if terms else ""
        message = f"{_none_of(nodes, 'has', 'does not have')} all of {labels}{both}"
        return Problem(at_node_choice(case, ""), message, effect=_effect(case), fix=_label_fix(case))
    hint = ""
    if len(terms) == 1:
        alone = (each for each in terms[0].expressions if not _met_by_any(each, nodes))
        one = next((each for each in alone if each.operator == "In"), None)
        hint = _hint(nodes, one.key, one.values) if one is not None else ""
    message = f"{_none_of(nodes, 'meets', 'does not meet')} {_terms_text(terms)}{hint}"
    return Problem(at_node_choice(case, None), message, effect=_effect(case), fix=_label_fix(case))


def _met_by_any(requirement: Requirement, nodes: Iterable[Node]) -> bool:
    return any(NodeTerm((requirement,), ()).matches(node.name, node.labels) for node in nodes)


def _terms_text(terms: Iterable[NodeTerm]) -> str:
    texts = [str(LabelSelector((*term.expressions, *term.fields))) or "an empty term" for term in terms]
    return " or ".join(dict.fromkeys(texts)) or "an affinity without terms"


def _hint(nodes: Sequence[Node], key: str, values: Iterable[str]) -> str:
    """What the nodes have instead: the nearest value, else the values of the key, else the nearest key."""
    there = sorted({node.labels[key] for node in nodes if key in node.labels})
    if there:
        near = next((found for value in values if (found := nearest_name(value, there))), None)
        if near:
            return f'; nearest is "{near}"'
        more = f" and {len(there) - _SHOWN} more values" if len(there) > _SHOWN else ""
        return f"; there {'is' if len(there) == 1 else 'are'} {', '.join(there[:_SHOWN])}{more}"
    near = nearest_name(key, {other for node in nodes for other in node.labels})
    return f'; nearest is the label "{near}"' if near else ""


def _label_fix(case: Case) -> str:
    if not _is_shorthand(case):
        return ""
    return (
        "Ask for labels that nodes have. Those of --nodes have only hostname, os, arch and zone: describe yours with "
        "--cluster if they have more."
    )


def _is_shorthand(case: Case) -> bool:
    return all(obj.document.source.name == SHORTHAND for obj in case.cluster.nodes or ())


def _kept_off(case: Case) -> Problem:
    pod = _pod_of(case)
    chosen = case.feasible.chosen
    taints = Counter(str(taint) for node in chosen if (taint := untolerated(node.taints, pod.tolerations)))
    named = [name for name, _ in taints.most_common()]
    more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
    message = f"{_all_of(case, chosen)} a taint that it does not tolerate: {', '.join(named[:_SHOWN])}{more}"
    path = (*case.template.path, "spec", "tolerations")
    return Problem(path, message, tuple(_taints(case)), effect=_effect(case))


def _all_of(case: Case, nodes: Sequence[Node]) -> str:
    """The start of a sentence about nodes: the subject and its verb."""
    if len(nodes) < len(case.scene.stage.nodes):
        node_s = "node" if len(nodes) == 1 else "nodes"
        return f"the {len(nodes)} {node_s} that the Pod asks for {'has' if len(nodes) == 1 else 'have'}"
    return "the one node has" if len(nodes) == 1 else f"each of the {len(nodes)} nodes has"


def _none_of(nodes: Sequence[Node], verb: str, negated: str) -> str:
    return f"the one node {negated}" if len(nodes) == 1 else f"none of the {len(nodes)} nodes {verb}"


def _taints(case: Case) -> Iterator[Related]:
    """The places of the taints that keep the pod off, the first few."""
    if case.pod is None:
        return
    seen: set[Taint] = set()
    for node in case.scene.stage.nodes:
        status = case.first.statuses.get(node.name)
        taint = untolerated(node.taints, case.pod.tolerations)
        if taint is None or taint in seen or len(seen) == _SHOWN:
            continue
        if status is None or status.plugin not in (taint_toleration.NAME, node_unschedulable.NAME):
            continue
        seen.add(taint)
        for obj in case.cluster.find("Node", "", node.name):
            if obj.document.source.name != SHORTHAND:
                yield Related(obj, _taint_path(obj, taint), f"the taint {taint} of {node.name}")


def _taint_path(obj: Object, taint: Taint) -> Path:
    for index, written in items(obj.spec.get("taints")):
        if written.get("key") == taint.key and written.get("effect") == taint.effect:
            return ("spec", "taints", index, "key")
    return ("spec", "unschedulable") if obj.spec.get("unschedulable") is True else ("status", "conditions")


def _too_large(case: Case) -> Problem:
    pod = _pod_of(case)
    nodes = case.feasible.open
    wanted = requests_of(pod)
    short = [name for name, amount in wanted.items() if all(amount_of(node, name) < amount for node in nodes)]
    if not short:
        node, lacking = min(
            ((node, [name for name in wanted if amount_of(node, name) < wanted[name]]) for node in nodes),
            key=lambda pair: (len(pair[1]), pair[0].name),
        )
        asked = " and ".join(f"{in_words(name, amount, up=True)} of {name}" for name, amount in wanted.items())
        message = f'no node has all of {asked}; nearest is "{node.name}", which has too little {" and ".join(lacking)}'
        return Problem(at_amount(case.template, lacking[0]), message, effect=_effect(case))
    message = "; ".join(_shortage(case, nodes, name, wanted[name]) for name in short)
    fix = ""
    if _is_shorthand(case) and not any(amount_of(node, short[0]) for node in nodes):
        setting = f"--nodes {len(nodes)}:{short[0]}={wanted[short[0]]}"
        fix = f"Describe nodes that have it, as with {setting}, or with --cluster."
    return Problem(at_amount(case.template, short[0]), message, effect=_effect(case), fix=fix)


def _shortage(case: Case, nodes: Sequence[Node], resource: str, wanted: int) -> str:
    asked = in_words(resource, wanted, up=True)
    largest = max(nodes, key=lambda node: amount_of(node, resource))
    has = amount_of(largest, resource)
    left = "" if len(nodes) == len(case.scene.stage.nodes) else " it may use"
    if not has:
        offered = {name for node in case.scene.stage.nodes for name, amount in node.allocatable.extended if amount}
        near = nearest_name(resource, offered - {resource})
        return f"the Pod requests {asked} of {resource}, which no node{left} has" + (
            f'; nearest is "{near}"' if near else ""
        )
    given = next((node.allocatable for node in case.run.nodes or () if node.name == largest.name), {})
    if resource not in given:
        return f"the Pod requests {asked} of {resource}, which is more than any node{left} could have"
    missing = in_words(resource, wanted - has, up=True)
    return (
        f'the Pod requests {asked} of {resource}; the largest node{left}, "{largest.name}", '
        f"has {in_words(resource, has)}, which is {missing} too little"
    )


def _crowded(case: Case) -> Problem:
    if case.crowded is None:
        raise AssertionError(str(case.obj))
    index, term, places = case.crowded
    nodes = case.feasible.roomy
    key = term.topology_key
    where = f"{places} {'node' if places == 1 else 'nodes'}"
    if len(nodes) != places:
        where = f"{places} {'value' if places == 1 else 'values'} of {key} among {len(nodes)} nodes"
    terms = "requiredDuringSchedulingIgnoredDuringExecution"
    path = (*case.template.path, "spec", "affinity", "podAntiAffinity", terms, index, "topologyKey")
    replicas = case.obj.spec.get("replicas")
    related = (Related(case.obj, ("spec", "replicas"), "as many Pods"),) if replicas is not None else ()
    message = f"{case.total} Pods that keep apart by {key} need as many places; there are {where} for them"
    effect = (
        f'{case.total - case.running} of {case.total} Pods do not come to run: FailedScheduling "{case.first.message}".'
    )
    return Problem(path, message, related, effect=effect)


def _parted(case: Case) -> Problem:
    nodes = case.feasible.open
    some = len(nodes) < len(case.scene.stage.nodes)
    left = f"{'the one node' if len(nodes) == 1 else f'the {len(nodes)} nodes'} left to the Pod" if some else "any node"
    for claim, volume in _bound(case):
        drivers = case.scene.stage.facts.csi_nodes
        if volume.terms is not None and not any(
            volume.reachable_from(node.labels, drivers.get(node.name)) for node in nodes
        ):
            asked = _terms_text(volume.terms)
            message = f'PersistentVolume "{volume.name}" cannot be reached from {left}: it asks for {asked}'
            related = tuple(
                Related(obj, ("spec", "nodeAffinity", "required"), "where the volume can be reached from")
                for obj in case.cluster.find("PersistentVolume", "", volume.name)
            )
            return Problem(at_volume(case, claim), message, related, effect=_effect(case))
    names = ", ".join(f'"{volume.name}"' for _, volume in _bound(case))
    message = f"the volumes of the Pod cannot be reached from {left}" + (f": {names}" if names else "")
    return Problem(at_volume(case, ""), message, effect=_effect(case))


def _bound(case: Case) -> Iterator[tuple[str, PersistentVolume]]:
    volumes = {volume.name: volume for volume in case.volumes}
    return ((claim.name, volumes[claim.volume]) for claim in case.claims if claim.volume in volumes)


def _unknown_scheduler(case: Case) -> Problem:
    name = text(case.template.spec.get("schedulerName"))
    names = [profile.scheduler_name for profile in case.scene.stage.profiles]
    near = nearest_name(name, names)
    hint = f'; nearest is "{near}"' if near else f', expected "{DEFAULT_SCHEDULER}"' if len(names) == 1 else ""
    path = (*case.template.path, "spec", "schedulerName")
    return Problem(path, f'no scheduler of this cluster is known by the name "{name}"{hint}', rests_on=Absence(name))


def _pod_of(case: Case) -> Pod:
    if case.pod is None:
        raise AssertionError(str(case.obj))
    return case.pod


STATEMENTS: Final[Mapping[str, Callable[[Case], Problem]]] = {
    "unschedulable-pod": _unschedulable,
    "node-selector-matches-no-node": _no_node_chosen,
    "untolerated-taint-everywhere": _kept_off,
    "pod-larger-than-any-node": _too_large,
    "anti-affinity-exceeds-nodes": _crowded,
    "volume-node-conflict": _parted,
    "unknown-scheduler": _unknown_scheduler,
    "quota-refuses-pods": refused,
    "admission-refuses-object": refused,
}
"""By rule, the function that makes the problem of a workload for which `rule_of` returns that rule."""
