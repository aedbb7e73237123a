"""Namespaces and their names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from k8slint.cluster.cluster import Cluster
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem

_SYSTEM_NAMESPACES: Final = frozenset({"kube-system", "kube-public", "kube-node-lease"})


def reserved_namespace(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Namespace under the prefix that Kubernetes reserves for itself."""
    if obj.name.startswith("kube-") and obj.name not in _SYSTEM_NAMESPACES:
        yield Problem(("metadata", "name"), f'namespace "{obj.name}" takes the prefix kube-, which Kubernetes reserves')
