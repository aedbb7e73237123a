"""Custom resources, held against their CustomResourceDefinition as the API server holds them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from k8slint.objects.fields import dig, items, text
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem
from k8slint.schema.decode import MOST_MISMATCHES, mismatches
from k8slint.schema.lifecycle import maturity, no_match
from k8slint.schema.mismatch import is_for_tools, problem_of, unknown_field, wrong_type
from k8slint.schema.shapes import Field, struct
from k8slint.values.gvk import GroupVersionKind

if TYPE_CHECKING:
    from k8slint.schema.fitting import Pattern
    from k8slint.schema.values import Defect

_OBJECT_META: Final = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
_MAPPING: Final = Field(dict, None, None, "a mapping")
_CRD_GROUP: Final = "apiextensions.k8s.io"
# Checks follow a schema down, a level of it at a time: no schema that people write comes near this.
_DEEPEST_SCHEMA: Final = 300
# Groups of files that programs read: no API server sees them, and their metadata is their own.
_FOR_PROGRAMS: Final = frozenset(
    {
        "admission.k8s.io",
        "apiserver.k8s.io",
        "audit.k8s.io",
        "client.authentication.k8s.io",
        "config.k8s.io",
        "imagepolicy.k8s.io",
        "kind.x-k8s.io",
        "kubeadm.k8s.io",
    }
)


def is_for_programs(group: str) -> bool:
    """Whether kinds of the group are config files, which nobody applies."""
    return group in _FOR_PROGRAMS or group.endswith(".config.k8s.io") or "." not in group


@dataclass(frozen=True, eq=False)
class Version:
    """A version of a custom kind, as its CRD writes it."""

    data: Mapping[str, Any]

    @cached_property
    def schema(self) -> Mapping[str, Any] | None:
        """The schema of its objects; none where there is none that can be followed."""
        from k8slint.schema.structural import depth_of  # noqa: PLC0415 - only CRDs with objects pay for it

        schema = dig(self.data, "schema", "openAPIV3Schema")
        return schema if isinstance(schema, dict) and depth_of(schema) <= _DEEPEST_SCHEMA else None

    @cached_property
    def pattern(self) -> Pattern:
        """The schema as the first look needs it."""
        from k8slint.schema.fitting import Pattern  # noqa: PLC0415 - only CRDs with objects pay for it

        return Pattern(self.schema, is_root=True)

    @property
    def has_status(self) -> bool:
        """Whether status is a resource of its own, so that what is applied cannot set it."""
        return dig(self.data, "subresources", "status") is not None

    def arguments(self, keyword: str) -> Iterator[Any]:
        """What the schema says wherever it uses a keyword; a field of that name counts too."""
        pending: list[Any] = [self.schema]
        while pending:
            part = pending.pop()
            if isinstance(part, dict):
                if keyword in part:
                    yield part[keyword]
                pending += part.values()
            elif isinstance(part, list):
                pending += part


@dataclass(frozen=True, eq=False)
class Kind:
    """A custom kind, as one CRD defines it; `versions` are those that are served."""

    name: str
    versions: Mapping[str, Version]
    keeps_unknown: bool = False


def kinds_of(crds: Iterable[Object]) -> Mapping[tuple[str, str], tuple[Kind, ...]]:
    """What CRDs define, by group and kind; those that no supported minor takes are left out."""
    kinds: dict[tuple[str, str], list[Kind]] = defaultdict(list)
    for crd in crds:
        spec = crd.spec
        group, kind = text(spec.get("group")), text(dig(spec, "names", "kind"))
        if crd.gvk.group != _CRD_GROUP or crd.gvk.version != "v1" or not group or not kind:
            continue
        served = {
            text(version.get("name")): Version(version)
            for _, version in items(spec.get("versions"))
            if version.get("served")
        }
        kinds[group, kind].append(Kind(f"{kind}.{group}", served, spec.get("preserveUnknownFields") is True))
    return {key: tuple(found) for key, found in kinds.items()}


def check_custom(obj: Object, kinds: Sequence[Kind]) -> Iterator[Problem]:
    """What the API server would say of a custom resource; of several definitions the one that fits best counts."""
    able = [kind for kind in kinds if obj.gvk.version in kind.versions] or kinds
    yield from min((list(_check(obj, kind)) for kind in able), key=len, default=())


def check_metadata(obj: Object, minor: int, *, is_known: bool) -> Iterator[Problem]:
    """What is wrong with the metadata of a custom resource.

    Without its CRD it may be a file of some other program: then only labels and the like are held to their types.
    """
    metadata = obj.data.get("metadata")
    if is_for_programs(obj.gvk.group) or metadata is None:
        return
    root = struct(minor, _OBJECT_META)
    if not isinstance(metadata, dict):
        if is_known:
            yield wrong_type(obj, ("metadata",), metadata, _MAPPING)
        return
    for mismatch in mismatches(root, metadata):
        if is_known or mismatch.field is not None:
            yield from problem_of(obj, root, mismatch, ("metadata",))


def _check(obj: Object, kind: Kind) -> Iterator[Problem]:
    version = kind.versions.get(obj.gvk.version)
    if version is None:
        yield _not_served(obj.gvk, kind)
        return
    if version.data.get("deprecated") is True:
        yield _deprecated(obj.gvk, version)
    if version.schema is not None and not _fits(obj, version):
        if not kind.keeps_unknown:
            yield from _check_names(obj, version.schema)
        yield from _check_values(obj, version, version.schema)


def _fits(obj: Object, version: Version) -> bool:
    from k8slint.schema.fitting import fits  # noqa: PLC0415 - only objects with CRDs pay for it

    # A status that applying takes off is looked at by the full check alone.
    return not (version.has_status and "status" in obj.data) and fits(obj.data, version.pattern)


def _check_names(obj: Object, schema: Mapping[str, Any]) -> Iterator[Problem]:
    from k8slint.schema.structural import unknown_fields  # noqa: PLC0415 - only objects with CRDs pay for it

    for path, names in islice(unknown_fields(obj.data, schema), MOST_MISMATCHES):
        if not is_for_tools(path, dig(obj.data, *path)):
            yield unknown_field(path, names)


def _check_values(obj: Object, version: Version, schema: Mapping[str, Any]) -> Iterator[Problem]:
    from k8slint.schema.structural import completed, duplicates  # noqa: PLC0415 - only objects with CRDs pay for it
    from k8slint.schema.values import defects  # noqa: PLC0415

    data = completed(obj.data, schema)
    if version.has_status:
        data.pop("status", None)
    for defect in defects(data, schema)[:MOST_MISMATCHES]:
        # A status that the schema demands but applying takes off is nothing the author can mend.
        if not version.has_status or defect.path != ("status",):
            yield _problem(obj, defect)
    for path, item in islice(duplicates(data, schema), MOST_MISMATCHES):
        yield Problem(path, f"Duplicate value: {item}", kind="duplicate-value")


def _problem(obj: Object, defect: Defect) -> Problem:
    if defect.field is not None:
        return wrong_type(obj, defect.path, defect.value, defect.field)
    fault = defect.fault
    # A mutating webhook of the group runs before the schema is looked at, and may fill in what is missing.
    unless = obj.gvk.group if fault.kind == "required-field" else ""
    return Problem(defect.path, fault.message, fix=fault.fix, kind=fault.kind, unless=unless)


def _not_served(gvk: GroupVersionKind, kind: Kind) -> Problem:
    versions = sorted(kind.versions, key=maturity, reverse=True)
    serves = f"its CustomResourceDefinition serves {', '.join(versions) or 'none'}"
    fix = f"write apiVersion: {gvk.group}/{versions[0]}" if versions else "serve it in the CustomResourceDefinition"
    message = f'{kind.name} has no version "{gvk.version}": {serves}'
    return Problem(("apiVersion",), message, effect=no_match(gvk), fix=fix, kind="unknown-kind")


def _deprecated(gvk: GroupVersionKind, version: Version) -> Problem:
    warning = text(version.data.get("deprecationWarning")) or f"{gvk.api_version} {gvk.kind} is deprecated"
    return Problem(("apiVersion",), warning, kind="deprecated-api")
