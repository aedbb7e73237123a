"""Settings of the kernel that a pod asks for."""

from __future__ import annotations

from collections.abc import Iterator

from k8slint.cluster.cluster import Cluster
from k8slint.objects.fields import dig, items, text
from k8slint.objects.object import Pod
from k8slint.objects.problem import Problem
from k8slint.values.placeholder import has_placeholder


def sysctl_value_injection(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A sysctl whose value holds the signs that join one sysctl to the next on a command line."""
    for index, sysctl in items(dig(pod.spec, "securityContext", "sysctls")):
        value = text(sysctl.get("value"))
        if ("+" in value or "=" in value) and not has_placeholder(value):
            said = f'the value "{value}" of sysctl "{text(sysctl.get("name"))}" can set further sysctls of the node'
            yield Problem(("spec", "securityContext", "sysctls", index, "value"), said)
