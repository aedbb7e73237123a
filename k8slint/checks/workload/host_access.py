"""Parts of its node to which a container gets access."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final

from k8slint.checks.host_mounts import host_mounts
from k8slint.cluster.cluster import Cluster
from k8slint.loading.document import Path
from k8slint.objects.object import Pod
from k8slint.objects.problem import Problem, Related

_SOCKETS: Final = frozenset(
    {"docker.sock", "dockershim.sock", "cri-dockerd.sock", "containerd.sock", "crio.sock", "podman.sock"}
)
_SOCKET_FOLDERS: Final = frozenset(
    {
        "/run",
        "/run/containerd",
        "/run/crio",
        "/run/k3s",
        "/run/k3s/containerd",
        "/run/podman",
        "/var/snap/microk8s/common/run",
    }
)


def runtime_socket_mounted(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A container that gets the socket of the node's container runtime; in a DaemonSet, only the socket of Docker.

    Agents run as DaemonSets to reach their nodes, so the sockets of containerd and CRI-O are expected there. Most nodes
    no longer have the socket of Docker, so an agent cannot rely on it.
    """
    told: set[Path] = set()
    for one in host_mounts(pod):
        said = _runtime_access(one.reached, pod.obj.kind)
        if said and one.volume_path not in told:
            told.add(one.volume_path)
            yield Problem(
                one.volume_path,
                f'container "{one.container.name}" gets {said} of the node through hostPath "{one.written}"',
                related=(Related(pod.obj, (*pod.path, *one.mount_path), "mounted here"),),
            )


def _runtime_access(path: str, kind: str) -> str:
    last = posixpath.basename(path)
    if last in _SOCKETS and (kind != "DaemonSet" or last == "docker.sock"):
        return f"the container runtime socket {last}"
    if path in _SOCKET_FOLDERS and kind != "DaemonSet":
        return "the folder of the container runtime sockets"
    return ""
