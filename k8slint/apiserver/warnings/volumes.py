"""Warnings about the volumes of a pod: types that no longer work, and files that hide each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from k8slint.apiserver.validation.core.projections import projection_kinds
from k8slint.apiserver.validation.field import Field
from k8slint.apiserver.warnings.resources import claim_warnings

_GONE: Final[Mapping[str, str]] = {
    "cephfs": "deprecated in v1.28, non-functional in v1.31+",
    "flocker": "deprecated in v1.22, non-functional in v1.25+",
    "gitRepo": "deprecated in v1.11, and disabled by default in v1.33+",
    "glusterfs": "deprecated in v1.25, non-functional in v1.26+",
    "photonPersistentDisk": "deprecated in v1.11, non-functional in v1.16+",
    "quobyte": "deprecated in v1.22, non-functional in v1.25+",
    "rbd": "deprecated in v1.28, non-functional in v1.31+",
    "scaleIO": "deprecated in v1.16, non-functional in v1.22+",
    "storageos": "deprecated in v1.22, non-functional in v1.25+",
}
# The server spells this one like its Go type.
_SAID: Final = {"storageos": "storageOS"}
_LISTED: Final = (
    ("configMap", "ConfigMap", "name"),
    ("secret", "Secret", "secretName"),
    ("downwardAPI", "DownwardAPI", ""),
)


def volume_warnings(volumes: Field) -> None:
    """The volumes of a pod.

    Mirrors: pkg/api/pod/warnings.go warningsForPodSpecAndMeta, warningsForOverlappingVirtualPaths @ v1.37
    """
    for volume in volumes:
        if volume.value.__class__ is not dict:
            continue
        gone_sources(volume, _GONE)
        claim_warnings(volume["ephemeral"]["volumeClaimTemplate"]["spec"])
        _overlaps(volume)


def gone_sources(volume: Field, names: Iterable[str]) -> None:
    """Warn about sources of these names that no node can mount any more."""
    for name in volume.written(names):
        said = Field(volume[name].value, volume.run, volume, _SAID.get(name) or name)
        said.warn(_GONE[name], fix="use a CSI driver")


class _File(NamedTuple):
    """The field that says where a file is put, and the source to name beside it."""

    path: Field
    source: str

    def __str__(self) -> str:
        text = f'"{self.path.value.rstrip("/")}"'
        return f"{text} ({self.source})" if self.source else text


def _overlaps(volume: Field) -> None:
    name = volume["name"].value
    for type_, said, named in _LISTED:
        if volume[type_]["items"]:
            of = f'{said} "{volume[type_][named].value or ""}"' if named else said
            files = (_File(item["path"], "") for item in volume[type_]["items"])
            _warn_of(f'volume "{name}" ({of})', files)
    projected = volume["projected"]
    for source in projected["sources"]:
        if not source.is_hole and not projection_kinds(source):
            source.warn(f'volume "{name}" (Projected) has no sources provided')
    _warn_of(f'volume "{name}" (Projected)', (file for source in projected["sources"] for file in _projected(source)))


def _projected(source: Field) -> Iterator[_File]:
    for type_, said, _ in _LISTED:
        of = f'{said} "{source[type_]["name"].value or ""}"' if type_ != "downwardAPI" else said
        for item in source[type_]["items"]:
            yield _File(item["path"], of)
    if source["serviceAccountToken"].is_set:
        yield _File(source["serviceAccountToken"]["path"], "ServiceAccountToken")
    bundle = source["clusterTrustBundle"]
    if bundle.is_set:
        yield _File(bundle["path"], f'ClusterTrustBundle "{bundle["name"].value or bundle["signerName"].value or ""}"')


class _Folder:
    """A folder: the first file whose path ends here, the first at or below it, and the folders in it."""

    __slots__ = ("below", "file", "folders")

    def __init__(self) -> None:
        self.file: _File | None = None
        self.below: _File | None = None
        self.folders: dict[str, _Folder] = {}


def _warn_of(said: str, files: Iterator[_File]) -> None:
    """Warn about each file whose path equals an earlier one, lies below it, or contains it."""
    root = _Folder()
    for file in files:
        if file.path.value.__class__ is not str:
            continue
        other = _put(root, file)
        if other is not None:
            file.path.warn(f"{said}: overlapping paths: {file} with {other}", fix="give one of the two another path")


def _put(root: _Folder, file: _File) -> _File | None:
    """Put a file into its folder. Returns the earlier file that is in its way, or None."""
    at = root
    other: _File | None = None
    last: _File | None = None
    for step in file.path.value.rstrip("/").split("/"):
        at = at.folders.setdefault(step, _Folder())
        other = other or at.file
        last, at.below = at.below, at.below or file
    other = other or last
    at.file = at.file or file
    return other
