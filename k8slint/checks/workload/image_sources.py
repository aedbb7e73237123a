"""Where images come from, and whether a node asks again."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from k8slint.cluster.cluster import Cluster, once
from k8slint.cluster.kustomizations import kustomizations
from k8slint.cluster.tables import rows
from k8slint.objects.fields import items, text
from k8slint.objects.object import Container
from k8slint.objects.problem import Problem
from k8slint.values.image import Image
from k8slint.values.placeholder import has_placeholder

_HUB: Final = frozenset({"", "docker.io", "index.docker.io", "registry-1.docker.io"})
# Tags that name a branch or a channel, not a version.
_MOVING: Final = frozenset(
    {"canary", "dev", "develop", "devel", "edge", "head", "main", "master", "nightly", "snapshot", "stable", "unstable"}
)


class _Retired(NamedTuple):
    became: str
    instead: str
    keeps: frozenset[str]
    but: frozenset[str]


def image_from_retired_registry(container: Container, cluster: Cluster) -> Iterator[Problem]:
    """A container whose image lies where nothing new comes any more, or nothing is left."""
    image = text(container.data.get("image"))
    # A text without a slash is an official image of Docker Hub.
    if "/" not in image or has_placeholder(image) or container.data.get("imagePullPolicy") == "Never":
        return
    parsed = Image.parse(image)
    name = f"{'docker.io' if parsed.registry in _HUB else parsed.registry}/{parsed.repository}"
    prefix = next((one for one in _retired() if name.startswith(one)), "")
    if not prefix or _is_kept(parsed, name.removeprefix(prefix), _retired()[prefix]) or _is_renamed(image, cluster):
        return
    row, fix = _retired()[prefix], ""
    if row.instead:
        ending = f"@{parsed.digest}" if parsed.digest else f":{parsed.tag}" if parsed.tag else ""
        fix = f"Write {row.instead}{name.removeprefix(prefix)}{ending}, if it is there, or a newer image."
    yield Problem(("image",), f'image "{image}" {row.became}', fix=fix)


def moving_tag_not_pulled_again(container: Container, cluster: Cluster) -> Iterator[Problem]:
    """A container whose tag moves, on nodes that keep what they pulled first."""
    parsed = _parsed(container)
    policy = container.data.get("imagePullPolicy")
    if parsed is None or parsed.digest:
        return
    moves_by_default = parsed.tag in ("", "latest")
    if policy == "IfNotPresent" and (moves_by_default or parsed.tag.lower() in _MOVING):
        said = f'imagePullPolicy IfNotPresent keeps what a node has of "{text(container.data.get("image"))}"'
        yield Problem(("imagePullPolicy",), said)
    elif policy is None and parsed.tag.lower() in _MOVING:
        said = f'image "{text(container.data.get("image"))}" is pulled once for each node, and its tag moves'
        yield Problem(("image",), said)


def image_without_digest(container: Container, cluster: Cluster) -> Iterator[Problem]:
    """A container whose image has a version, but no digest."""
    parsed = _parsed(container)
    # Of images without a version, a rule of their own tells.
    if parsed is None or parsed.digest or parsed.tag in ("", "latest"):
        return
    image = text(container.data.get("image"))
    if not _is_renamed(image, cluster):
        yield Problem(("image",), f'image "{image}" has a tag, and no digest')


def _parsed(container: Container) -> Image | None:
    """The parts of the image, if it is one that a runtime would take, and no node has it by hand."""
    image = text(container.data.get("image"))
    if not image or has_placeholder(image) or container.data.get("imagePullPolicy") == "Never":
        return None
    parsed = Image.parse(image)
    return parsed if parsed.has_valid_repository and not image.endswith((":", "@")) else None


def _is_kept(image: Image, below: str, row: _Retired) -> bool:
    if below in row.but:
        return True
    if image.digest:
        return "digests" in row.keeps
    return (image.tag or "latest") in row.keeps


@cache
def _retired() -> dict[str, _Retired]:
    return {
        prefix: _Retired(
            row["became"], row.get("instead", ""), frozenset(row.get("keeps", ())), frozenset(row.get("but", ()))
        )
        for row in rows("retired-registries")
        for prefix in row["images"]
    }


def _is_renamed(image: str, cluster: Cluster) -> bool:
    parsed = Image.parse(image)
    name = f"{parsed.registry}/{parsed.repository}" if parsed.registry else parsed.repository
    return name in _renamed(cluster)


@once
def _renamed(cluster: Cluster) -> frozenset[str]:
    """The names of images to which a kustomization gives another name or a digest."""
    return frozenset(
        text(entry.get("name"))
        for obj in kustomizations(cluster)
        for _, entry in items(obj.data.get("images"))
        if entry.get("newName") is not None or entry.get("digest") is not None
    )
