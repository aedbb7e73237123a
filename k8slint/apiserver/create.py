"""What the API server says when an object is created, in its order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple

from k8slint.apiserver.decoding.decode import MOST_MISMATCHES, mismatches
from k8slint.apiserver.decoding.decoded import decoded
from k8slint.apiserver.decoding.types import Struct, struct
from k8slint.apiserver.defaults.registry import default
from k8slint.apiserver.discovery.definitions import BUILT_IN_GROUPS, definitions_of
from k8slint.apiserver.discovery.lifecycle import deprecation, is_built_in, unserved
from k8slint.apiserver.schemas import Schemas
from k8slint.apiserver.validation.field import Field, Validation
from k8slint.apiserver.validation.registry import validate
from k8slint.apiserver.warnings.registry import warn
from k8slint.loading.document import Path, Source
from k8slint.objects.foreign import is_for_programs
from k8slint.objects.object import Object
from k8slint.objects.problem import Problem
from k8slint.values.gvk import GroupVersionKind
from k8slint.values.placeholder import has_placeholder, may_hold_placeholders

WARNINGS: Final = frozenset({"apiserver-warning", "deprecated-api", "duplicate-container-port", "duplicate-env"})
"""The rules of what the server only warns of: for all the others it refuses the object."""


class Decoded(NamedTuple):
    """The result of the server's first step: the problems of an object's type and fields, and the data that is left.

    `data` is a copy for defaulting and validation. It is None, and the object ends here, if the kind is not built in,
    or if more is wrong with the fields than the server lists.
    """

    problems: list[Problem]
    data: dict[str, Any] | None


def create(obj: Object, schemas: Schemas) -> Iterator[Problem]:
    """What the API server says of an object, in its order: decode, default, admit, validate, warn.

    The server stops if decoding fails. Here validation goes on, so that one run shows all problems, but says nothing
    that depends on a part that was not decoded.
    """
    problems, data = decode(obj, schemas)
    yield from problems
    if data is None:
        return
    misspelt_in = {problem.path[:-1] for problem in problems if problem.rule == "unknown-field"}
    whole, minor = default(data, obj.group_kind), schemas.version.minor
    faults = [*_admit(whole, obj, minor), *validate(whole, obj, minor)]
    for problem in faults:
        # The missing field may be the misspelt one.
        is_absence = problem.rule == "required-field" and problem.path[:-1] in misspelt_in
        if not is_absence and problem.path not in misspelt_in:
            yield problem
    # The server sends no warnings with an error.
    if not faults and all(problem.rule == "deprecated-api" for problem in problems):
        yield from warn(whole, obj, minor)


def _admit(data: dict[str, Any], obj: Object, minor: int) -> Sequence[Problem]:
    """What admission says of an object alone; what it needs others for is asked by the simulation, which has them."""
    if obj.group_kind != "Namespace":
        return ()
    from k8slint.apiserver.admission.pod_security.policy import namespace_labels  # noqa: PLC0415 - only Namespaces pay for it

    run = Validation(obj, minor)
    namespace_labels(Field(data, run)["metadata"]["labels"])
    return run.found


def decode(obj: Object, schemas: Schemas) -> Decoded:
    """Check the kind of an object, then its fields and their types."""
    root, warning = _type(obj.gvk, schemas.version.minor)
    if root is None:
        return Decoded(list(_without_type(obj, schemas)), None)
    problems = [] if warning is None else [warning]
    zeros: list[tuple[Path, Any]] = []
    found = mismatches(root, obj.data, zeros)
    if found:
        from k8slint.apiserver.decoding.problems import problem_of  # noqa: PLC0415 - only what is wrong needs words

        problems.extend(problem for mismatch in found for problem in problem_of(obj, root, mismatch))
    if len(found) == MOST_MISMATCHES:
        # The server lists no more, and what comes after is not known: nothing may be validated.
        return Decoded(problems, None)
    has_placeholders = _may_hold_placeholders(obj.document.source)
    not_decoded = (mismatch.path for mismatch in found)
    return Decoded(problems, decoded(obj.data, not_decoded, zeros, has_placeholders=has_placeholders))


@lru_cache(maxsize=1)
def _may_hold_placeholders(source: Source) -> bool:
    """Whether a text in a source may be a placeholder; cached, for its objects follow each other."""
    return may_hold_placeholders(source.text)


def _without_type(obj: Object, schemas: Schemas) -> Iterator[Problem]:
    """The problems of an object that has no built-in type: of unserved kinds, or as a custom resource."""
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
    elif schemas.custom_kinds and not is_for_programs(gvk.group) and (misspelt := schemas.misspelt(gvk)) is not None:
        yield misspelt


@cache
def _type(gvk: GroupVersionKind, minor: int) -> tuple[Struct | None, Problem | None]:
    """The built-in type of objects of a kind, and the warning for using it at all; either may be None."""
    if gvk.group not in BUILT_IN_GROUPS:
        return None, None
    definition = definitions_of(minor).kinds.get((gvk.api_version, gvk.kind))
    if definition is None:
        return None, None
    return struct(minor, definition), deprecation(gvk, minor)
