"""Files and folders of the node that containers mount."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any, NamedTuple

from k8slint.loading.document import Path
from k8slint.objects.fields import dig, text
from k8slint.objects.object import Container, Pod
from k8slint.values.placeholder import has_placeholder


class HostMount(NamedTuple):
    """A container's mount of a hostPath.

    `written` is the path as written at `volume_path`, which leads from the pod, as `mount_path` does. `reached` is the
    path that the mount shows, its `subPath` included, with `/run` for `/var/run`.
    """

    volume_path: Path
    written: str
    container: Container
    mount_path: Path
    mount: dict[str, Any]
    reached: str

    @property
    def is_writable(self) -> bool:
        """Whether the container may write through it."""
        return self.mount.get("readOnly") is not True


def host_mounts(pod: Pod) -> Iterator[HostMount]:
    """The mounts of hostPaths, by volume and then by container; those whose path is filled in later are left out."""
    for path, volume in pod.volumes:
        if "hostPath" not in volume:
            continue
        host = text(dig(volume, "hostPath", "path"))
        if not host or has_placeholder(host):
            continue
        for container in pod.containers:
            for at, mount in container.mounts():
                below = text(mount.get("subPath"))
                if mount.get("name") != volume.get("name") or has_placeholder(below) or mount.get("subPathExpr"):
                    continue
                reached = posixpath.normpath(posixpath.join("/", host, below)).replace("//", "/")
                if f"{reached}/".startswith("/var/run/"):
                    reached = reached.removeprefix("/var")
                yield HostMount((*path, "hostPath", "path"), host, container, (*container.path, *at), mount, reached)
