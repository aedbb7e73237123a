"""Updates that can never reach the Pods, whatever the nodes."""

from __future__ import annotations

from collections.abc import Iterator

from k8slint.cluster.cluster import Cluster
from k8slint.cluster.replicas import copies_of
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, integer, items
from k8slint.objects.object import Object, Pod
from k8slint.objects.problem import Problem, Related
from k8slint.values.int_or_percent import scaled


def surge_blocked_by_host_port(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A DaemonSet whose new Pods start beside the old ones, though both take the same port of their node.

    Mirrors: pkg/controller/daemon/update.go rollingUpdate @ v1.36
    """
    path = ("spec", "updateStrategy", "rollingUpdate", "maxSurge")
    surge = dig(obj.data, *path)
    if obj.pod is None or not scaled(surge, 100, round_up=True) or dig(obj.data, *path[:2], "type") == "OnDelete":
        return
    port = next(_host_ports(obj.pod), None)
    if port is not None:
        at, number = port
        message = f"maxSurge: {surge} starts a new Pod beside the old one, and both take port {number} of the node"
        yield Problem(path, message, (Related(obj, (*obj.pod.path, *at), "the port"),))


def _host_ports(pod: Pod) -> Iterator[tuple[Path, int]]:
    """The ports of its node that a pod takes; on the network of the node, all that it declares.

    Mirrors: pkg/apis/core/v1/defaults.go defaultHostNetworkPorts @ v1.36
    """
    field = "containerPort" if pod.spec.get("hostNetwork") is True else "hostPort"
    for container in pod.containers:
        for index, port in items(container.data.get("ports")) if not container.is_init else ():
            number = integer(port.get(field))
            if number:
                yield (*container.path, "ports", index, field), number


def statefulset_never_updates(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A StatefulSet whose partition is above the number of every Pod.

    Mirrors: pkg/controller/statefulset/stateful_set_control.go updateStatefulSet @ v1.36
    """
    path = ("spec", "updateStrategy", "rollingUpdate", "partition")
    partition = integer(dig(obj.data, *path))
    if not partition or obj.spec.get("ordinals") is not None or dig(obj.data, *path[:2], "type") == "OnDelete":
        return
    copies = copies_of(obj, cluster)
    if copies is not None and 0 < copies.most <= partition:
        last = f"the last of {copies.most} has number {copies.most - 1}"
        yield Problem(path, f"partition: {partition} leaves out all Pods of {obj}: {last}")
