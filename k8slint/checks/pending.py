"""What is said of workloads whose pods never run on the described cluster, and of claims that never get a volume."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from k8slint.checks.asking import at_node_choice, at_refusal, at_request, at_volume
from k8slint.checks.cases import (
    FORBIDDEN,
    Case,
    cases,
    cause_of,
    cluster_claims,
    is_storage_defect,
    is_template,
    knows_volumes,
    node_loads,
    outcome,
)
from k8slint.cluster.cluster import Cluster
from k8slint.cluster.spelling import WORTH_COMPARING, nearest_name
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, items, text
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem, Related
from k8slint.scheduling import Node, Pod, ShapeError
from k8slint.scheduling.selection import NodeTerm, Taint, untolerated
from k8slint.simulation.defaults import DEFAULT_NAMESPACE, DEFAULT_SCHEDULER
from k8slint.simulation.refusal import Refusal
from k8slint.simulation.results import DryRun, Verdict
from k8slint.simulation.sieve import amount_of, requests_of
from k8slint.values.amount import in_words
from k8slint.values.labels import LabelSelector, Requirement

Found = Mapping[Object, Sequence[tuple[str, Problem]]]
"""By object, the problems of it, each with the id of its rule."""

_SHORTHAND: Final = "--nodes"
_SHOWN: Final = 3
# To try changes out takes time. Where so many workloads do not fit, the nodes are too few, and no change of one helps.
_MOST_EXPLAINED: Final = 20


def problems(cluster: Cluster) -> Found:
    """All that the dry run finds; to be had through `cluster.once`.

    Nothing where the cluster description cannot be read: the command has refused it before.
    """
    try:
        run = cluster.once(outcome)
    except ShapeError:
        return {}
    found: dict[Object, list[tuple[str, Problem]]] = {}
    explained = 0
    for case in cases(cluster, run):
        rule = cause_of(case)
        if not rule:
            continue
        problem = _STATEMENTS[rule](case)
        if rule == "unschedulable-pod":
            explained += 1
            fix = _way_out(case) if explained <= _MOST_EXPLAINED else ""
            problem = replace(problem, fix=fix or _nearest_node(case))
        found.setdefault(case.obj, []).append((rule, problem))
    for obj, problem in _unbound(cluster, run):
        found.setdefault(obj, []).append(("claim-never-binds", problem))
    for obj, problem in _refused_objects(cluster, run):
        found.setdefault(obj, []).append(("admission-refuses-object", problem))
    return found


# --- pods ---------------------------------------------------------------------------------------------------------


def _unschedulable(case: Case) -> Problem:
    waiting = case.total - case.running - len(case.failing)
    effect = ""
    if case.pod is not None and case.pod.node_name:
        effect = "No kubelet answers to that name: the Pod never starts, and is deleted after some time."
    elif waiting and case.obj.kind == "StatefulSet":
        effect = (
            f"The Pod {case.first.name} stays Pending, FailedScheduling says why, and the {waiting} after it are never "
            "created."
        )
    return Problem(
        at_refusal(case),
        f"{_share(case)}{case.first.message}",
        tuple(_taints(case)),
        effect=effect,
        absent=_wanted_pods(case),
    )


def _share(case: Case) -> str:
    """How many of the pods it is that fail, where others run."""
    return f"{len(case.failing)} of {case.total} pods: " if case.running else ""


def _way_out(case: Case) -> str:
    """The smallest changes that make the pod fit, each of which has been tried; empty where none is known."""
    changes = case.explanation.changes if case.explanation is not None else ()
    ways = [f"{change.text} (it then fits on {change.node})" for change in changes]
    said = "; or ".join(ways)
    return f"{said[:1].upper()}{said[1:]}." if said else ""


def _nearest_node(case: Case) -> str:
    """Which node comes nearest to taking the pod, and what it lacks for it; empty where it is not a matter of room."""
    wanted, loads = requests_of(case.pod) if case.pod is not None else {}, case.cluster.once(node_loads)
    nearest: tuple[int, float, str, dict[str, int]] | None = None
    for node in case.sieve.roomy if case.sieve is not None else ():
        if case.refusal_of(node.name) != "NodeResourcesFit":
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
    """What is missing where the pod wants to be near pods that are not among the files."""
    pod, reasons = case.pod, {reason for status in case.first.statuses.values() for reason in status.reasons}
    if pod is None or "node(s) didn't match pod affinity rules" not in reasons:
        return ""
    wanted = (each for term in pod.affinity.required for each in term.selector.requirements)
    return next((value for each in wanted for value in each.values), "")


def _effect(case: Case, text_of: str = "") -> str:
    """The scheduler's sentence as kubectl shows it, after what else is to be said."""
    said = f'The Pod stays Pending: FailedScheduling "{case.first.message}"' if case.first.statuses else ""
    return f"{text_of}{said}." if said else ""


