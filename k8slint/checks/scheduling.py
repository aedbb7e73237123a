"""Pods and claims that never come to run on the described cluster. Without one, nothing is said.

All of it is found by one dry run for the whole set of manifests: `pending/cases.py` decides which rule speaks of a
workload, so that each defect is said once; `pending/statements.py` has the words.
"""

from __future__ import annotations

from collections.abc import Iterator

from k8slint.cluster.cluster import Cluster
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem


def unschedulable_pod(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A pod that no node takes, in the scheduler's own words, where no rule below says it better."""
    return _found("unschedulable-pod", obj, cluster)


def node_selector_matches_no_node(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A pod that asks for labels or names that no node has."""
    return _found("node-selector-matches-no-node", obj, cluster)


def untolerated_taint_everywhere(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A pod that a taint keeps off every node it asks for."""
    return _found("untolerated-taint-everywhere", obj, cluster)


def pod_larger_than_any_node(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A pod that would not fit on any node it may use, were nothing else there."""
    return _found("pod-larger-than-any-node", obj, cluster)


def anti_affinity_exceeds_nodes(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """More pods that keep apart than there are places to be apart in."""
    return _found("anti-affinity-exceeds-nodes", obj, cluster)


def volume_node_conflict(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A pod whose volume cannot be reached from any node that is left to it."""
    return _found("volume-node-conflict", obj, cluster)


def claim_never_binds(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A claim that the volume controller finds no volume for, where no rule of storage says why."""
    return _found("claim-never-binds", obj, cluster)


def unknown_scheduler(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A pod for a scheduler that is not known to run."""
    return _found("unknown-scheduler", obj, cluster)


def quota_refuses_pods(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A workload that is accepted, and whose pods a ResourceQuota or LimitRange refuses."""
    return _found("quota-refuses-pods", obj, cluster)


def admission_refuses_object(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """An object that admission refuses, or a workload whose pods it refuses for another reason than the quota."""
    return _found("admission-refuses-object", obj, cluster)


def _found(rule: str, obj: Object, cluster: Cluster) -> Iterator[Problem]:
    if cluster.nodes is None:
        return
    from k8slint.checks.pending.problems import problems  # noqa: PLC0415 - most runs describe no cluster, and do without

    for found, problem in cluster.whole.once(problems).get(obj, ()):
        if found == rule:
            yield problem
