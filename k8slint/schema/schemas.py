"""The schemas of a run: built-in definitions of one Kubernetes minor, and the CRDs at hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from k8slint.objects.object import Object
from k8slint.values.version import KubernetesVersion


@dataclass(frozen=True, eq=False)
class Schemas:
    """What objects are held against."""

    version: KubernetesVersion
    crds: tuple[Object, ...] = ()


def schemas_for(version: KubernetesVersion, crds: Iterable[Object]) -> Schemas:
    """The schemas of a minor and of custom resource definitions."""
    return Schemas(version, tuple(crds))


NEWEST = KubernetesVersion(1, 37)
BUNDLED = tuple(KubernetesVersion(1, minor) for minor in range(30, 38))


def assumptions(schemas: Schemas, objects: Iterable[Object]) -> list[str]:
    return []