def _no_node_chosen(case: Case) -> Problem:
    pod, nodes = _pod_of(case), case.scene.stage.nodes
    for key, value in pod.node_choice.labels:
        if not any(node.labels.get(key) == value for node in nodes):
            path = at_node_choice(case, key)
            message = f"{_none_of(nodes, 'has', 'does not have')} the label {key}={value}{_hint(nodes, key, (value,))}"
            return Problem(path, message, effect=_effect(case), fix=_label_fix(case))
    labels = LabelSelector.of_labels(dict(pod.node_choice.labels))
    terms = pod.node_choice.terms
    if terms is None or any(term.matches(node.name, node.labels) for node in nodes for term in terms):
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
    """What nodes have instead: the nearest value, the values there are, or the nearest key."""
    there = sorted({node.labels[key] for node in nodes if key in node.labels})
    if there:
        near = next((found for value in values if (found := _nearest(value, there))), None)
        if near:
            return f'; nearest is "{near}"'
        more = f" and {len(there) - _SHOWN} more values" if len(there) > _SHOWN else ""
        return f"; there {'is' if len(there) == 1 else 'are'} {', '.join(there[:_SHOWN])}{more}"
    near = _nearest(key, {other for node in nodes for other in node.labels})
    return f'; nearest is the label "{near}"' if near else ""


def _nearest(name: str, candidates: Sequence[str] | set[str]) -> str | None:
    return nearest_name(name, candidates) if len(candidates) <= WORTH_COMPARING else None


def _label_fix(case: Case) -> str:
    if not _is_shorthand(case):
        return ""
    return (
        "Ask for labels that nodes have. Those of --nodes have only hostname, os, arch and zone: describe yours with "
        "--cluster if they have more."
    )


def _is_shorthand(case: Case) -> bool:
    return all(obj.document.source.name == _SHORTHAND for obj in case.cluster.nodes or ())


def _kept_off(case: Case) -> Problem:
    pod = _pod_of(case)
    chosen = case.sieve.chosen if case.sieve is not None else ()
    taints = Counter(_taint_text(taint) for node in chosen if (taint := untolerated(node.taints, pod.tolerations)))
    named = [name for name, _ in taints.most_common()]
    more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
    message = f"{_all_of(case, chosen)} a taint that it does not tolerate: {', '.join(named[:_SHOWN])}{more}"
    path = (*case.template.path, "spec", "tolerations")
    return Problem(path, message, tuple(_taints(case)), effect=_effect(case))


def _taint_text(taint: Taint) -> str:
    return f"{taint.key}={taint.value}:{taint.effect}" if taint.value else f"{taint.key}:{taint.effect}"


def _all_of(case: Case, nodes: Sequence[Node]) -> str:
    """The nodes as the subject of a sentence, with its verb."""
    if len(nodes) < len(case.scene.stage.nodes):
        node_s = "node" if len(nodes) == 1 else "nodes"
        return f"the {len(nodes)} {node_s} that the Pod asks for {'has' if len(nodes) == 1 else 'have'}"
    return "the one node has" if len(nodes) == 1 else f"each of the {len(nodes)} nodes has"


def _none_of(nodes: Sequence[Node], verb: str, negated: str) -> str:
    return f"the one node {negated}" if len(nodes) == 1 else f"none of the {len(nodes)} nodes {verb}"


def _taints(case: Case) -> Iterator[Related]:
    """Where the taints are written that keep the pod off."""
    if case.pod is None:
        return
    seen: set[Taint] = set()
    for node in case.scene.stage.nodes:
        status = case.first.statuses.get(node.name)
        taint = untolerated(node.taints, case.pod.tolerations)
        if taint is None or taint in seen or len(seen) == _SHOWN:
            continue
        if status is None or status.plugin not in ("TaintToleration", "NodeUnschedulable"):
            continue
        seen.add(taint)
        for obj in case.cluster.find("Node", "", node.name):
            if obj.document.source.name != _SHORTHAND:
                yield Related(obj, _taint_path(obj, taint), f"the taint {_taint_text(taint)} of {node.name}")


def _taint_path(obj: Object, taint: Taint) -> Path:
    for index, written in items(obj.spec.get("taints")):
        if written.get("key") == taint.key and written.get("effect") == taint.effect:
            return ("spec", "taints", index, "key")
    return ("spec", "unschedulable") if obj.spec.get("unschedulable") is True else ("status", "conditions")


