"""Tokens of service accounts."""

from __future__ import annotations

from collections.abc import Iterator

from k8slint.cluster.cluster import Cluster
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem


def long_lived_service_account_token(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Secret that is filled with a token of a ServiceAccount which never expires."""
    if obj.data.get("type") == "kubernetes.io/service-account-token":
        yield Problem(("type",), f"{obj} is filled with a token that never expires")
