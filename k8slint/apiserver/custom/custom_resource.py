"""Custom resources, held against their CustomResourceDefinition as the API server holds them."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from k8slint.apiserver.decoding.decode import MOST_MISMATCHES, mismatches
from k8slint.apiserver.decoding.problems import is_for_tools, problem_of, unknown_field, wrong_type
from k8slint.apiserver.decoding.types import Field, struct
from k8slint.apiserver.discovery.lifecycle import maturity, no_match
from k8slint.loading.document import Path
from k8slint.objects.fields import dig, items, mapping, text
from k8slint.objects.foreign import is_for_programs
from k8slint.objects.object import Object
from k8slint.objects.problem import Absence, Problem, Related
from k8slint.values.gvk import GroupVersionKind
from k8slint.values.slips import is_slip

if TYPE_CHECKING:
    from k8slint.apiserver.custom.keywords import Defect
    from k8slint.apiserver.custom.outline import Outline
    from k8slint.apiserver.schemas import Asked

_OBJECT_META: Final = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
_MAPPING: Final = Field(dict, None, None, "a mapping")
_CRD_GROUP: Final = "apiextensions.k8s.io"
_REFUSED: Final = "The API server refuses the object, and nothing of it changes in the cluster."
# The only problem with which an object is taken.
_WARNING: Final = "deprecated-api"
# With defects of these the API server still asks the rules of a schema.
_BESIDE_RULES: Final = ("invalid-value", "duplicate-value")
# Checks follow a schema down, a level of it at a time: no schema that people write comes near this.
_DEEPEST_SCHEMA: Final = 300


@dataclass(frozen=True, eq=False)
class Version:
    """A version of a custom kind, as its CRD writes it, and where: `path` leads from the CRD to `data`."""

    data: Mapping[str, Any]
    crd: Object
    path: Path

    @cached_property
    def schema(self) -> Mapping[str, Any] | None:
        """The schema of its objects; none where there is none that can be followed."""
        from k8slint.apiserver.custom.structural import depth_of  # noqa: PLC0415 - only CRDs with objects pay for it

        schema = dig(self.data, "schema", "openAPIV3Schema")
        return schema if isinstance(schema, dict) and depth_of(schema) <= _DEEPEST_SCHEMA else None

    @cached_property
    def outline(self) -> Outline:
        """The schema as hints need it."""
        from k8slint.apiserver.custom.outline import Outline  # noqa: PLC0415 - only objects that are refused pay for it

        return Outline(self.schema or {})

    @cached_property
    def _places(self) -> Mapping[int, Path]:
        """The paths in the CRD of the parts of the schema, by identity; of an anchored part, where it is written."""
        places: dict[int, Path] = {}
        pending: list[tuple[Any, Path]] = [(self.data, self.path)]
        while pending:
            part, path = pending.pop()
            if isinstance(part, (dict, list)) and id(part) not in places:
                places[id(part)] = path
                pairs = part.items() if isinstance(part, dict) else enumerate(part)
                pending += reversed([(entry, (*path, key)) for key, entry in pairs])
        return places

    def source_of(self, node: Mapping[str, Any] | None, keyword: str) -> tuple[Related, ...]:
        """The place in the CRD of what refuses a value: a keyword of a part of the schema, or else the version."""
        return (Related(self.crd, (*self._places.get(id(node), self.path), keyword), "the schema that refuses it"),)

    @property
    def has_status(self) -> bool:
        """Whether status is a resource of its own, so that what is applied cannot set it."""
        return dig(self.data, "subresources", "status") is not None

    @property
    def has_rules(self) -> bool:
        """Whether it has rules that are written in CEL."""
        return any(self.evaluated_in_part["x-kubernetes-validations"])

    @cached_property
    def evaluated_in_part(self) -> Mapping[str, Sequence[Any]]:
        """What the schema says where it uses a keyword that is not always judged; a field of that name counts too."""
        found: dict[str, list[Any]] = {"pattern": [], "x-kubernetes-validations": []}
        pending: list[Any] = [self.schema]
        while pending:
            part = pending.pop()
            if isinstance(part, dict):
                for keyword, arguments in found.items():
                    if keyword in part:
                        arguments.append(part[keyword])
                pending += part.values()
            elif isinstance(part, list):
                pending += part
        return found


@dataclass(frozen=True, eq=False)
class Kind:
    """A custom kind, as one CRD defines it; `versions` are those that are served."""

    name: str
    versions: Mapping[str, Version]
    crd: Object
    keeps_unknown: bool = False
    is_of_settings: bool = False


@dataclass(frozen=True, eq=False)
class Kinds:
    """What several CRDs make of one custom kind, in order of reading."""

    all: tuple[Kind, ...]

    def nearest(self, obj: Object) -> Iterator[Kind]:
        """Those that have the object's version, or else all; of many, some: the nearest first.

        Nearest is the fewest folders up from the object's file, then the fewest down from there; whatever the settings
        name is farther than what is among the files.
        """
        if len(self.all) == 1:
            return iter(self.all)
        return islice(self._by_distance(obj), _MOST_ASKED)

    def _by_distance(self, obj: Object) -> Iterator[Kind]:
        version = obj.gvk.version if (obj.gvk.version, False, ()) in self._below else ""
        folders, told = _folders(obj), set[Kind]()
        for is_of_settings in (False, True):
            for depth in range(len(folders), -1, -1):
                for kind in self._below.get((version, is_of_settings, folders[:depth]), ()):
                    if kind not in told:
                        told.add(kind)
                        yield kind

    @cached_property
    def _below(self) -> Mapping[tuple[str, bool, Folders], Sequence[Kind]]:
        """Those of each version, and of any, below each folder, by how deep their files are."""
        found: dict[tuple[str, bool, Folders], list[Kind]] = defaultdict(list)
        for kind in sorted(self.all, key=lambda each: len(_folders(each.crd))):
            folders = _folders(kind.crd)
            for version in {"", *kind.versions}:
                found[version, False, ()] += ()
                for depth in range(len(folders) + 1):
                    found[version, kind.is_of_settings, folders[:depth]].append(kind)
        return found


# Of one kind there may be a definition a cluster: of more than these, those far off are not asked.
_MOST_ASKED: Final = 20
Folders = tuple[str, ...]


def _folders(obj: Object) -> Folders:
    folder = os.path.dirname(obj.document.source.name)
    return tuple(os.path.normpath(folder).split(os.sep)) if folder not in ("", ".") else ()


def kinds_of(crds: Sequence[Object], further: Sequence[Object] = ()) -> Mapping[tuple[str, str], Kinds]:
    """What CRDs define, by group and kind; those that no supported minor takes are left out.

    `further` are CRDs that the settings name.
    """
    kinds: dict[tuple[str, str], list[Kind]] = defaultdict(list)
    for crd, is_of_settings in (*((each, False) for each in crds), *((each, True) for each in further)):
        spec = crd.spec
        group, kind = text(spec.get("group")), text(dig(spec, "names", "kind"))
        if crd.gvk.group != _CRD_GROUP or crd.gvk.version != "v1" or not group or not kind:
            continue
        served = {
            text(version.get("name")): Version(version, crd, ("spec", "versions", index))
            for index, version in items(spec.get("versions"))
            if version.get("served")
        }
        keeps_unknown = spec.get("preserveUnknownFields") is True
        kinds[group, kind].append(Kind(f"{kind}.{group}", served, crd, keeps_unknown, is_of_settings))
    return {key: Kinds(tuple(found)) for key, found in kinds.items()}


def check_custom(obj: Object, kinds: Kinds, asked: Asked) -> Iterator[Problem]:
    """What the API server would say of a custom resource.

    Of several definitions, one a cluster, the nearest that takes the object counts; if none does, the nearest. Rules of
    which it is not known whether the object keeps them are noted in `asked`.
    """
    nearest: list[Problem] | None = None
    for kind in kinds.nearest(obj):
        problems = list(_check(obj, kind, asked))
        if all(problem.rule == _WARNING for problem in problems):
            nearest = problems
            break
        nearest = problems if nearest is None else nearest
    yield from nearest or ()


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
    for mismatch in mismatches(root, metadata, []):
        if is_known or mismatch.field is not None:
            yield from problem_of(obj, root, mismatch, ("metadata",))


def _check(obj: Object, kind: Kind, asked: Asked) -> Iterator[Problem]:
    version = kind.versions.get(obj.gvk.version)
    if version is None:
        yield _not_served(obj.gvk, kind)
        return
    if version.data.get("deprecated") is True:
        yield _deprecated(obj.gvk, version)
    if version.schema is not None:
        unknown = [] if kind.keeps_unknown else list(_check_names(obj, version, version.schema))
        yield from unknown
        yield from _check_values(obj, version, version.schema, None if unknown else asked)


def _check_names(obj: Object, version: Version, schema: Mapping[str, Any]) -> Iterator[Problem]:
    from k8slint.apiserver.custom.structural import unknown_fields  # noqa: PLC0415 - only objects with CRDs pay for it

    for path, node in islice(unknown_fields(obj.data, schema), MOST_MISMATCHES):
        if not is_for_tools(path, dig(obj.data, *path)):
            problem = unknown_field(version.outline, version.outline.part(node), obj.data, path)
            yield problem._replace(related=version.source_of(node, "properties"))


def _check_values(obj: Object, version: Version, schema: Mapping[str, Any], asked: Asked | None) -> Iterator[Problem]:
    """What is wrong with the values; rules are asked where `asked` is given and no defect hides them."""
    from k8slint.apiserver.custom.defaults import completed  # noqa: PLC0415 - only objects with CRDs pay for it
    from k8slint.apiserver.custom.keywords import at_path, defects  # noqa: PLC0415 - as above
    from k8slint.apiserver.custom.structural import duplicates  # noqa: PLC0415 - as above

    data = completed(obj.data, schema)
    if version.has_status:
        data.pop("status", None)
    # A status that the schema demands but applying takes off is nothing the author can mend.
    found = [each for each in defects(data, schema) if not version.has_status or each.path != ("status",)]
    for defect in found[:MOST_MISMATCHES]:
        yield _problem(obj, defect)._replace(related=version.source_of(defect.node, defect.keyword))
    for path, item, node in islice(duplicates(data, schema), MOST_MISMATCHES):
        related = version.source_of(node, "x-kubernetes-list-type")
        yield Problem(path, at_path(path, f"Duplicate value: {item}"), related, rule="duplicate-value")
    if asked is not None and version.has_rules and not any(map(_hides_rules, found)):
        yield from _check_rules(obj, version, data, asked)


def _hides_rules(defect: Defect) -> bool:
    """Whether the API server asks no rules of an object with this.

    Mirrors: apiextensions-apiserver pkg/registry/customresource/strategy.go hasBlockingErr @ v1.37
    """
    return defect.fault.rule not in _BESIDE_RULES or defect.keyword in ("format", "anyOf", "oneOf", "allOf", "not")


def _check_rules(obj: Object, version: Version, data: Mapping[str, Any], asked: Asked) -> Iterator[Problem]:
    from k8slint.cel.engine import is_available  # noqa: PLC0415 - only objects of CRDs with rules pay for it

    if not is_available():
        return
    from k8slint.apiserver.custom.rules import Unknown, broken  # noqa: PLC0415

    metadata = mapping(data.get("metadata"))
    if not metadata.get("name"):  # what the server completes comes before the rules; an object without a name does not
        if not metadata.get("generateName"):
            return
        data = {**data, "metadata": {**metadata, "name": f"{metadata['generateName']}xxxxx"}}
    told = 0
    for each in broken(data, version.schema or {}, asked):
        if isinstance(each, Unknown):
            asked.note(obj.gvk, each.rule.expression)
        elif (told := told + 1) <= MOST_MISMATCHES:
            problem = _problem(obj, each)
            # As of what is missing, a mutating webhook of the group may see to it before.
            rests_on = Absence(mended_by=obj.gvk.group)
            related = tuple(
                place._replace(message="the rule that refuses it")
                for place in version.source_of(each.node, each.keyword)
            )
            yield problem._replace(related=related, rests_on=rests_on)


def _problem(obj: Object, defect: Defect) -> Problem:
    from k8slint.apiserver.custom.keywords import at_path  # noqa: PLC0415 - only objects with CRDs pay for it

    if defect.field is not None:
        problem = wrong_type(obj, defect.path, defect.value, defect.field)
        return problem._replace(message=at_path(defect.path, problem.message), effect=_REFUSED)
    fault = defect.fault
    # A mutating webhook of the group runs before the schema is looked at, and may fill in what is missing.
    unless = obj.gvk.group if fault.rule == "required-field" else ""
    return Problem(
        defect.path,
        fault.message,
        fix=fault.fix,
        rule=fault.rule,
        rests_on=Absence(mended_by=unless) if unless else None,
    )


def _not_served(gvk: GroupVersionKind, kind: Kind) -> Problem:
    versions = sorted(kind.versions, key=maturity, reverse=True)
    serves = f"its CustomResourceDefinition serves {', '.join(versions) or 'none'}"
    fix = f"write apiVersion: {gvk.group}/{versions[0]}" if versions else "serve it in the CustomResourceDefinition"
    message = f'{kind.name} has no version "{gvk.version}": {serves}'
    related = (Related(kind.crd, ("spec", "versions"), "the versions it serves"),)
    return Problem(("apiVersion",), message, related, effect=no_match(gvk), fix=fix, rule="unknown-kind")


def kind_meant(gvk: GroupVersionKind, kinds: Mapping[tuple[str, str], Kinds]) -> Problem | None:
    """The problem of a custom kind that no CRD defines, if one has nearly its name, or its name in nearly its group."""
    for (group, kind), several in kinds.items():
        if group == gvk.group and is_slip(kind, gvk.kind):
            field, message, fix = "kind", f'there is no kind "{gvk.kind}" in {group}', f"write kind: {kind}"
        elif kind == gvk.kind and is_slip(group, gvk.group):
            field, message, fix = "apiVersion", f'there is no group "{gvk.group}" with {kind}', f"write {group}"
        else:
            continue
        meant = kind if field == "kind" else group
        related = (Related(several.all[0].crd, ("spec", "names", "kind"), f"{kind} of {group} is defined here"),)
        message, rests_on = f'{message}; did you mean "{meant}"?', Absence(gvk.kind)
        return Problem((field,), message, related, no_match(gvk), fix, rule="unknown-kind", rests_on=rests_on)
    return None


def _deprecated(gvk: GroupVersionKind, version: Version) -> Problem:
    warning = text(version.data.get("deprecationWarning")) or f"{gvk.api_version} {gvk.kind} is deprecated"
    return Problem(("apiVersion",), warning, rule="deprecated-api")
