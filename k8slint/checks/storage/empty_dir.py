"""Volumes that end with their pod: the data in them, and the memory they take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from posixpath import normpath
from typing import Any, Final, NamedTuple

from k8slint.cluster.cluster import Cluster
from k8slint.cluster.volume_matching import quantity
from k8slint.loading.document import Path
from k8slint.loading.tables import rows
from k8slint.objects.fields import dig, mapping, text
from k8slint.objects.object import Container, Pod
from k8slint.objects.problem import Problem, Related
from k8slint.values.image import Image
from k8slint.values.well_known import HELM_HOOK

_PASSING: Final = ("configMap", "secret", "projected", "downwardAPI")


def database_on_emptydir(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A database whose data folder lies in an emptyDir."""
    if not any(_is_emptydir(volume) for _, volume in pod.volumes) or pod.obj.runs_to_end:
        return
    if HELM_HOOK in pod.obj.annotations or pod.spec.get("restartPolicy") in ("Never", "OnFailure"):
        return
    volumes = {text(data.get("name")): (path, data) for path, data in pod.volumes}
    for container in pod.containers:
        for folder in _data_folders(container):
            found = _emptydir_of(folder, container, volumes)
            if found is not None:
                path, mounted_at = found
                image = Image.parse(text(container.data.get("image"))).repository.rpartition("/")[2]
                related = Related(pod.obj, (*pod.path, *container.path, *mounted_at), "mounted here")
                yield Problem(path, f'{image} keeps its data in "{folder}", which is an emptyDir', (related,))
                break


def _emptydir_of(
    folder: str, container: Container, volumes: Mapping[str, tuple[Path, dict[str, Any]]]
) -> tuple[Path, Path] | None:
    """The paths to the emptyDir that holds a folder and to its mount, or None if some of it outlives the Pod."""
    above: tuple[str, Path, str] | None = None
    for at, mount in container.mounts():
        mounted, name = text(mount.get("mountPath")).rstrip("/"), text(mount.get("name"))
        if mounted and (folder == mounted or folder.startswith(f"{mounted}/")):
            if above is None or len(above[0]) < len(mounted):
                above = (mounted, (*at, "mountPath"), name)
        elif mounted.startswith(f"{folder}/") and not _ends_with_pod(volumes.get(name)):
            return None
    volume = volumes.get(above[2]) if above is not None else None
    if above is None or volume is None or not _is_emptydir(volume[1]):
        return None
    return (*volume[0], "emptyDir"), above[1]


def _is_emptydir(volume: Mapping[str, Any]) -> bool:
    return "emptyDir" in volume or set(volume) == {"name"}


def _ends_with_pod(volume: tuple[Path, dict[str, Any]] | None) -> bool:
    # If the Pod has no volume of the name, the mount belongs to a volumeClaimTemplate.
    return volume is not None and (_is_emptydir(volume[1]) or any(source in volume[1] for source in _PASSING))


def _data_folders(container: Container) -> tuple[str, ...]:
    if container.path[1] == "ephemeralContainers" or container.is_init:
        return ()
    repository = Image.parse(text(container.data.get("image"))).repository
    owner, _, name = repository.rpartition("/")
    known = _data_folders_by_image()
    kept = known.get(name) or known.get(f"{owner.rpartition('/')[2]}/{name}")
    if kept is None:
        return ()
    for _, entry in container.env() if kept.variable else ():
        if entry.get("name") == kept.variable and text(entry.get("value")).startswith("/"):
            return (normpath(text(entry.get("value"))),)
    return kept.folders


class _Kept(NamedTuple):
    """Where an image keeps its data; the environment variable, if it is not empty, may name another folder."""

    folders: tuple[str, ...]
    variable: str


@cache
def _data_folders_by_image() -> Mapping[str, _Kept]:
    return {
        image: _Kept(tuple(row["folders"]), row.get("variable", ""))
        for row in rows("data-folders")
        for image in row["images"]
    }


def unbounded_memory_emptydir(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """An emptyDir in memory that neither a size limit of its own nor a memory limit of the Pod bounds.

    Mirrors: pkg/volume/emptydir/empty_dir.go calculateEmptyDirMemorySize @ v1.36
    """
    for path, volume in pod.volumes:
        source = mapping(volume.get("emptyDir"))
        if source.get("medium") != "Memory":
            continue
        size = source.get("sizeLimit")
        amount = quantity(size)
        is_sized = size is not None and (amount is None or amount.nanos > 0)
        if not is_sized and not _limits_memory(pod):
            name = text(volume.get("name"))
            yield Problem((*path, "emptyDir"), f'files in "{name}" may take all allocatable memory of the node')


def _limits_memory(pod: Pod) -> bool:
    """Whether the pod's cgroup has a memory limit: one for the Pod, or one for every container."""
    if dig(pod.spec, "resources", "limits", "memory") is not None:
        return True
    containers = [container for container in pod.containers if container.path[1] != "ephemeralContainers"]
    return all(dig(container.data, "resources", "limits", "memory") is not None for container in containers)