def _too_large(case: Case) -> Problem:
    pod = _pod_of(case)
    nodes = case.sieve.open if case.sieve is not None else ()
    wanted = requests_of(pod)
    short = [name for name, amount in wanted.items() if all(amount_of(node, name) < amount for node in nodes)]
    if not short:
        node, lacking = min(
            ((node, [name for name in wanted if amount_of(node, name) < wanted[name]]) for node in nodes),
            key=lambda pair: (len(pair[1]), pair[0].name),
        )
        asked = " and ".join(f"{in_words(name, amount, up=True)} of {name}" for name, amount in wanted.items())
        message = f'no node has all of {asked}; nearest is "{node.name}", which has too little {" and ".join(lacking)}'
        return Problem(at_request(case, lacking[0]), message, effect=_effect(case))
    message = "; ".join(_shortage(case, nodes, name, wanted[name]) for name in short)
    fix = ""
    if _is_shorthand(case) and not any(amount_of(node, short[0]) for node in nodes):
        setting = f"--nodes {len(nodes)}:{short[0]}={wanted[short[0]]}"
        fix = f"Describe nodes that have it, as with {setting}, or with --cluster."
    return Problem(at_request(case, short[0]), message, effect=_effect(case), fix=fix)


def _shortage(case: Case, nodes: Sequence[Node], resource: str, wanted: int) -> str:
    asked = in_words(resource, wanted, up=True)
    largest = max(nodes, key=lambda node: amount_of(node, resource))
    has = amount_of(largest, resource)
    left = "" if len(nodes) == len(case.scene.stage.nodes) else " it may use"
    if not has:
        offered = {
            name for node in case.scene.stage.nodes for name, amount in node.allocatable_extended.items() if amount
        }
        near = _nearest(resource, offered - {resource})
        return f"the Pod requests {asked} of {resource}, which no node{left} has" + (
            f'; nearest is "{near}"' if near else ""
        )
    missing = in_words(resource, wanted - has, up=True)
    return (
        f'the Pod requests {asked} of {resource}; the largest node{left}, "{largest.name}", '
        f"has {in_words(resource, has)}, which is {missing} too little"
    )


