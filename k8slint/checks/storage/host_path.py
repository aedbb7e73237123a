"""Data that a hostPath leaves behind on a node."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from posixpath import normpath
from typing import Any, Final

from k8slint.cluster.cluster import Cluster
from k8slint.cluster.node_selectors import has_one_node, is_pinned
from k8slint.cluster.tables import rows
from k8slint.loading.document import Path
from k8slint.objects.fields import text
from k8slint.objects.object import Object, Pod
from k8slint.objects.problem import Problem
from k8slint.values.placeholder import has_placeholder

_WHOLE_TREES: Final = frozenset({"/", "/etc", "/var"})
_ONLY_THERE: Final = {
    "Directory": "is not a directory",
    "File": "is not a file",
}


def hostpath_on_multi_node(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A hostPath with data, used by a Pod that may start on another node next time."""
    if obj.pod is not None:
        yield from _hostpaths_of_pod(obj.pod, cluster)
        return
    host_path = obj.spec.get("hostPath")
    if (
        isinstance(host_path, dict)
        and text(host_path.get("path"))
        and not has_placeholder(host_path["path"])
        and not obj.spec.get("nodeAffinity")
        and not has_one_node(cluster)
    ):
        yield _stays_behind(("spec", "hostPath"), host_path)


def _hostpaths_of_pod(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    volumes = [(path, data) for path, data in pod.volumes if isinstance(data.get("hostPath"), dict)]
    if not volumes:
        return
    if pod.obj.kind == "Pod" and pod.namespace == "kube-system":
        return  # a static Pod of the control plane: only the kubelet of its node runs it
    written_to: dict[str, bool] = {}
    for container in pod.containers:
        for _, mount in container.mounts():
            name = text(mount.get("name"))
            written_to[name] = written_to.get(name, False) or mount.get("readOnly") is not True
    with_data = []
    for path, data in volumes:
        is_written_to = written_to.get(text(data.get("name")))
        # Pass over a volume that no container mounts.
        if is_written_to is not None and _holds_data(data["hostPath"], is_written_to=is_written_to):
            with_data.append((path, data["hostPath"]))
    # Ask for the nodes last: if none are described, the report says that a finding rests on that.
    if with_data and not is_pinned(pod, cluster) and not has_one_node(cluster):
        yield from (_stays_behind((*pod.path, *path, "hostPath"), host_path) for path, host_path in with_data)


def _holds_data(host_path: Mapping[str, Any], *, is_written_to: bool) -> bool:
    if host_path.get("type") in ("Socket", "CharDevice", "BlockDevice"):
        return False
    written = text(host_path.get("path"))
    if not written.startswith("/") or has_placeholder(written):
        return False
    path = normpath(written).replace("//", "/")
    if path in _WHOLE_TREES or path.endswith(".sock"):
        return False
    return not any(
        f"{path}/".startswith(folders) for data, folders in _node_folders() if data == "never" or not is_written_to
    )


@cache
def _node_folders() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Groups of folders that every node has: when their content counts as data, and the folders, ending in a slash."""
    return tuple((row["data"], tuple(f"{path}/" for path in row["paths"])) for row in rows("node-folders"))


def _stays_behind(path: Path, host_path: Mapping[str, Any]) -> Problem:
    written = text(host_path.get("path"))
    problem = Problem((*path, "path"), f'data in hostPath "{written}" stays on the node where the Pod runs')
    refused = _ONLY_THERE.get(text(host_path.get("type")))
    if refused is None:
        return problem
    effect = f"On another node the Pod hangs in ContainerCreating: hostPath type check failed: {written} {refused}."
    return problem._replace(effect=effect)
