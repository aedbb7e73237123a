"""What the API server says of an object that is created: its order, as code."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any, NamedTuple

from k8slint.apiserver.decoding.decode import mismatches
from k8slint.apiserver.decoding.decoded import decoded
from k8slint.apiserver.decoding.types import Struct, struct
from k8slint.apiserver.defaults.registry import default
from k8slint.apiserver.discovery.definitions import BUILT_IN_GROUPS, definitions_of
from k8slint.apiserver.discovery.lifecycle import deprecation, is_built_in, unserved
from k8slint.apiserver.schemas import Schemas
from k8slint.apiserver.validation.registry import validate
from k8slint.loading.document import Source
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem
from k8slint.values.gvk import GroupVersionKind
from k8slint.values.placeholder import has_placeholder, may_hold_placeholders


class Decoded(NamedTuple):
    """What became of an object on the server's first step: what is wrong with its type and fields, and what is left.

    `data` is a copy for defaulting and validation; None for objects of no built-in kind, which end here.
    """

    problems: list[Problem]
    data: dict[str, Any] | None


def create(obj: Object, schemas: Schemas) -> Iterator[Problem]:
    """What the API server says of an object, in its order: decode, default, validate, warn; each problem has its rule.

    The server looks no further once decoding failed. So that one run shows all there is, validation goes on here, and
    says nothing that rests on the part that was not decoded.
    """
    problems, data = decode(obj, schemas)
    yield from problems
    if data is None:
        return
    misspelt_in = {problem.path[:-1] for problem in problems if problem.rule == "unknown-field"}
    for problem in validate(default(data, obj.group_kind), obj.group_kind, schemas.version.minor):
        # What is missing may be what is misspelt.
        is_absence = problem.rule == "required-field" and problem.path[:-1] in misspelt_in
        if not is_absence and problem.path not in misspelt_in:
            yield problem


def decode(obj: Object, schemas: Schemas) -> Decoded:
    """The object held against its type: the kinds that are served, then the fields and their types."""
    root, warning = _type(obj.gvk, schemas.version.minor)
    if root is None:
        return Decoded(list(_without_type(obj, schemas)), None)
    problems = [] if warning is None else [warning]
    found = mismatches(root, obj.data)
    if found:
        from k8slint.apiserver.decoding.problems import problem_of  # noqa: PLC0415 - only what is wrong needs words

        problems.extend(problem for mismatch in found for problem in problem_of(obj, root, mismatch))
    has_placeholders = _may_hold_placeholders(obj.document.source)
    return Decoded(
        problems, decoded(obj.data, (mismatch.path for mismatch in found), has_placeholders=has_placeholders)
    )


@lru_cache(maxsize=1)
def _may_hold_placeholders(source: Source) -> bool:
    """Whether some text of a source may be a placeholder: asked once for all its objects."""
    return may_hold_placeholders(source.text)


def _without_type(obj: Object, schemas: Schemas) -> Iterator[Problem]:
    """What is said of kinds that the server itself does not know: of old versions, and of custom resources."""
    gvk, minor = obj.gvk, schemas.version.minor
    if has_placeholder(gvk.kind) or has_placeholder(gvk.api_version):
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
        yield from check_custom(obj, kinds, schemas.asked)


@cache
def _type(gvk: GroupVersionKind, minor: int) -> tuple[Struct | None, Problem | None]:
    """What objects of a built-in type are held against, and the warning for using it at all."""
    if gvk.group not in BUILT_IN_GROUPS:
        return None, None
    definition = definitions_of(minor).kinds.get((gvk.api_version, gvk.kind))
    if definition is None:
        return None, None
    return struct(minor, definition), deprecation(gvk, minor)
