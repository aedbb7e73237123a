"""Environment variables of containers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from k8slint.cluster.cluster import Cluster
from k8slint.loading.document import Path
from k8slint.objects.fields import text
from k8slint.objects.object import Container
from k8slint.objects.problem import Problem, Related
from k8slint.values.placeholder import has_placeholder


def duplicate_env(container: Container, cluster: Cluster) -> Iterator[Problem]:
    """An environment variable that hides an earlier one of the same name instead of building on it.

    Mirrors: pkg/api/pod/warnings.go warningsForPodSpecAndMeta @ v1.36
    """
    written = container.data.get("env")
    if not isinstance(written, list) or len(written) < 2:
        return
    earlier: dict[str, Path] = {}
    for path, entry in container.env():
        name = text(entry.get("name"))
        if not name or has_placeholder(name):
            continue
        if name in earlier and not _builds_on(name, entry):
            pod = container.pod
            first = Related(pod.obj, (*pod.path, *container.path, *earlier[name], "name"), "hidden by the later one")
            yield Problem((*path, "name"), f'env "{name}" is set again and hides the earlier value', related=(first,))
        earlier[name] = path


def _builds_on(name: str, entry: dict[str, Any]) -> bool:
    value, reference = text(entry.get("value")), f"$({name})"
    return reference in value and value != reference
