"""Files of the node in the hands of a container."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from posixpath import dirname
from typing import NamedTuple

from k8slint.checks.host_mounts import HostMount, host_mounts
from k8slint.cluster.cluster import Cluster
from k8slint.cluster.tables import rows
from k8slint.objects.fields import text
from k8slint.objects.object import Pod
from k8slint.objects.problem import Problem, Related


class _Folder(NamedTuple):
    """A row of the table for one of its paths."""

    path: str
    gives: str
    harm: str
    is_for_agents: bool
    is_of_cloud: bool


def host_root_writable(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A container that mounts the root of the node and may write there."""
    for one in _first_of_each_volume(pod):
        if one.reached == "/" and one.is_writable:
            said = f'container "{one.container.name}" can write every file of the node through hostPath "{one.written}"'
            yield _problem(one, said)


def sensitive_host_path(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A container that reaches files of the node by which it reaches more, but the root of the node and its cloud."""
    for one, folder in _sensitive(pod):
        if not folder.is_of_cloud:
            yield _problem(one, _said(one, folder))


def cloud_credentials_by_host_path(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A container that reads the credentials by which its node speaks to the cloud."""
    for one, folder in _sensitive(pod):
        if folder.is_of_cloud:
            yield _problem(one, _said(one, folder))


def mount_propagation_bidirectional(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A container whose own mounts appear on the node; storage drivers do so for the kubelet's folders."""
    names: set[tuple[str, str]] = set()
    for one in host_mounts(pod):
        is_storage = "kubelet" in one.reached.split("/")
        key = one.container.name, one.reached
        if one.mount.get("mountPropagation") == "Bidirectional" and not is_storage and key not in names:
            names.add(key)
            said = f'what container "{one.container.name}" mounts below {one.reached} is mounted on the node too'
            yield Problem((*one.mount_path, "mountPropagation"), said)


def _first_of_each_volume(pod: Pod) -> Iterator[HostMount]:
    """For each hostPath the first mount, those that may be written before the others."""
    found: dict[object, HostMount] = {}
    for one in host_mounts(pod):
        known = found.get(one.volume_path)
        if known is None or (one.is_writable and not known.is_writable):
            found[one.volume_path] = one
    yield from found.values()


def _sensitive(pod: Pod) -> Iterator[tuple[HostMount, _Folder]]:
    if pod.namespace == "kube-system" and pod.obj.kind == "Pod":
        return  # a static Pod of the control plane, whose files these are
    for one in _first_of_each_volume(pod):
        folder = _reached(one.reached)
        if folder is None or folder.harm == "never" or (folder.harm == "write" and not one.is_writable):
            continue
        if not (folder.is_for_agents and pod.obj.kind == "DaemonSet"):
            yield one, folder


def _reached(path: str) -> _Folder | None:
    """The row of the longest path that holds the path, or else of the first that lies in it; none of the root."""
    known, above = _folders(), path
    while len(above) > 1:
        if above in known:
            # A folder of settings that holds keys, too, gives the keys.
            inner = _inside(path) if known[above].harm == "write" else None
            return inner or known[above]
        above = dirname(above)
    return _inside(path) if len(path) > 1 else None


def _inside(path: str) -> _Folder | None:
    return next(
        (each for each in _folders().values() if each.harm == "read" and each.path.startswith(f"{path}/")), None
    )


@cache
def _folders() -> Mapping[str, _Folder]:
    return {
        path: _Folder(path, row["gives"], row["harm"], row.get("agents", False), row.get("cloud", False))
        for row in rows("sensitive-folders")
        for path in row["paths"]
    }


def _said(one: HostMount, folder: _Folder) -> str:
    deed = "write" if folder.harm == "write" else "read"
    return f'container "{one.container.name}" can {deed} {folder.gives}, through hostPath "{one.written}"'


def _problem(one: HostMount, said: str) -> Problem:
    obj = one.container.pod.obj
    way = text(one.mount.get("mountPath"))
    related = (
        Related(obj, (*one.container.pod.path, *one.mount_path), f"mounted here at {way}" if way else "mounted here"),
    )
    return Problem(one.volume_path, said, related)
