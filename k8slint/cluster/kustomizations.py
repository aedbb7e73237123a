"""Kustomizations among the objects: what they take in, how they rename it, what they patch."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from k8slint.cluster.cluster import Cluster, once
from k8slint.objects.fields import mapping, sequence, text
from k8slint.objects.object import Object
from k8slint.values.grouped import grouped

_KUSTOMIZATION: Final = "Kustomization.kustomize.config.k8s.io"
KUSTOMIZATIONS: Final = ("Component.kustomize.config.k8s.io", _KUSTOMIZATION)
# With one of these fields, a kustomization changes its files' objects in ways that no check takes into account.
_CHANGES: Final = (
    "components",
    "images",
    "patches",
    "patchesJson6902",
    "patchesStrategicMerge",
    "replacements",
    "replicas",
    "transformers",
    "vars",
)


def kustomizations(cluster: Cluster) -> Iterator[Object]:
    """The kustomizations and components among the objects."""
    for group_kind in KUSTOMIZATIONS:
        yield from cluster.of_kind(group_kind)


def file_of(obj: Object) -> str:
    """The name of the source of an object, with forward slashes."""
    return obj.document.source.name.replace("\\", "/")


def folder_of(obj: Object) -> str:
    """The folder of an object's file, with forward slashes."""
    return posixpath.dirname(file_of(obj))


def place_of(obj: Object) -> tuple[str, str]:
    """A namespace or, where none is written, a folder: objects of one place surely share a namespace."""
    return obj.namespace, "" if obj.namespace else folder_of(obj)


def upwards(path: str) -> Iterator[str]:
    """A path and the folders above it; the last is empty, or the root of an absolute path."""
    yield path
    root = "/" if path.startswith("/") else ""
    while path and path != "/":
        path = path.rpartition("/")[0] or root
        yield path


def listed_files(kustomization: Object) -> Iterator[str]:
    """The local files and folders that a kustomization takes in, named as the sources are."""
    folder = folder_of(kustomization)
    for entry in _entries(kustomization):
        if isinstance(entry, str) and not _is_remote(entry):
            yield posixpath.normpath(posixpath.join(folder, entry))


@once
def files_taken_in(cluster: Cluster) -> frozenset[str]:
    """The files and folders that kustomizations take in, named as the sources are.

    What is applied may hold more than these files do.
    """
    return frozenset(path for one in kustomizations(cluster) for path in listed_files(one))


@once
def kustomizations_by_file(cluster: Cluster) -> Mapping[str, tuple[str, ...]]:
    """The names of the kustomizations that take in each file."""
    return grouped((file, one.document.source.name) for one in kustomizations(cluster) for file in listed_files(one))


def are_applied_together(one: Object, other: Object, cluster: Cluster) -> bool:
    """Whether two objects are known to come to one cluster and namespace: those of one file or kustomization do."""
    if one.namespace != other.namespace:
        return False
    here, there = one.document.source, other.document.source
    if here is there:
        return True
    takers = kustomizations_by_file(cluster.whole)
    return not set(takers.get(here.name, ())).isdisjoint(takers.get(there.name, ()))


@once
def kustomizations_by_folder(cluster: Cluster) -> Mapping[str, tuple[Object, ...]]:
    """The kustomizations by their folders, named as the sources are."""
    return grouped((folder_of(one), one) for one in kustomizations(cluster))


@once
def paths_read(cluster: Cluster) -> frozenset[str]:
    """The files that hold objects, and all the folders above them."""
    found: set[str] = set()
    for file in {file_of(obj) for obj in cluster.objects}:
        for path in upwards(file):
            if path in found:
                break
            found.add(path)
    return frozenset(found)


def unbuilt(objects: Iterable[Object]) -> Iterator[str]:
    """The folders of the kustomizations that change their files' objects, or take in remote ones."""
    for obj in objects:
        if obj.group_kind == _KUSTOMIZATION:
            changes = any(obj.data.get(field) for field in _CHANGES)
            if changes or takes_in_remote(obj):
                yield folder_of(obj) or "."


def open_paths(cluster: Cluster) -> Iterator[str]:
    """The folders of kustomizations that take in something remote or unread, and every path that these take in.

    A component that no kustomization here takes in counts as one of them, because it is part of something unread.
    """
    read, several = paths_read(cluster.whole), list(kustomizations(cluster))
    listed = {path for kustomization in several for path in listed_files(kustomization)}
    yield from _taken_in_from(
        (
            folder_of(one)
            for one in several
            if takes_in_remote(one)
            or any(path not in read for path in listed_files(one))
            or (one.kind == "Component" and folder_of(one) not in listed)
        ),
        cluster,
    )


@once
def paths_changed(cluster: Cluster) -> frozenset[str]:
    """The folders of kustomizations that change more than images, and every path that these take in."""
    changing = (
        folder_of(one)
        for one in kustomizations(cluster)
        if any(one.data.get(field) for field in _CHANGES if field != "images")
    )
    return frozenset(_taken_in_from(changing, cluster))


def _taken_in_from(folders: Iterable[str], cluster: Cluster) -> Iterator[str]:
    """Folders of kustomizations, and every path that these take in, directly or through others."""
    by_folder = kustomizations_by_folder(cluster.whole)
    pending = list(folders)
    found: set[str] = set()
    while pending:
        path = pending.pop()
        if path not in found:
            found.add(path)
            pending.extend(path for one in by_folder.get(path, ()) for path in listed_files(one))
    yield from found


def takes_in_remote(kustomization: Object) -> bool:
    """Whether a kustomization takes in what no file here holds: a chart, or what an address leads to."""
    if kustomization.data.get("helmCharts") or kustomization.data.get("helmChartInflationGenerator"):
        return True
    return any(_is_remote(text(entry)) for entry in _entries(kustomization))


def _is_remote(entry: str) -> bool:
    return "://" in entry or "?ref=" in entry or entry.startswith(("github.com/", "git@"))


def _entries(kustomization: Object) -> Iterator[Any]:
    for field in ("resources", "bases", "components"):
        yield from sequence(kustomization.data.get(field))


def inline_patches(cluster: Cluster) -> Iterator[str]:
    """The texts of the patches that are written inside kustomizations."""
    for kustomization in kustomizations(cluster):
        for field in ("patches", "patchesJson6902"):
            yield from (text(mapping(patch).get("patch")) for patch in sequence(kustomization.data.get(field)))
        yield from map(text, sequence(kustomization.data.get("patchesStrategicMerge")))


def prefixed(kustomization: Object, name: str) -> str:
    """The name that the kustomization gives to an object of that name."""
    return f"{text(kustomization.data.get('namePrefix'))}{name}{text(kustomization.data.get('nameSuffix'))}"


def names_given(obj: Object, cluster: Cluster) -> Iterator[str]:
    """The names that kustomizations give an object; some references use them."""
    renaming = _renaming(cluster)
    if renaming:
        for path in upwards(file_of(obj)):
            for kustomization in renaming.get(path, ()):
                yield prefixed(kustomization, obj.name)


@once
def _renaming(cluster: Cluster) -> Mapping[str, tuple[Object, ...]]:
    """The kustomizations that rename, by the paths that they take in."""
    return grouped(
        (path, kustomization)
        for kustomization in kustomizations(cluster)
        if prefixed(kustomization, "")
        for path in listed_files(kustomization)
    )
