"""Folders that are alternatives of each other, such as dev and prod: never applied to one place together."""

from __future__ import annotations

import posixpath
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations, pairwise
from typing import Final, NamedTuple

from k8slint.cluster.bundles import Division, no_owner, with_slashes
from k8slint.cluster.cluster import Cluster
from k8slint.cluster.kustomizations import (
    KUSTOMIZATIONS,
    folder_of,
    kustomizations,
    listed_files,
    paths_read,
    takes_in_remote,
    upwards,
)
from k8slint.loading.document import Source
from k8slint.objects.object import Object, Pod
from k8slint.values.regex import regex


def divide(
    cluster: Cluster, owner_of: Callable[[str], str] = no_owner, path_of: Callable[[str], str] = with_slashes
) -> Division:
    """The division of a run's files by the folders that are alternatives of each other.

    Sibling folders are alternatives if no kustomization takes in parts of both, and one of these holds:
    - their names differ only in the environment, and they share an object of the same kind, namespace and name;
    - both are kustomizations that no other takes in, and they share a workload;
    - they share at least half of what the larger one holds, a workload included, and neither is built on the other.

    `owner_of` returns the bundle to which the settings assign a file, or the empty string; such files are divided no
    further. `path_of` turns the name of a file into the path by which it is compared with others.
    """
    by_path = {
        path_of(source.name): objects for source, objects in _by_source(cluster.objects) if not owner_of(source.name)
    }
    roots = _roots(cluster, path_of)
    sets = _Sets(roots)
    for one, other in _alike(by_path, roots):
        sets.put_together(one, other)
    return Division(_named(sets.all(), roots), owner_of, path_of, roots.plain_takers())


class _Roots(NamedTuple):
    """The kustomizations that no other takes in.

    `takers` maps a path to the folders of those that take it in, directly or through others; `touching` maps a folder
    to those that take in something at or below it. `changing` are those that take in something that was not read, or
    have other fields than `_PLAIN_FIELDS`.
    """

    folders: set[str]
    takers: Mapping[str, set[str]]
    touching: Mapping[str, set[str]]
    changing: set[str]

    def plain_takers(self) -> Mapping[str, set[str]]:
        """The takers of each path that leave its references to other objects as written."""
        return {path: plain for path, roots in self.takers.items() if (plain := roots - self.changing)}


def _roots(cluster: Cluster, path_of: Callable[[str], str]) -> _Roots:
    listed: dict[str, list[str]] = defaultdict(list)
    candidates: set[str] = set()
    changing: set[str] = set()
    read = paths_read(cluster)
    for one in kustomizations(cluster):
        folder = path_of(folder_of(one))
        is_plain = _PLAIN_FIELDS.issuperset(one.data) and not takes_in_remote(one)
        if not is_plain or any(path not in read for path in listed_files(one)):
            changing.add(folder)
        listed[folder] += map(path_of, listed_files(one))
        if one.kind == "Kustomization":
            candidates.add(folder)
    folders = candidates.difference(path for paths in listed.values() for path in paths)
    takers: dict[str, set[str]] = defaultdict(set)
    touching: dict[str, set[str]] = defaultdict(set)
    for root in folders:
        pending = [root]
        while pending:
            path = pending.pop()
            if root not in takers[path]:
                takers[path].add(root)
                pending += listed.get(path, ())
    for path, roots in takers.items():
        for folder in upwards(path):
            touching[folder] |= roots
    changing_roots = {root for folder in changing for root in takers.get(folder, ())}
    return _Roots(folders, takers, touching, changing_roots)


# These fields of a kustomization change no reference between objects, apart from the names that they give.
_PLAIN_FIELDS: Final = frozenset(
    (
        *("apiVersion", "kind", "metadata", "resources", "bases", "namespace", "namePrefix", "nameSuffix", "labels"),
        *("commonLabels", "commonAnnotations", "images", "replicas"),
        *("configMapGenerator", "secretGenerator", "generatorOptions"),
    )
)


# The API server tells objects apart by kind with group, namespace and name.
_Key = tuple[str, str, str]
# Files of different bundles repeat these, whether or not the bundles are alternatives.
_COMMON: Final = frozenset({*KUSTOMIZATIONS, "Namespace"})


