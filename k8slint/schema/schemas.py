"""The schemas of a run: built-in definitions of one Kubernetes minor, and the CRDs at hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from k8slint.finding import KindCount
from k8slint.objects.object import Object
from k8slint.schema.definitions import BUILT_IN_GROUPS, NEWEST_MINOR, OLDEST_MINOR
from k8slint.schema.lifecycle import is_built_in
from k8slint.schema.wording import is_placeholder
from k8slint.values.gvk import GroupVersionKind
from k8slint.values.version import KubernetesVersion

if TYPE_CHECKING:
    from k8slint.schema.custom import Kind, Version

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
        from k8slint.schema.custom import kinds_of  # noqa: PLC0415 - only custom resources pay for it

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


def unknown_kinds(schemas: Schemas, objects: Iterable[Object]) -> tuple[KindCount, ...]:
    """The custom kinds that no CRD describes, with the number of their objects; most first, then by name."""
    counts = Counter(obj.gvk for obj in objects if obj.gvk.group not in BUILT_IN_GROUPS)
    unknown = [KindCount(_shown(gvk), count) for gvk, count in counts.items() if _is_unknown(gvk, schemas)]
    return tuple(sorted(unknown, key=lambda each: (-each.objects, each.kind)))


def _shown(gvk: GroupVersionKind) -> str:
    return f"{gvk.kind}.{gvk.group}/{gvk.version}"


def _is_unknown(gvk: GroupVersionKind, schemas: Schemas) -> bool:
    from k8slint.schema.custom import is_for_programs  # noqa: PLC0415 - only custom resources pay for it

    if is_for_programs(gvk.group) or is_built_in(gvk, schemas.version.minor) or is_placeholder(gvk.api_version):
        return False
    return not schemas.custom_kinds.get((gvk.group, gvk.kind), ())


def assumptions(schemas: Schemas, objects: Iterable[Object]) -> list[str]:
    """What is taken for granted of custom resources, a note per kind, in order."""
    counts = Counter(obj.gvk for obj in objects if obj.gvk.group not in BUILT_IN_GROUPS)
    notes = (_note(gvk, count, schemas) for gvk, count in counts.items())
    return sorted(note for note in notes if note)


def _note(gvk: GroupVersionKind, count: int, schemas: Schemas) -> str:
    name = _shown(gvk)
    if _is_unknown(gvk, schemas):
        are = "its 1 object is" if count == 1 else f"its {count} objects are"
        return f"no CustomResourceDefinition for {name} was found: {are} not checked against a schema"
    kinds = schemas.custom_kinds.get((gvk.group, gvk.kind), ())
    versions = [kind.versions[gvk.version] for kind in kinds if gvk.version in kind.versions]
    skipped = []
    if any(True for version in versions for _ in version.arguments("x-kubernetes-validations")):
        skipped.append("CEL rules (x-kubernetes-validations)")
    skipped += _patterns_not_judged(versions)
    return f"{' and '.join(skipped)} in the CustomResourceDefinition for {name} are not evaluated" if skipped else ""


def _patterns_not_judged(versions: Iterable[Version]) -> Iterator[str]:
    from k8slint.schema.patterns import can_judge  # noqa: PLC0415 - only objects with CRDs pay for it

    arguments = (each for version in versions for each in version.arguments("pattern"))
    patterns = {each for each in arguments if isinstance(each, str)}
    unread = sum(not can_judge(pattern) for pattern in patterns)
    if unread:
        yield f"{unread} of {len(patterns)} patterns (pip install k8slint[re2] judges them)"
