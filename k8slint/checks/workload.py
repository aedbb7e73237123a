"""Pitfalls of workloads: selectors, owners, ports, images, schedules."""

from __future__ import annotations

from collections.abc import Iterator

from k8slint.cluster.cluster import Cluster
from k8slint.objects.fields import text
from k8slint.objects.object import Container
from k8slint.objects.problem import Problem
from k8slint.values.image import Image


def floating_image_tag(container: Container, cluster: Cluster) -> Iterator[Problem]:
    """A container whose image names no tag, or `latest`, and no digest."""
    image = text(container.data.get("image"))
    if not image or "$" in image:
        return
    parsed = Image.parse(image)
    if parsed.digest or parsed.tag not in ("", "latest"):
        return
    said = "has no tag, which means latest" if not parsed.tag else "has the tag latest"
    yield Problem(("image",), f'image "{image}" {said}')