class _Shared(NamedTuple):
    """Folders of one parent that hold the same objects, and the number of these objects."""

    folders: Sequence[str]
    objects: int
    has_workload: bool


def _alike(by_path: Mapping[str, Iterable[Object]], roots: _Roots) -> Iterator[tuple[str, str]]:
    """Pairs of sibling folders that look like alternatives, the surest first."""
    by_places: dict[frozenset[str], list[_Key]] = defaultdict(list)
    holders: dict[_Key, set[str]] = {}
    pods: dict[_Key, list[Pod]] = defaultdict(list)
    for path, objects in by_path.items():
        places = frozenset((posixpath.dirname(path), *roots.takers.get(path, ())))
        for obj in objects:
            key = obj.group_kind, obj.namespace, obj.name
            by_places[places].append(key)
            holders.setdefault(key, set()).update(places)
            if obj.pods:
                pods[key].extend(obj.pods)
    shared = list(_shared(holders, pods))
    for folders, _, _ in shared:
        yield from _environments(folders)
    for folders, _, has_workload in shared:
        if has_workload:
            yield from pairwise(folder for folder in folders if folder in roots.folders)
    sizes: Counter[str] = Counter()
    for places, keys in by_places.items() if shared else ():
        sizes.update(dict.fromkeys({folder for place in places for folder in upwards(place)}, len(keys)))
    yield from _mirrored(shared, sizes)


def _by_source(objects: Iterable[Object]) -> Iterator[tuple[Source, list[Object]]]:
    found: dict[Source, list[Object]] = defaultdict(list)
    for obj in objects:
        if obj.name and obj.group_kind not in _COMMON:
            found[obj.document.source].append(obj)
    yield from found.items()


def _shared(holders: Mapping[_Key, set[str]], pods: Mapping[_Key, Iterable[Pod]]) -> Iterator[_Shared]:
    """The objects shared by several folders of one parent, counted for each set of such folders."""
    counts: Counter[frozenset[str]] = Counter()
    with_workload: set[frozenset[str]] = set()
    for key, holding in holders.items():
        if len(holding) > 1:
            places = frozenset(holding)
            counts[places] += 1
            if places not in with_workload and key in pods and not any(map(_is_of_patch, pods[key])):
                with_workload.add(places)
    for places, count in counts.items():
        for siblings in _siblings(places):
            yield _Shared(siblings, count, places in with_workload)


def _is_of_patch(pod: Pod) -> bool:
    return not any(container.data.get("image") for container in pod.containers)


def _siblings(holding: Iterable[str]) -> Iterator[list[str]]:
    """The folders, and those above them, grouped by parent; only parents of several."""
    by_parent: dict[str, list[str]] = defaultdict(list)
    for folder in sorted({above for lowest in holding for above in upwards(lowest)}):
        if folder not in _TOP:
            by_parent[posixpath.dirname(folder)].append(folder)
    yield from (siblings for siblings in by_parent.values() if len(siblings) > 1)


_TOP: Final = frozenset({"", "/"})
# More folders than this that hold the same are a collection, as of tests, and comparing all pairs would be slow.
_MOST_ALIKE: Final = 32


