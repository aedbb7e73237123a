"""The schemas of a run: built-in definitions of one Kubernetes minor, and the CRDs at hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from k8slint.objects.object import Object
from k8slint.schema.custom import Kind, kinds_of
from k8slint.schema.definitions import NEWEST_MINOR, OLDEST_MINOR
from k8slint.schema.lifecycle import is_built_in
from k8slint.values.gvk import GroupVersionKind
from k8slint.values.version import KubernetesVersion

BUNDLED: Final = tuple(KubernetesVersion(1, minor) for minor in range(OLDEST_MINOR, NEWEST_MINOR + 1))
NEWEST: Final = BUNDLED[-1]


@dataclass(frozen=True, eq=False)
class Schemas:
    """What objects are held against."""

    version: KubernetesVersion
    crds: tuple[Object, ...] = ()

    @cached_property
    def custom_kinds(self) -> Mapping[tuple[str, str], tuple[Kind, ...]]:
        """What the CRDs define, by group and kind; several where several CRDs define one kind."""
        return kinds_of(self.crds)


def schemas_for(version: KubernetesVersion, crds: Iterable[Object]) -> Schemas:
    """The schemas of a minor and of custom resource definitions.

    Raises:
        ValueError: for a minor that is not bundled.
    """
    if version not in BUNDLED:
        bundled = ", ".join(map(str, BUNDLED))
        raise ValueError(f"no schemas of Kubernetes {version}; there are those of {bundled}")
    return Schemas(version, tuple(crds))

def assumptions(schemas, objects): return []
