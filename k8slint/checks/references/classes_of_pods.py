"""Accounts and classes that pods name and the API server looks up."""

from __future__ import annotations

from collections.abc import Iterator

from k8slint.checks.references.absence import absence, is_missing, nearest_to
from k8slint.cluster.cluster import CLUSTER_SCOPED, Cluster
from k8slint.objects.fields import text
from k8slint.objects.object import Pod
from k8slint.objects.problem import Problem
from k8slint.values.names import is_dns_subdomain


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


def missing_from_pod(pod: Pod, cluster: Cluster, group_kind: str, field: str, refusal: str) -> Iterator[Problem]:
    """The object that a field of a pod names and nothing supplies; the API server refuses the pod with `refusal`.

    Objects without a namespace are commonly the work of others. So one is reported only if the files hold another of
    its kind, or if its name resembles one.
    """
    obj, name = pod.obj, text(pod.spec.get(field))
    # A pod without an image is a patch, and the object that it patches may be in no file of this run.
    if not any(container.data.get("image") for container in pod.containers) or not is_dns_subdomain(name):
        return
    if not is_missing(cluster, obj, group_kind, name):
        return
    is_others = group_kind in CLUSTER_SCOPED and not cluster.of_kind(group_kind)
    if is_others and nearest_to(name, cluster, group_kind, "") is None:
        return
    who = "The API server refuses the Pod" if obj.kind == "Pod" else "No Pod is made; the events say FailedCreate"
    yield absence(("spec", field), cluster, obj, group_kind, name, effect=f"{who}, forbidden: {refusal}.")