def _crowded(case: Case) -> Problem:
    index, term, places = case.crowded or _missing(case)
    nodes = case.sieve.roomy if case.sieve is not None else ()
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
    nodes = case.sieve.open if case.sieve is not None else ()
    some = len(nodes) < len(case.scene.stage.nodes)
    left = f"{'the one node' if len(nodes) == 1 else f'the {len(nodes)} nodes'} left to the Pod" if some else "any node"
    for claim, volume in _bound(case):
        if volume.terms is not None and not any(
            term.matches("", node.labels) for term in volume.terms for node in nodes
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


def _bound(case: Case) -> Iterator[tuple[str, Any]]:
    volumes = {volume.name: volume for volume in case.volumes}
    return ((claim.name, volumes[claim.volume]) for claim in case.claims if claim.volume in volumes)


def _unknown_scheduler(case: Case) -> Problem:
    name = text(case.template.spec.get("schedulerName"))
    names = [profile.scheduler_name for profile in case.scene.stage.profiles]
    near = _nearest(name, names)
    hint = f'; nearest is "{near}"' if near else f', expected "{DEFAULT_SCHEDULER}"' if len(names) == 1 else ""
    path = (*case.template.path, "spec", "schedulerName")
    return Problem(path, f'no scheduler of this cluster is known by the name "{name}"{hint}', absent=name)


def _pod_of(case: Case) -> Pod:
    return case.pod if case.pod is not None else _missing(case)


def _missing(case: Case) -> Any:
    raise AssertionError(f"{case.obj}: said of it is what was not found")


# --- refusals -----------------------------------------------------------------------------------------------------

_POLICY: Final = re.compile(r"(?:exceeded|failed) quota: ([^,: ]+)[,:]")
_EXCEEDED: Final = re.compile(r"exceeded quota: ([^,]+), requested: ([^=]+)=")
_EVENTS: Final = {"Deployment": "the events of its ReplicaSet", "CronJob": "the events of its Job"}


def _refused(case: Case) -> Problem:
    related = _policies_named(case.first.message, case.obj, case.cluster)
    if case.obj.kind == "Pod":
        effect = "kubectl apply fails with these words, and there is no Pod."
    else:
        refused = sum(1 for pod in case.failing if pod.verdict is Verdict.REFUSED)
        who = _EVENTS.get(case.obj.kind, "its events")
        effect = (
            f"{case.obj} is accepted, and {refused} of its {case.total} Pods are never created. "
            f"Only {who} say why: FailedCreate."
        )
    path = (*case.template.path, *case.first.path)
    if "exceeded quota: " in case.first.message:
        is_counted = case.running and case.obj.spec.get("replicas") is not None
        path = ("spec", "replicas") if is_counted else (*case.template.path, "spec", "containers")
    return Problem(path, f"{_share(case)}{case.first.message}", related, effect=effect, absent=_word(case.first.absent))


def _refused_objects(cluster: Cluster, run: DryRun) -> Iterator[tuple[Object, Problem]]:
    """The objects that admission refuses; of many that one quota refuses for one thing, the first."""
    alike: dict[tuple[str, ...], list[Refusal]] = {}
    for refusal in run.refusals:
        if FORBIDDEN in refusal.message and refusal.is_known:
            exceeded = _EXCEEDED.search(refusal.message)
            key = exceeded.groups() if exceeded is not None else (refusal.message,)
            alike.setdefault((refusal.obj.group_kind, refusal.obj.namespace, *key), []).append(refusal)
    for first, *others in alike.values():
        related = _policies_named(first.message, first.obj, cluster)
        more = (
            f"; so {'is' if len(others) == 1 else 'are'} {len(others)} more of kind {first.obj.kind}" if others else ""
        )
        yield first.obj, Problem(first.path, f"{first.message}{more}", related)


def _word(absent: str) -> str:
    """The name alone of `Kind name` or `Kind namespace/name`."""
    return absent.rpartition(" ")[2].rpartition("/")[2]


def _policies_named(message: str, obj: Object, cluster: Cluster) -> tuple[Related, ...]:
    """The quota that a refusal names, or the limits of the namespace."""
    named = _POLICY.search(message)
    namespace = obj.namespace or DEFAULT_NAMESPACE
    kind, word = ("ResourceQuota", "the quota") if named else ("LimitRange", "the limits")
    if not named and " usage per " not in message and " ratio per " not in message:
        return ()
    found = (each for each in cluster.of_kind(kind) if (each.namespace or DEFAULT_NAMESPACE) == namespace)
    return tuple(
        Related(each, ("spec", "hard" if named else "limits"), word)
        for each in found
        if named is None or each.name == named[1]
    )[:1]


# --- claims -------------------------------------------------------------------------------------------------------


def _unbound(cluster: Cluster, run: DryRun) -> Iterator[tuple[Object, Problem]]:
    """The claims of the manifests that never get a volume, as far as no other rule says so."""
    sets = [workload.obj for workload in run.workloads if workload.obj.kind == "StatefulSet"]
    by_namespace: dict[str, list[Object]] = {}
    for obj in sets:
        by_namespace.setdefault(obj.namespace or DEFAULT_NAMESPACE, []).append(obj)
    said: set[tuple[Object, int]] = set()
    for (namespace, name), why in run.unbound.items():
        written = cluster_claims(cluster).get((namespace, name), ())
        for obj in written[-1:]:
            if _is_sayable(obj, dig(obj.data, "spec"), why, cluster):
                yield obj, _never_binds(("spec",), "the claim", why)
        for obj in () if written else by_namespace.get(namespace, ()):
            index = is_template(obj, name)
            if index is None or (obj, index) in said:
                continue
            said.add((obj, index))
            path = ("spec", "volumeClaimTemplates", index, "spec")
            if _is_sayable(obj, dig(obj.data, *path), why, cluster):
                yield obj, _never_binds(path, f'claim "{name}"', why)


def _is_sayable(obj: Object, spec: Any, why: str, cluster: Cluster) -> bool:
    class_name = text(dig(spec, "storageClassName"))
    is_of_volumes = why.startswith(("no volume fits", "no persistent volumes"))
    if is_of_volumes and not knows_volumes(class_name, cluster):
        return False
    return not is_storage_defect(obj, cluster)


def _never_binds(path: Path, subject: str, why: str) -> Problem:
    field = "storageClassName" if "class" in why else "volumeName" if "volume" in why.partition(":")[0] else ""
    if "its data" in why:
        field = "dataSource"
    return Problem((*path, field) if field else path, f"{subject} never gets a volume: {why}")


_STATEMENTS: Final[Mapping[str, Callable[[Case], Problem]]] = {
    "unschedulable-pod": _unschedulable,
    "node-selector-matches-no-node": _no_node_chosen,
    "untolerated-taint-everywhere": _kept_off,
    "pod-larger-than-any-node": _too_large,
    "anti-affinity-exceeds-nodes": _crowded,
    "volume-node-conflict": _parted,
    "unknown-scheduler": _unknown_scheduler,
    "quota-refuses-pods": _refused,
    "admission-refuses-object": _refused,
}
