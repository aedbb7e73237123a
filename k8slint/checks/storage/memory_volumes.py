"""Volumes in memory, held against the memory limits of the containers that write to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from k8slint.cluster.cluster import Cluster
from k8slint.cluster.volume_matching import quantity
from k8slint.objects.fields import dig, mapping, text
from k8slint.objects.object import Container, Pod
from k8slint.objects.problem import Problem, Related
from k8slint.values.placeholder import has_placeholder


def memory_volume_exceeds_limit(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A tmpfs that may grow to all the memory that the containers which write to it may use together."""
    for path, volume in pod.volumes:
        source = mapping(volume.get("emptyDir"))
        size = _amount(source.get("sizeLimit")) if source.get("medium") == "Memory" else None
        writers = [each for each in pod.containers if _writes(each, volume.get("name"))] if size else []
        limits = [_amount(dig(each.data, "resources", "limits", "memory")) for each in writers]
        if not size or not limits or None in limits:
            continue
        total = sum(limit for limit in limits if limit is not None)
        if size < total:
            continue
        first = writers[0]
        written = dig(first.data, "resources", "limits", "memory")
        held = f'container "{first.name}" may use {written}' if len(writers) == 1 else "the containers may use no more"
        at = (*pod.path, *first.path, "resources", "limits", "memory")
        name = text(volume.get("name"))
        yield Problem(
            (*path, "emptyDir", "sizeLimit"),
            f'files in "{name}" may take {source["sizeLimit"]} of memory, and {held}, files included',
            (Related(pod.obj, at, "the limit counts the files too"),),
        )


def _writes(container: Container, name: Any) -> bool:
    return any(mount.get("name") == name and mount.get("readOnly") is not True for _, mount in container.mounts())


def _amount(written: Any) -> int | None:
    """A whole amount of bytes; None if there is none, or it is not known."""
    amount = None if has_placeholder(written) else quantity(written)
    return amount.value if amount is not None and amount.value > 0 else None
