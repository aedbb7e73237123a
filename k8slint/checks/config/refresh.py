"""Configuration changes that a running container does not see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from k8slint.cluster.cluster import Cluster, once
from k8slint.cluster.kustomizations import kustomizations
from k8slint.cluster.tables import annotations_that
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, items, mapping, sequence, text
from k8slint.objects.object import Container, Pod
from k8slint.objects.problem import Problem

_CHECKSUM = re.compile(r"checksum|sha(?:1|256)|(?:^|[-./_])hash(?:[-./_]|$)|(?:[a-z]Hash)$")
_GENERATED = re.compile(r".*-[24-9bcdfghkmt]{10}")
_SOURCES: Final = {"Secret": ("secretKeyRef", "secretRef"), "ConfigMap": ("configMapKeyRef", "configMapRef")}


def secret_env_never_refreshes(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """Environment variables from a Secret, in a Pod that nothing replaces when the Secret changes."""
    return _stale_environment(pod, cluster, "Secret")


def configmap_env_never_refreshes(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """Environment variables from a ConfigMap, in a Pod that nothing replaces when the ConfigMap changes."""
    return _stale_environment(pod, cluster, "ConfigMap")


def _stale_environment(pod: Pod, cluster: Cluster, kind: str) -> Iterator[Problem]:
    places: dict[str, Path] = {}
    for container in _running(pod):
        for path, name in _environment_sources(container, kind):
            places.setdefault(name, (*container.path, *path))
    if not places or _is_restarted(pod):
        return
    for name, path in places.items():
        if not _never_changes(pod, cluster, kind, name):
            yield Problem(path, f'{kind} "{name}" is read into the environment once, when the container starts')


def _environment_sources(container: Container, kind: str) -> Iterator[tuple[Path, str]]:
    of_key, of_all = _SOURCES[kind]
    for path, entry in container.env():
        name = dig(entry, "valueFrom", of_key, "name")
        if isinstance(name, str) and name:
            yield (*path, "valueFrom", of_key, "name"), name
    for path, entry in container.env_from():
        name = dig(entry, of_all, "name")
        if isinstance(name, str) and name:
            yield (*path, of_all, "name"), name


def subpath_mount_never_refreshes(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A subPath mount of a ConfigMap or Secret: the file stays as it was when the container started."""
    sources = {text(data.get("name")): list(_mounted_objects(data)) for _, data in pod.volumes}
    seen: set[str] = set()
    for container in _running(pod):
        for path, mount in container.mounts():
            field = "subPath" if text(mount.get("subPath")) else "subPathExpr"
            volume = text(mount.get("name"))
            objects = sources.get(volume)
            if not text(mount.get(field)) or not objects or volume in seen or _is_restarted(pod):
                continue
            if all(_never_changes(pod, cluster, kind, name) for kind, name in objects):
                continue
            seen.add(volume)
            kind, name = objects[0]
            yield Problem(
                (*container.path, *path, field), f'a {field} mount keeps the {kind} "{name}" as it was at the start'
            )


def _mounted_objects(volume: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for source in (volume, *sequence(dig(volume, "projected", "sources"))):
        for kind, field in (("ConfigMap", "configMap"), ("Secret", "secret")):
            found = mapping(mapping(source).get(field))
            name = text(found.get("name")) or text(found.get("secretName"))
            if name:
                yield kind, name


def _running(pod: Pod) -> Iterator[Container]:
    """The containers that go on running; empty for a Pod that is meant to end."""
    if pod.obj.runs_to_end or pod.spec.get("restartPolicy") in ("Never", "OnFailure"):
        return
    for container in pod.containers:
        if container.path[1] == "containers" or container.is_sidecar:
            yield container


def _is_restarted(pod: Pod) -> bool:
    """Whether something replaces the pods when their configuration changes."""
    if any(_CHECKSUM.search(key) for key in pod.annotations):
        return True
    both = (*pod.annotations.items(), *pod.obj.annotations.items())
    return any(annotations_that("restarts").match(key) and value != "false" for key, value in both)


def _never_changes(pod: Pod, cluster: Cluster, kind: str, name: str) -> bool:
    """Whether a change needs a new name: the object is immutable, or its name has a hash of its content."""
    if _GENERATED.fullmatch(name) or name in _generated_names(cluster):
        return True
    found = cluster.find(kind, pod.namespace, name)
    return bool(found) and all(obj.data.get("immutable") is True for obj in found)


@once
def _generated_names(cluster: Cluster) -> frozenset[str]:
    """The names to which kustomize adds a hash."""
    return frozenset(
        text(generator.get("name"))
        for obj in kustomizations(cluster)
        if dig(obj.data, "generatorOptions", "disableNameSuffixHash") is not True
        for field in ("configMapGenerator", "secretGenerator")
        for _, generator in items(obj.data.get(field))
    )
