"""The dry run of the manifests on the described cluster, and facts about the whole run.

Call the functions that take a cluster through `cluster.once`, so that each is worked out once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from k8slint.cluster.cluster import Cluster
from k8slint.objects.fields import text
from k8slint.scheduling import Pod, ShapeError
from k8slint.simulation.controllers import ENDING
from k8slint.simulation.dry_run import dry_run
from k8slint.simulation.explain import Explainer
from k8slint.simulation.feasible_nodes import requests_of
from k8slint.simulation.results import DryRun, PodResult, Scene, Verdict
from k8slint.usage import UsageError


def outcome(cluster: Cluster) -> DryRun:
    """The dry run.

    Raises:
        UsageError: for an unreadable object of the cluster description.
    """
    try:
        return dry_run(cluster, cluster.version)
    except ShapeError as error:
        raise UsageError(f"the cluster description: {error}") from None


def explainer(cluster: Cluster) -> Explainer:
    """The explainer of the dry run."""
    return Explainer(cluster.once(outcome))


def node_loads(cluster: Cluster) -> Mapping[str, Counter[str]]:
    """The resources that the pods of each node request after the dry run, by node and resource."""
    return {node.name: Counter(node.requested) for node in cluster.once(outcome).nodes or ()}


def freed_by_jobs(cluster: Cluster) -> Mapping[str, Counter[str]]:
    """The resources that Pods which end by themselves request, by node and resource."""
    run = cluster.once(outcome)
    freed: dict[str, Counter[str]] = {}
    for result in run.pods:
        if run.scene is None or result.verdict is not Verdict.ASSIGNED:
            continue
        owner = result.owner
        if owner.kind in ENDING or (owner.kind == "Pod" and text(owner.spec.get("restartPolicy")) in ENDING):
            for pod in pods_of((result,), run.scene):
                freed.setdefault(result.node, Counter()).update({**requests_of(pod), "pods": 1})
    return freed


def pods_of(results: Iterable[PodResult], scene: Scene) -> list[Pod]:
    """The pods as the scheduler got them, without those that it never got."""
    return [found.pod for result in results if (found := scene.outcomes.get(result.key)) is not None]


def described_kinds(cluster: Cluster) -> frozenset[str]:
    """The kinds that the cluster description holds; it is taken to list all objects of such a kind."""
    return frozenset(obj.kind for obj in cluster.description or ())
