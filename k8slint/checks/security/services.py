"""Services that take traffic which is not theirs."""

from __future__ import annotations

from collections.abc import Iterator

from k8slint.checks.wording import listed
from k8slint.cluster.cluster import Cluster
from k8slint.objects.fields import sequence
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem


def service_external_ips(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Service that takes traffic to addresses of its author's choice."""
    addresses = [one for one in sequence(obj.spec.get("externalIPs")) if isinstance(one, str) and one]
    if addresses:
        yield Problem(("spec", "externalIPs"), f"{obj} takes what Pods send to {listed(addresses)}, whoever that is")
