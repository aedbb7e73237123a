"""The tables of `rules/tables/`: what clusters have without anybody's file, and what operators make of the files.

Each is read when something first asks for it: most runs do without.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase, translate
from functools import cache
from typing import Any, Final, Literal, NamedTuple

from k8slint.bundled import TABLES
from k8slint.loading.composer import compose
from k8slint.loading.document import Source

EVERYWHERE: Final = "*"


class Given(NamedTuple):
    """Objects that a cluster has of itself; in every namespace where `namespace` is empty. `of` is who makes them."""

    of: str
    kind: str
    namespace: str
    names: tuple[str, ...]


class Maker(NamedTuple):
    """What objects of a kind make: the kind of it, its name and its namespace as patterns over the maker."""

    makes: str
    name: str
    namespace: str


class Installer(NamedTuple):
    """Where a kind that installs charts or folders says what, under what name and to which namespace.

    `names` lead to what the names of the installed objects hold. `folders` lead to folders of plain manifests.
    """

    namespaces: tuple[tuple[str, ...], ...]
    names: tuple[tuple[str, ...], ...]
    folders: tuple[tuple[str, ...], ...]


Beside = Literal["nothing", "pods", "workloads", "anything"]
"""What else a maker makes: `workloads` are no other Secret or ConfigMap."""
_FIELDS: Final = {"secrets": "Secret", "configMaps": "ConfigMap"}


@cache
def given() -> tuple[Given, ...]:
    """What clusters have without anybody's file."""
    several = rows("cluster-objects")
    return tuple(Given(row["of"], row["kind"], row.get("namespace", ""), tuple(row["names"])) for row in several)


def given_as(group_kind: str, namespace: str, name: str) -> Given | None:
    """Why an object is there without a file, in that namespace or, if it is empty, in some; None if it is not."""
    for one in given():
        is_there = one.kind == group_kind and _may_be(one.namespace, namespace)
        if is_there and any(fnmatchcase(name, pattern) for pattern in one.names):
            return one
    return None


def names_given_by_clusters(group_kind: str, namespace: str) -> Iterator[str]:
    """The names that objects of a kind have in every cluster, those that are written out."""
    for one in given():
        if one.of == "Kubernetes" and one.kind == group_kind and _may_be(one.namespace, namespace):
            yield from (name for name in one.names if "*" not in name)


def _may_be(given_in: str, namespace: str) -> bool:
    return not given_in or not namespace or given_in == namespace


@cache
def makers() -> Mapping[str, tuple[Maker, ...]]:
    """What custom resources make, by their kind."""
    found: dict[str, list[Maker]] = {}
    for row in rows("makers"):
        for field, kind in _FIELDS.items():
            for name in row.get(field, ()):
                found.setdefault(row["kind"], []).append(Maker(kind, name, row.get("namespace", "")))
    return {kind: tuple(several) for kind, several in found.items()}


def beside(group_kind: str) -> Beside:
    """What objects of a kind make that the table does not list: as the kind's row says, or else that of its group."""
    known = _beside()
    return known.get(group_kind) or known.get(group_kind.partition(".")[2], "anything")


@cache
def _beside() -> Mapping[str, Beside]:
    """By kind with group, or by group: no kind is called as a group is."""
    return {row.get("kind") or row["group"]: row.get("beside", "anything") for row in rows("makers")}


@cache
def installers() -> Mapping[str, Installer]:
    """What installs charts and folders, by kind."""

    def paths(row: dict[str, Any], field: str) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(path.split(".")) for path in row.get(field, ()))

    return {row["kind"]: Installer(*(paths(row, field) for field in Installer._fields)) for row in rows("installers")}


Deed = Literal["restarts", "copies", "fills", "certifies"]
"""What a controller does with an object that carries its annotation; the table says more."""


@cache
def annotations_that(does: Deed) -> re.Pattern[str]:
    """The annotations by which a controller does that."""
    globs = (glob for row in rows("annotations") if row["does"] == does for glob in row["annotations"])
    return re.compile("|".join(map(translate, globs)))


@cache
def rows(table: str) -> list[dict[str, Any]]:
    """The rows of a table, as its schema describes them."""
    file = TABLES / f"{table}.yaml"
    (document,) = compose(Source(str(file), file.read_text(encoding="utf-8")))
    found: list[dict[str, Any]] = document.data
    return found
