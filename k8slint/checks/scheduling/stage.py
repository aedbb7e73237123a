"""The dry run as a stage of the engine: its problems by object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from k8slint.checks.scheduling.case import cases
from k8slint.checks.scheduling.claims import unbound_claims
from k8slint.checks.scheduling.diagnosis import rule_of
from k8slint.checks.scheduling.drills import drilled
from k8slint.checks.scheduling.messages import STATEMENTS, nearest_node, way_out
from k8slint.checks.scheduling.refusals import refused_objects
from k8slint.checks.scheduling.run import outcome
from k8slint.checks.scheduling.traffic import traffic_problems
from k8slint.cluster.cluster import Cluster
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem

# Trying changes takes time. When this many workloads do not fit, the nodes are simply too few.
_MOST_EXPLAINED: Final = 20


def problems_of(obj: Object, cluster: Cluster) -> Sequence[Problem]:
    """The problems that keep the object or its pods from running on the described cluster.

    The first call makes one dry run for all objects.

    Raises:
        UsageError: for an unreadable object of the cluster description.
    """
    return cluster.once(_problems).get(obj, ())


def assumptions(cluster: Cluster) -> tuple[str, ...]:
    """The assumptions of the dry run, as sentences. The call also works out the problems of all objects.

    Raises:
        UsageError: for an unreadable object of the cluster description.
    """
    cluster.once(_problems)
    return cluster.once(outcome).assumptions


def _problems(cluster: Cluster) -> Mapping[Object, Sequence[Problem]]:
    run = cluster.once(outcome)
    found: dict[Object, list[Problem]] = {}
    explained = 0
    for case in cases(cluster, run):
        rule = rule_of(case)
        if rule is None:
            continue
        problem = STATEMENTS[rule](case)._replace(rule=rule)
        if rule == "unschedulable-pod":
            explained += 1
            fix = way_out(case) if explained <= _MOST_EXPLAINED else ""
            problem = problem._replace(fix=fix or nearest_node(case) or problem.fix)
        found.setdefault(case.obj, []).append(problem)
    others = (
        *unbound_claims(cluster, run),
        *refused_objects(cluster, run.refusals),
        *drilled(cluster, run),
        *traffic_problems(cluster, run),
    )
    for obj, problem in others:
        found.setdefault(obj, []).append(problem)
    return found
