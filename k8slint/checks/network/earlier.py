"""What another object, read before this one, has already."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import islice
from pathlib import PurePath
from typing import Final

from k8slint.cluster.cluster import Cluster, may_share_namespace, once
from k8slint.loading.document import Path
from k8slint.objects.object import Object

Place = tuple[Object, Path]
# Of so many objects of one name, one is of another namespace.
_LOOKED_AT: Final = 20
# The first place of each name and namespace, in order of reading.
Places = dict[tuple[str, str], Place]


def folder(obj: Object) -> str:
    """The folder of an object's file: of one folder, objects are known to meet in one cluster."""
    return _folder_of(obj.document.source.name)


@lru_cache(maxsize=1_024)
def _folder_of(file: str) -> str:
    return PurePath(file).parent.as_posix()


def before(obj: Object, places: Places, cluster: Cluster) -> Place | None:
    """The first of the places, in order of reading up to the object, that belongs to another object than this."""
    order = _order(cluster)
    for place in islice(places.values(), _LOOKED_AT):
        other = place[0]
        # What the cluster description holds is there before all others.
        if order.get(other, -1) >= order[obj]:
            return None
        if other.name != obj.name or not may_share_namespace(other.namespace, obj.namespace):
            return place
    return None


@once
def _order(cluster: Cluster) -> Mapping[Object, int]:
    return {obj: index for index, obj in enumerate(cluster.objects)}
