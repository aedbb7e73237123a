"""All that the dry run finds, by object and rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from k8slint.checks.pending.cases import cases, cause_of, outcome
from k8slint.checks.pending.refusals import refused_objects
from k8slint.checks.pending.statements import STATEMENTS, nearest_node, way_out
from k8slint.checks.pending.unbound import unbound_claims
from k8slint.cluster.cluster import Cluster
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem
from k8slint.scheduling import ShapeError

Found = Mapping[Object, Sequence[tuple[str, Problem]]]
"""By object, the problems of it, each with the id of its rule."""

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
        problem = STATEMENTS[rule](case)
        if rule == "unschedulable-pod":
            explained += 1
            fix = way_out(case) if explained <= _MOST_EXPLAINED else ""
            problem = problem._replace(fix=fix or nearest_node(case) or problem.fix)
        found.setdefault(case.obj, []).append((rule, problem))
    for obj, problem in unbound_claims(cluster, run):
        found.setdefault(obj, []).append(("claim-never-binds", problem))
    for obj, problem in refused_objects(cluster, run):
        found.setdefault(obj, []).append(("admission-refuses-object", problem))
    return found
