"""Parts of its node to which a container gets access."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any, Final

from k8slint.cluster.cluster import Cluster
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, text
from k8slint.objects.object import Container, Pod
from k8slint.objects.problem import Problem, Related
from k8slint.values.placeholder import has_placeholder

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
    for path, volume in pod.volumes:
        host = text(dig(volume, "hostPath", "path"))
        if not host or has_placeholder(host):
            continue
        for container, mount_path, mount in _mounts_of(pod, volume.get("name")):
            reached = posixpath.normpath(posixpath.join("/", host, text(mount.get("subPath"))))
            said = _runtime_access(reached, pod.obj.kind)
            if said:
                yield Problem(
                    (*path, "hostPath", "path"),
                    f'container "{container.name}" gets {said} of the node through hostPath "{host}"',
                    related=(Related(pod.obj, (*pod.path, *container.path, *mount_path), "mounted here"),),
                )
                break


def _mounts_of(pod: Pod, name: Any) -> Iterator[tuple[Container, Path, dict[str, Any]]]:
    for container in pod.containers:
        for path, mount in container.mounts():
            if mount.get("name") == name:
                yield container, path, mount


def _runtime_access(path: str, kind: str) -> str:
    path = path.removeprefix("/var") if path.startswith("/var/run") else path
    last = posixpath.basename(path)
    if last in _SOCKETS and (kind != "DaemonSet" or last == "docker.sock"):
        return f"the container runtime socket {last}"
    if path in _SOCKET_FOLDERS and kind != "DaemonSet":
        return "the folder of the container runtime sockets"
    return ""
