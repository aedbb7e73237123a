"""What an object that was read earlier already uses."""

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
# A bound on time: places differ in name or namespace, so one of another object is rarely further on.
_LOOKED_AT: Final = 20
# The first place of each name and namespace, in order of reading.
Places = dict[tuple[str, str], Place]


def folder(obj: Object) -> str:
    """The folder of an object's file: objects of one folder are known to meet in one cluster."""
    return _folder_of(obj.document.source.name)


@lru_cache(maxsize=1_024)
def _folder_of(file: str) -> str:
    return PurePath(file).parent.as_posix()


def before(obj: Object, places: Places, cluster: Cluster) -> Place | None:
    """The first of the places that belongs to another object read before this one, or None."""
    order = _order(cluster)
    for place in islice(places.values(), _LOOKED_AT):
        other = place[0]
        # Objects of the cluster description come before all others.
        if order.get(other, -1) >= order[obj]:
            return None
        if other.name != obj.name or not may_share_namespace(other.namespace, obj.namespace):
            return place
    return None


@once
def _order(cluster: Cluster) -> Mapping[Object, int]:
    return {obj: index for index, obj in enumerate(cluster.objects)}