def _mirrored(shared: Iterable[_Shared], sizes: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """Pairs of folders that share at least half of what the larger one holds, a workload included."""
    alike: Counter[tuple[str, str]] = Counter()
    with_workload: set[tuple[str, str]] = set()
    for folders, count, has_workload in shared:
        if len(folders) <= _MOST_ALIKE:
            for pair in combinations(folders, 2):
                alike[pair] += count
                if has_workload:
                    with_workload.add(pair)
    for (one, other), count in alike.items():
        is_mirror = (one, other) in with_workload and 2 * count >= max(sizes[one], sizes[other])
        if is_mirror and not _is_built_on(one, other):
            yield one, other


class _Sets:
    """Sets of folders that are alternatives of each other: no kustomization takes in parts of two folders of a set."""

    def __init__(self, roots: _Roots) -> None:
        self._touching = roots.touching
        self._set_of: dict[str, list[str]] = {}
        self._roots_of: dict[str, set[str]] = {}

    def put_together(self, one: str, other: str) -> None:
        """Unite the sets of two folders, unless they are applied together."""
        first, second = self._find(one), self._find(other)
        roots, more = self._roots_of[first[0]], self._roots_of[second[0]]
        if first is not second and roots.isdisjoint(more):
            roots |= more
            first += second
            for folder in second:
                self._set_of[folder] = first

    def all(self) -> Iterator[list[str]]:
        """The sets that hold more than one folder, each once and sorted."""
        for folder, together in self._set_of.items():
            if len(together) > 1 and folder == together[0]:
                yield sorted(together)

    def _find(self, folder: str) -> list[str]:
        if folder not in self._set_of:
            self._set_of[folder] = [folder]
            self._roots_of[folder] = set(self._touching.get(folder, ()))
        return self._set_of[folder]


# Words in the name of a folder that tell its environment or its place.
_ENVIRONMENTS: Final = frozenset(
    (
        *("dev", "devel", "development", "int", "integration", "live", "nonprod", "preprod", "prd", "prod"),
        *("production", "qa", "sandbox", "stage", "staging", "stg", "test", "testing", "tst", "uat"),
        *("ap", "asia", "cluster", "edge", "eu", "europe", "region", "site", "us", "zone"),
    )
)
_WORD: Final = regex(r"[a-z]+|[0-9]+")
_DIGITS: Final = regex(r"[0-9]+")


def _environments(siblings: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Pairs of folders whose names differ only in the environment: `web-dev` and `web-prod`, `eu1` and `us`."""
    by_rest: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for folder in siblings:
        rest = _beside_environment(folder)
        if rest is not None:
            by_rest[rest].append(folder)
    for several in by_rest.values():
        yield from pairwise(several)


def _beside_environment(folder: str) -> tuple[str, ...] | None:
    """The words of a folder's name without environment, numbers and single letters, or None without an environment."""
    words = _WORD.findall(posixpath.basename(folder).lower())
    if _ENVIRONMENTS.isdisjoint(words):
        return None
    return tuple(word for word in words if len(word) > 1 and word not in _ENVIRONMENTS and not word.isdigit())


# Folders that others build upon.
_FOUNDATIONS: Final = frozenset({"base", "bases", "common", "default", "shared"})


def _is_built_on(one: str, other: str) -> bool:
    """Whether one folder may rely on the other: one is a base, or both are steps of a course, or versions."""
    first, second = posixpath.basename(one), posixpath.basename(other)
    if first in _FOUNDATIONS or second in _FOUNDATIONS:
        return True
    return _DIGITS.sub("", first) == _DIGITS.sub("", second) or (first[:1].isdigit() and second[:1].isdigit())


def _named(sets: Iterable[Sequence[str]], roots: _Roots) -> dict[str, tuple[str, str]]:
    """Each folder with its set and its name in the set.

    Sets of environments that have the same names count as one, because `dev` means the same in each.
    """
    by_names: dict[tuple[str, ...], list[Sequence[str]]] = defaultdict(list)
    for folders in sets:
        names = tuple(posixpath.basename(folder) for folder in folders)
        rests = {_beside_environment(folder) for folder in folders}
        by_names[names if len(rests) == 1 and None not in rests else (folders[0],)].append(folders)
    found: dict[str, tuple[str, str]] = {}
    for several in by_names.values():
        is_mixed = len(several) > 1 and _is_mixed(several, roots)
        for folders in several:
            group = folders[0] if is_mixed else several[0][0]
            found.update((folder, (group, posixpath.basename(folder))) for folder in folders)
    return found


def _is_mixed(several: Iterable[Sequence[str]], roots: _Roots) -> bool:
    """Whether one kustomization takes in parts of differently named environments, each of another set."""
    touching: dict[str, set[str]] = defaultdict(set)
    for folders in several:
        for folder in folders:
            touching[posixpath.basename(folder)] |= roots.touching.get(folder, set())
    return sum(map(len, touching.values())) > len(set().union(*touching.values()))
