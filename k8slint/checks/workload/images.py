"""Images of containers."""

from __future__ import annotations

from collections.abc import Iterator

from k8slint.cluster.cluster import Cluster, once
from k8slint.cluster.kustomizations import kustomizations
from k8slint.objects.fields import dig, items, text
from k8slint.objects.object import Container
from k8slint.objects.problem import Problem
from k8slint.values.image import Image
from k8slint.values.placeholder import has_placeholder


def floating_image_tag(container: Container, cluster: Cluster) -> Iterator[Problem]:
    """A container whose image names no tag, or `latest`, and no digest."""
    image = text(container.data.get("image"))
    if not image or container.data.get("imagePullPolicy") == "Never":
        return
    parsed = Image.parse(image)
    if parsed.digest or parsed.tag not in ("", "latest"):
        return
    # A name that no runtime accepts is to be filled in, or is a defect of another kind.
    if has_placeholder(image) or not parsed.has_valid_repository or image.endswith((":", "@")):
        return
    if image.removesuffix(":latest") in _images_set_elsewhere(cluster):
        return
    said = "has no tag, which means latest" if not parsed.tag else "has the tag latest"
    yield Problem(("image",), f'image "{image}" {said}')


@once
def _images_set_elsewhere(cluster: Cluster) -> frozenset[str]:
    """The names of images whose tag or digest a kustomization or Skaffold sets."""
    kustomized = (
        text(entry.get("name"))
        for obj in kustomizations(cluster)
        for _, entry in items(obj.data.get("images"))
        if entry.get("newTag") is not None or entry.get("digest") is not None
    )
    built = (
        text(entry.get("image"))
        for obj in cluster.of_kind("Config.skaffold")
        for _, entry in items(dig(obj.data, "build", "artifacts"))
    )
    return frozenset((*kustomized, *built))
