"""The tables of what others bring: the objects that every cluster has, what operators make of the files' objects."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase, translate
from functools import cache
from typing import Any, Final, Literal, NamedTuple

from k8slint.loading.tables import rows

EVERYWHERE: Final = "*"


class Given(NamedTuple):
    """Objects that a cluster has without any file. `of` is their maker; an empty `namespace` stands for every one."""

    of: str
    kind: str
    namespace: str
    names: tuple[str, ...]


class Maker(NamedTuple):
    """What objects of a kind make: its kind, and patterns that yield its name and namespace from the maker's data."""

    makes: str
    name: str
    namespace: str


class Installer(NamedTuple):
    """The paths in a kind that installs charts or folders of manifests.

    `namespaces` lead to the target namespace, `names` to texts that the names of the installed objects contain,
    `folders` to folders of plain manifests.
    """

    namespaces: tuple[tuple[str, ...], ...]
    names: tuple[tuple[str, ...], ...]
    folders: tuple[tuple[str, ...], ...]


Beside = Literal["nothing", "pods", "workloads", "anything"]
"""What a maker makes beyond its table row; with `workloads`, no further Secret or ConfigMap."""
_FIELDS: Final = {"secrets": "Secret", "configMaps": "ConfigMap"}


@cache
def given() -> tuple[Given, ...]:
    """The objects that clusters have without any file."""
    several = rows("cluster-objects")
    return tuple(Given(row["of"], row["kind"], row.get("namespace", ""), tuple(row["names"])) for row in several)


def given_as(group_kind: str, namespace: str, name: str) -> Given | None:
    """The row of an object that clusters have without a file, or None; an empty namespace may be any."""
    for one in given():
        is_there = one.kind == group_kind and _may_be(one.namespace, namespace)
        if is_there and any(fnmatchcase(name, pattern) for pattern in one.names):
            return one
    return None


def names_given_by_clusters(group_kind: str, namespace: str) -> Iterator[str]:
    """The names of the objects of a kind that every cluster has, without those that are patterns."""
    for one in given():
        if one.of == "Kubernetes" and one.kind == group_kind and _may_be(one.namespace, namespace):
            yield from (name for name in one.names if "*" not in name)


def _may_be(given_in: str, namespace: str) -> bool:
    return not given_in or not namespace or given_in == namespace


@cache
def makers() -> Mapping[str, tuple[Maker, ...]]:
    """The Secrets and ConfigMaps that objects make, by the kind of the maker."""
    found: dict[str, list[Maker]] = {}
    for row in rows("makers"):
        for field, kind in _FIELDS.items():
            for name in row.get(field, ()):
                found.setdefault(row["kind"], []).append(Maker(kind, name, row.get("namespace", "")))
    return {kind: tuple(several) for kind, several in found.items()}


def beside(group_kind: str) -> Beside:
    """What objects of a kind make beyond what the table lists, by the row of the kind or else that of its group."""
    known = _beside()
    return known.get(group_kind) or known.get(group_kind.partition(".")[2], "anything")


@cache
def _beside() -> Mapping[str, Beside]:
    """By kind with group, or by group: no kind has the name of a group."""
    return {row.get("kind") or row["group"]: row.get("beside", "anything") for row in rows("makers")}


@cache
def installers() -> Mapping[str, Installer]:
    """The installers of charts and folders, by kind."""

    def paths(row: dict[str, Any], field: str) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(path.split(".")) for path in row.get(field, ()))

    return {row["kind"]: Installer(*(paths(row, field) for field in Installer._fields)) for row in rows("installers")}


Deed = Literal["restarts", "copies", "fills", "certifies"]
"""What a controller does with an object that carries its annotation; `rules/tables/annotations.yaml` explains."""


@cache
def annotations_that(does: Deed) -> re.Pattern[str]:
    """A pattern that matches the annotations by which a controller does that."""
    globs = (glob for row in rows("annotations") if row["does"] == does for glob in row["annotations"])
    return re.compile("|".join(map(translate, globs)))
