"""Accounts and classes that pods name and the API server looks up."""

from __future__ import annotations

from collections.abc import Iterator

from k8slint.checks.references.absence import missing_from_pod
from k8slint.cluster.cluster import Cluster
from k8slint.objects.fields import text
from k8slint.objects.object import Pod
from k8slint.objects.problem import Problem


def missing_priority_class(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A PriorityClass that no file holds and that not every cluster has.

    Mirrors: plugin/pkg/admission/priority/admission.go admitPod @ v1.36
    """
    refusal = f"no PriorityClass with name {text(pod.spec.get('priorityClassName'))} was found"
    yield from missing_from_pod(pod, cluster, "PriorityClass.scheduling.k8s.io", "priorityClassName", refusal)


def missing_runtime_class(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A RuntimeClass that the files do not hold.

    Mirrors: plugin/pkg/admission/runtimeclass/admission.go prepareObjects @ v1.36
    """
    refusal = f'pod rejected: RuntimeClass "{text(pod.spec.get("runtimeClassName"))}" not found'
    yield from missing_from_pod(pod, cluster, "RuntimeClass.node.k8s.io", "runtimeClassName", refusal)
