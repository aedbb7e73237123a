"""The workloads that autoscalers scale."""

from __future__ import annotations

from collections.abc import Iterator

from k8slint.checks.references.absence import absence, mistaken_kind, of_other_kind
from k8slint.cluster.cluster import Cluster
from k8slint.cluster.references import is_supplied, may_exist
from k8slint.cluster.replicas import SCALABLE
from k8slint.objects.fields import mapping, text
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem
from k8slint.values.names import is_dns_subdomain


def hpa_target_missing(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """An autoscaler of a workload that no file holds; custom kinds are passed over."""
    ref = mapping(obj.spec.get("scaleTargetRef"))
    kind, name = text(ref.get("kind")), text(ref.get("name"))
    group_kind, group = SCALABLE.get(kind), text(ref.get("apiVersion")).rpartition("/")[0]
    if group_kind is None or group not in ("", "apps", "extensions") or not is_dns_subdomain(name):
        return
    if is_supplied(cluster, group_kind, obj.namespace, name) or may_exist(cluster, obj, group_kind, name):
        return
    resource = f"{kind.lower()}s/scale{group_kind.removeprefix(kind)}"
    effect = f'Nothing is scaled: AbleToScale is False, reason FailedGetScale, {resource} "{name}" not found.'
    mistaken = of_other_kind(cluster, obj, SCALABLE, name)
    if mistaken is not None:
        yield mistaken_kind(("spec", "scaleTargetRef", "kind"), kind, name, mistaken, effect)
    else:
        yield absence(("spec", "scaleTargetRef", "name"), cluster, obj, group_kind, name, effect=effect)
