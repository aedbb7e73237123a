"""Modes of the files in volumes, written in the wrong base."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from k8slint.cluster.cluster import Cluster
from k8slint.loading.document import Path
from k8slint.objects.fields import items, mapping
from k8slint.objects.object import Object, Pod
from k8slint.objects.problem import Problem

# Modes that people mean in octal, of those that are not over 0777 as a decimal number: others the API server refuses.
# As decimal numbers they are modes that nobody means, 0620, 0670, 0674 and 0764.
_MEANT: Final = (400, 440, 444, 500)
_SOURCES: Final = ("configMap", "secret", "downwardAPI", "projected")


def decimal_file_mode(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A mode whose decimal digits are a usual mode in octal."""
    for path, mode in _modes(pod):
        if mode in _MEANT and not isinstance(mode, bool) and _is_decimal(pod.obj, (*pod.path, *path), mode):
            meant = int(str(mode), 8)
            yield Problem(
                path,
                f"{path[-1]} {mode} is a decimal number: the mode is {mode:04o}",
                effect=f"The files get mode {mode:04o}, {_letters(mode)}, not {meant:04o}, {_letters(meant)}.",
                fix=f"Write 0{mode} in YAML, or {meant}, which is the same, in JSON.",
            )


def _modes(pod: Pod) -> Iterator[tuple[Path, Any]]:
    """The modes that the volumes of a pod set, each with its path from the pod."""
    for path, volume in pod.volumes:
        for kind in _SOURCES:
            source = volume.get(kind)
            if isinstance(source, dict):
                yield (*path, kind, "defaultMode"), source.get("defaultMode")
                yield from _item_modes((*path, kind), source)
                for index, part in items(source.get("sources")) if kind == "projected" else ():
                    for inner in _SOURCES[:3]:
                        yield from _item_modes((*path, kind, "sources", index, inner), mapping(part.get(inner)))


def _item_modes(path: Path, source: dict[str, Any]) -> Iterator[tuple[Path, Any]]:
    for index, item in items(source.get("items")):
        yield (*path, "items", index, "mode"), item.get("mode")


def _is_decimal(obj: Object, path: Path, mode: int) -> bool:
    """Whether the number is written with just these digits: 0620 is 400 too, and meant."""
    start, end = obj.document.span((*obj.path, *path))
    return obj.document.source.text[start:end].strip("\"'") == str(mode)


def _letters(mode: int) -> str:
    """A mode as `ls` shows it.

    >>> _letters(0o640)
    'rw-r-----'
    """
    return "".join(letter if mode >> 8 - place & 1 else "-" for place, letter in enumerate("rwxrwxrwx"))
