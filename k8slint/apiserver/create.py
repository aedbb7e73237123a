"""The fields of an object, held against its schema."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from k8slint.apiserver.decoding.decode import mismatches
from k8slint.apiserver.decoding.types import Struct, struct
from k8slint.apiserver.discovery.definitions import BUILT_IN_GROUPS, definitions_of
from k8slint.apiserver.discovery.lifecycle import deprecation, is_built_in, unserved
from k8slint.apiserver.schemas import Schemas
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem
from k8slint.values.gvk import GroupVersionKind
from k8slint.values.placeholder import has_placeholder


def check_fields(obj: Object, schemas: Schemas) -> Iterator[Problem]:
    """What the API server would say of the object's shape; each problem's `kind` is its rule."""
    gvk, minor = obj.gvk, schemas.version.minor
    root, warning = _type(gvk, minor)
    if root is not None:
        if warning is not None:
            yield warning
        found = mismatches(root, obj.data)
        if found:
            from k8slint.apiserver.decoding.problems import problem_of  # noqa: PLC0415 - only what is wrong needs words

            for mismatch in found:
                yield from problem_of(obj, root, mismatch)
    elif has_placeholder(gvk.kind) or has_placeholder(gvk.api_version):
        return
    elif gvk.group in BUILT_IN_GROUPS:
        yield from unserved(gvk, minor)
    else:
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
