"""ImageLocality: prefers nodes that have a pod's images already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from k8slint.scheduling.cache import Cache
from k8slint.scheduling.features import Features, ImageVolumes
from k8slint.scheduling.framework import MAX_NODE_SCORE, Handle, Plugin, Scorer
from k8slint.scheduling.objects.node import Node
from k8slint.scheduling.objects.pod import Pod

NAME = "ImageLocality"
_MIB = 2**20
_LEAST = 23 * _MIB
_MOST_PER_CONTAINER = 1000 * _MIB


def pre_score(pod: Pod, cache: Cache, _nodes: Sequence[int], handle: Handle[None]) -> Scorer:
    """The scorer: from 0 to 100, by the worth of those of the pod's images that a node has.

    Mirrors: pkg/scheduler/framework/plugins/imagelocality Score @ v1.36
    """
    sizes, nodes, features = _image_sizes(cache), cache.nodes, handle.features
    if not any(name in sizes for name in (*pod.images, *pod.image_volumes)):
        return lambda _: 0
    return lambda index: _score(pod, nodes[index], sizes, features)


def _score(pod: Pod, node: Node, sizes: Mapping[str, int], features: Features) -> int:
    images = pod.images
    if features.image_volumes is not ImageVolumes.NOT:
        images += pod.image_volumes
    parts = len(pod.images)
    if features.image_volumes is ImageVolumes.IN_SUM_AND_THRESHOLD:
        parts += len(pod.image_volumes)
    worth = sum(sizes[name] for name in images if name in node.images)
    most = _MOST_PER_CONTAINER * parts
    return MAX_NODE_SCORE * (min(max(worth, _LEAST), most) - _LEAST) // (most - _LEAST)


def _image_sizes(cache: Cache) -> Mapping[str, int]:
    """The worth of each image: its size in bytes times the share of nodes that have it; the first size seen counts.

    Mirrors: pkg/scheduler/framework/plugins/imagelocality scaledImageScore @ v1.36
    """
    known: dict[str, int] | None = cache.memo.get(NAME)
    if known is None:
        sizes: dict[str, int] = {}
        holders: dict[str, int] = {}
        nodes = cache.snapshot.nodes
        for node in nodes:
            for name, size in node.images.items():
                sizes.setdefault(name, size)
                holders[name] = holders.get(name, 0) + 1
        known = {name: int(float(size) * (holders[name] / len(nodes))) for name, size in sizes.items()}
        cache.memo[NAME] = known
    return known


PLUGIN = Plugin(NAME, pre_score=pre_score, weight=1)
