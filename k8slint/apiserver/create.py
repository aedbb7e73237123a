"""What the API server says of an object that is created: its order, as code."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache

from k8slint.apiserver.decoding.decode import Mismatch, mismatches
from k8slint.apiserver.decoding.types import Struct, struct
from k8slint.apiserver.discovery.definitions import BUILT_IN_GROUPS, definitions_of
from k8slint.apiserver.discovery.lifecycle import deprecation, is_built_in, unserved
from k8slint.apiserver.schemas import Schemas
from k8slint.apiserver.words import is_placeholder
from k8slint.loading.document import Source
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem
from k8slint.values.gvk import GroupVersionKind


def create(obj: Object, schemas: Schemas) -> Iterator[Problem]:
    """What the API server says of an object, in its order: decode, default, validate, warn; each problem has its rule.

    The server looks no further once decoding failed. So that one run shows all there is, validation goes on here, and
    says nothing that rests on the part that was not decoded.
    """
    gvk, minor = obj.gvk, schemas.version.minor
    root, warning = _type(gvk, minor)
    if root is None:
        yield from _without_type(obj, schemas)
        return
    if warning is not None:
        yield warning
    found = mismatches(root, obj.data)
    if found:
        yield from _decode_problems(obj, root, found)
    yield from _validated(obj, found, minor)


def _decode_problems(obj: Object, root: Struct, found: list[Mismatch]) -> Iterator[Problem]:
    from k8slint.apiserver.decoding.problems import problem_of  # noqa: PLC0415 - only what is wrong needs words

    for mismatch in found:
        yield from problem_of(obj, root, mismatch)


def _validated(obj: Object, not_decoded: list[Mismatch], minor: int) -> Iterator[Problem]:
    """What validation says of the object once it is decoded and has its defaults."""
    from k8slint.apiserver.decoding.decoded import decoded  # noqa: PLC0415
    from k8slint.apiserver.defaults.registry import with_defaults  # noqa: PLC0415
    from k8slint.apiserver.validation.field import Field, Validation  # noqa: PLC0415
    from k8slint.apiserver.validation.metadata import validate_metadata  # noqa: PLC0415
    from k8slint.apiserver.validation.registry import validator_of  # noqa: PLC0415

    group_kind = obj.group_kind
    paths = [mismatch.path for mismatch in not_decoded]
    data = decoded(obj.data, paths, has_placeholders=_may_hold_placeholders(obj.document.source))
    run = Validation(minor)
    whole = Field(with_defaults(data, group_kind), run)
    validate_metadata(whole["metadata"], group_kind)
    validator = validator_of(group_kind)
    if validator is not None:
        validator(whole)
    yield from run.found


@lru_cache(maxsize=1)
def _may_hold_placeholders(source: Source) -> bool:
    """Whether some text of a source may be a placeholder: asked once for all its objects."""
    from k8slint.apiserver.decoding.decoded import may_hold_placeholders  # noqa: PLC0415

    return may_hold_placeholders(source.text)


def _without_type(obj: Object, schemas: Schemas) -> Iterator[Problem]:
    """What is said of kinds that the server itself does not know: of old versions, and of custom resources."""
    gvk, minor = obj.gvk, schemas.version.minor
    if is_placeholder(gvk.kind) or is_placeholder(gvk.api_version):
        return
    if gvk.group in BUILT_IN_GROUPS:
        yield from unserved(gvk, minor)
        return
    from k8slint.apiserver.custom.custom_resource import check_custom, check_metadata  # noqa: PLC0415 - only custom resources pay for it

    kinds = schemas.custom_kinds.get((gvk.group, gvk.kind))
    if kinds is None and is_built_in(gvk, minor):
        yield from unserved(gvk, minor)
        return
    yield from check_metadata(obj, minor, is_known=kinds is not None)
    if kinds is not None:
        yield from check_custom(obj, kinds)


@cache
def _type(gvk: GroupVersionKind, minor: int) -> tuple[Struct | None, Problem | None]:
    """What objects of a built-in type are held against, and the warning for using it at all."""
    if gvk.group not in BUILT_IN_GROUPS:
        return None, None
    definition = definitions_of(minor).kinds.get((gvk.api_version, gvk.kind))
    if definition is None:
        return None, None
    return struct(minor, definition), deprecation(gvk, minor)
