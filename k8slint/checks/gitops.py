"""What keeps an object in place as the files have it: Argo CD or Flux."""

from __future__ import annotations

import posixpath
from typing import Final, NamedTuple

from k8slint.cluster.cluster import Cluster, once
from k8slint.cluster.kustomizations import file_of
from k8slint.cluster.tables import installers
from k8slint.objects.fields import reach
from k8slint.objects.object import Object
from k8slint.objects.problem import Related
from k8slint.values.placeholder import has_placeholder

_ARGO: Final = "argocd.argoproj.io/"
_FLUX: Final = "kustomize.toolkit.fluxcd.io/"


class Keeper(NamedTuple):
    """What keeps an object in place: its name for messages, and the object that says so, if one does, with why."""

    name: str
    obj: Object | None = None
    reason: str = ""

    @property
    def related(self) -> tuple[Related, ...]:
        """The place that shows it."""
        return (Related(self.obj, ("metadata", "name"), self.reason),) if self.obj is not None else ()


def keeper_of(obj: Object, cluster: Cluster) -> Keeper | None:
    """What keeps the object in place, or None if nothing shows that anything does."""
    for key in (*obj.annotations, *obj.labels):
        if key.startswith((_ARGO, _FLUX)):
            return Keeper("Argo CD" if key.startswith(_ARGO) else "Flux")
    file = f"/{file_of(obj)}"
    for folder, keeper in _kept_folders(cluster.whole):
        if f"/{folder}/" in file:
            return Keeper(str(keeper), keeper, f'keeps what is in "{folder}"')
    return None


@once
def _kept_folders(cluster: Cluster) -> tuple[tuple[str, Object], ...]:
    """The folders of plain manifests that tools keep in place, each with the object that says so."""
    return tuple(
        (folder, obj)
        for group_kind, installer in installers().items()
        for obj in cluster.of_kind(group_kind)
        for place in installer.folders
        for _, path in reach(obj.data, place)
        if isinstance(path, str) and not has_placeholder(path)
        for folder in (posixpath.normpath(path.strip("/")),)
        if folder not in ("", ".") and not folder.startswith("..")
    )
