"""ConfigMaps, Secrets and claims that pods name and nothing supplies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from k8slint.checks.references.absence import absence, is_missing, is_near
from k8slint.cluster.cluster import Cluster, once
from k8slint.cluster.kustomizations import place_of
from k8slint.cluster.references import Reference, certificates_of, pull_secrets_of, references_of
from k8slint.objects.object import Object, Pod
from k8slint.objects.problem import Problem


def missing_configmap(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A ConfigMap that a container or a volume needs and no file holds."""
    yield from _missing_objects(references_of(pod, cluster), cluster, pod.obj, "ConfigMap")


def missing_secret(obj: Object, cluster: Cluster) -> Iterator[Problem]:
    """A Secret that a container, a volume, an account or a certificate needs and no file holds or makes."""
    named = pull_secrets_of(obj) if obj.kind == "ServiceAccount" else certificates_of(obj)
    yield from _missing_objects(named, cluster, obj, "Secret")
    for pod in obj.pods:
        for problem in _missing_objects(references_of(pod, cluster), cluster, obj, "Secret"):
            yield problem._replace(path=(*pod.path, *problem.path))


def missing_persistent_volume_claim(pod: Pod, cluster: Cluster) -> Iterator[Problem]:
    """A claim that a volume names and no file holds."""
    yield from _missing_objects(references_of(pod, cluster), cluster, pod.obj, "PersistentVolumeClaim")


def _missing_objects(references: Iterable[Reference], cluster: Cluster, obj: Object, kind: str) -> Iterator[Problem]:
    """Each object of a kind that the references name and nothing supplies, once."""
    said: set[str] = set()
    for reference in references:
        name = reference.name
        if reference.kind != kind or name in said:
            continue
        said.add(name)
        if not is_missing(cluster, obj, kind, name):
            continue
        # People commonly make Secrets of registries and certificates by hand.
        is_by_hand = reference.use in ("image", "certificate") and not (
            reference.use == "image" and place_of(obj) in _places_with_pull_secrets(cluster)
        )
        if is_by_hand and not is_near(cluster, kind, obj.namespace, name):
            continue
        yield absence(reference.path, cluster, obj, kind, name, effect=_effect(reference, obj))


@once
def _places_with_pull_secrets(cluster: Cluster) -> frozenset[tuple[str, str]]:
    return frozenset(place_of(obj) for obj in cluster.of_kind("Secret") if obj.data.get("type") in _PULL_SECRETS)


_PULL_SECRETS: Final = ("kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg")


def _effect(reference: Reference, obj: Object) -> str:
    what = f'{reference.kind.lower()} "{reference.name}" not found'
    if reference.kind == "PersistentVolumeClaim":
        return f"The Pod stays Pending: {what}."
    if reference.use == "environment":
        return f"The container waits in CreateContainerConfigError: {what}."
    if reference.use == "volume":
        where = f'MountVolume.SetUp failed for volume "{reference.volume}"'
        return f"The Pod stays in ContainerCreating; its events say FailedMount: {where}: {what}."
    if reference.use == "image":
        return (
            "The image is pulled without credentials: a private registry refuses, "
            "and the Pod waits in ImagePullBackOff."
        )
    if obj.kind == "Gateway":
        return "The listener is not programmed: ResolvedRefs is False, reason InvalidCertificateRef."
    return "Nothing refuses it: the controller serves a certificate of its own, and browsers warn of it."
