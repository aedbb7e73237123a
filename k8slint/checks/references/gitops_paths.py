"""Folders of the repository that Flux and Argo CD are told to apply."""

from __future__ import annotations

import posixpath
from collections.abc import Hashable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from k8slint.cluster.cluster import Cluster, once
from k8slint.cluster.evidence import is_read
from k8slint.cluster.kustomizations import paths_read
from k8slint.cluster.similar_names import is_slip
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, items, mapping, text
from k8slint.objects.object import Object
from k8slint.objects.problem import Absence, Problem
from k8slint.values.grouped import grouped
from k8slint.values.placeholder import has_placeholder

_FLUX: Final = "Kustomization.kustomize.toolkit.fluxcd.io"
_ARGO: Final = "Application.argoproj.io"


class _Folder(NamedTuple):
    """A folder that is applied, with the path to it in the object, and the repository in which it lies."""

    path: Path
    folder: str
    source: Hashable


def gitops_path_missing(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A folder that is not there, of a repository that is plainly this one, beside one with nearly its name."""
    whole = cluster.whole
    for each in _folders(obj):
        if is_read(whole, each.folder) or each.source not in _own(whole):
            continue
        parent, name = posixpath.split(each.folder)
        near = next((other for other in _names_in(whole, parent) if is_slip(name, other)), None)
        if near is not None:
            meant = posixpath.join(parent, near)
            message = f'there is no folder "{each.folder}" in this repository; did you mean "{meant}"?'
            yield Problem(
                each.path, message, effect=_EFFECTS[obj.group_kind].format(each.folder), rests_on=Absence(name)
            )


_EFFECTS: Final = {
    _FLUX: "Nothing is applied: Ready is False, reason ArtifactFailed, kustomization path not found: {}.",
    _ARGO: "Nothing is synced: the Application has the condition ComparisonError: {}: app path does not exist.",
}


def _folders(obj: Object) -> Iterator[_Folder]:
    for path, written, source in _written(obj):
        folder = posixpath.normpath(written.lstrip("/")) if written else "."
        if folder != "." and not folder.startswith("..") and not has_placeholder(written):
            yield _Folder(path, folder, source)


def _written(obj: Object) -> Iterator[tuple[Path, str, Hashable]]:
    """The folders as written, each with its path and what tells its repository from others."""
    if obj.group_kind == _FLUX:
        ref = mapping(obj.spec.get("sourceRef"))
        yield ("spec", "path"), text(obj.spec.get("path")), (text(ref.get("kind")), text(ref.get("name")))
        return
    sources: list[tuple[Path, dict[str, Any]]] = [(("spec", "source"), mapping(obj.spec.get("source")))]
    sources += [(("spec", "sources", index), each) for index, each in items(obj.spec.get("sources"))]
    for path, source in sources:
        yield (*path, "path"), text(source.get("path")), text(dig(source, "repoURL"))


@once
def _own(cluster: Cluster) -> frozenset[Hashable]:
    """The repositories of which some folder was read: they are this one."""
    return frozenset(
        each.source
        for kind in (_FLUX, _ARGO)
        for obj in cluster.of_kind(kind)
        for each in _folders(obj)
        if is_read(cluster, each.folder)
    )


def _names_in(cluster: Cluster, folder: str) -> Iterator[str]:
    """The names of what was read in a folder; the end of its path suffices, as the repository's root is unknown."""
    for read, names in _by_folder(cluster).items():
        if not folder or f"/{read}".endswith(f"/{folder}"):
            yield from names


@once
def _by_folder(cluster: Cluster) -> Mapping[str, tuple[str, ...]]:
    return grouped(posixpath.split(path) for path in sorted(paths_read(cluster)))
