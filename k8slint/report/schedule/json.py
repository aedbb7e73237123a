"""For programs: the whole dry run, as `schemas/schedule.schema.json` describes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from k8slint.objects.object import Object
from k8slint.report.escape import flowing, visible
from k8slint.report.schedule.view import Subject
from k8slint.report.schedule.words import obstacles_text
from k8slint.scheduling.result import Preemption
from k8slint.simulation.explain import Explanation
from k8slint.simulation.obstacles import Obstacle
from k8slint.simulation.results import NodeResult, PodResult, Verdict

VERSION: Final = 1
# What programs that know the first verdicts alone take these for.
_WRITTEN_AS: Final = {Verdict.WAITING: Verdict.GATED, Verdict.REJECTED: Verdict.ASSIGNED}


def render(subject: Subject) -> str:
    """The dry run as JSON in ASCII, each node, pod and refusal on a line of its own."""
    head = {
        "version": VERSION,
        "kubernetesVersion": visible(subject.version),
        "assumptions": [flowing(assumption) for assumption in subject.run.assumptions],
        "total": {
            "allocatable": _amounts(subject.whole.allocatable),
            "requested": _amounts(subject.whole.requested),
            "left": _amounts(subject.left),
        },
        "podsWithoutRequests": subject.without_requests,
    }
    # Equal pods share an explanation, which lists every node: only the first of them carries it.
    explained = {group.first.key for group in subject.groups(Verdict.UNSCHEDULABLE)}
    parts = {
        "nodes": [_node(node) for node in subject.nodes()],
        "pods": [
            pod_entry(pod, subject.explainer.explain(pod) if pod.key in explained else None) for pod in subject.run.pods
        ],
        "workloads": [
            {"object": object_entry(each.obj), "pods": each.pods, "note": visible(each.note)}
            for each in subject.run.workloads
        ],
        "refusals": [
            {"object": object_entry(refusal.obj), "message": visible(refusal.message), "known": refusal.is_known}
            for refusal in subject.run.refusals
        ],
    }
    text = json.dumps(head, indent=2).removesuffix("\n}")
    for name, entries in parts.items():
        lines = ",\n    ".join(json.dumps(entry) for entry in entries)
        text += f',\n  "{name}": ' + (f"[\n    {lines}\n  ]" if entries else "[]")
    return text + "\n}\n"


def _node(node: NodeResult) -> dict[str, Any]:
    return {
        "name": visible(node.name),
        "allocatable": _amounts(node.allocatable),
        "requested": _amounts(node.requested),
        "pods": [visible(key) for key in node.pods],
    }


def _amounts(amounts: Mapping[str, int]) -> dict[str, int]:
    return {visible(resource): amount for resource, amount in amounts.items()}


def pod_entry(pod: PodResult, explanation: Explanation | None) -> dict[str, Any]:
    """What becomes of a pod, with the explanation if it is to carry one."""
    return {
        "namespace": visible(pod.namespace),
        "name": visible(pod.name),
        "owner": object_entry(pod.owner),
        "verdict": _WRITTEN_AS.get(pod.verdict, pod.verdict).value,
        "node": visible(pod.node),
        "message": "" if pod.verdict is Verdict.REJECTED else visible(pod.message),
        "rejection": visible(pod.message) if pod.verdict is Verdict.REJECTED else "",
        "nodes": {
            visible(name): {
                "plugin": rejection.plugin,
                "code": rejection.code.value,
                "reasons": [visible(reason) for reason in rejection.reasons],
            }
            for name, rejection in pod.statuses.items()
        },
        "scores": {visible(name): dict(scores) for name, scores in pod.scores.items()},
        "ties": [visible(name) for name in pod.ties],
        "preemption": None if pod.preemption is None else _preemption(pod.preemption),
        "explanation": None if explanation is None else _explanation(explanation),
    }


def object_entry(obj: Object) -> dict[str, str]:
    """An object, as its manifest names it."""
    return {
        "apiVersion": visible(obj.gvk.api_version),
        "kind": visible(obj.kind),
        "namespace": visible(obj.namespace),
        "name": visible(obj.name),
    }


def _preemption(preemption: Preemption) -> dict[str, Any]:
    return {"node": visible(preemption.node), "victims": [visible(victim.key) for victim in preemption.victims]}


def _explanation(explanation: Explanation) -> dict[str, Any]:
    return {
        "whole": [visible(text) for text in explanation.whole],
        "nodes": {
            visible(name): [_obstacle(obstacle) for obstacle in obstacles]
            for name, obstacles in explanation.nodes.items()
        },
        "nearest": visible(explanation.nearest),
        "changes": [{"node": visible(change.node), "text": visible(change.text)} for change in explanation.changes],
    }


def _obstacle(obstacle: Obstacle) -> dict[str, Any]:
    entry: dict[str, Any] = {"plugin": obstacle.plugin, "text": obstacles_text([(obstacle,)])}
    return {**entry, "resource": visible(obstacle.resource), "lack": obstacle.lack} if obstacle.resource else entry
