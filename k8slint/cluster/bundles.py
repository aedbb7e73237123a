"""Bundles: what is applied together. No bundle sees the objects of another: prod does not see what dev holds."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import compress
from typing import Final

from k8slint.cluster.cluster import Cluster
from k8slint.cluster.kustomizations import upwards
from k8slint.objects.object import Object, Pod
from k8slint.values.labels import LabelSelector
from k8slint.values.record import made, record

Place = tuple[tuple[str, str], ...]
"""Where a file stands: the set and the chosen folder, for each set of alternatives around it, outermost first."""
# A base is judged anew for each bundle that takes it in, so only for so many of them, the first by name.
_MOST_TAKERS: Final = 16


def no_owner(_: str) -> str:
    """The empty string: the settings assign no file to a bundle."""
    return ""


def with_slashes(name: str) -> str:
    """The name of a file with forward slashes."""
    return name.replace("\\", "/")


@record
class Division:
    """How files are divided into bundles.

    `alternatives` maps a folder that has alternatives to their set and to its name in the set. `owner_of` returns the
    bundle to which the settings assign a file, or the empty string; `path_of` the path in which its folders are looked
    up. `roots` maps a path to the folders of the kustomizations that take it in and leave its references as they are.
    """

    alternatives: Mapping[str, tuple[str, str]] = made(factory=dict)
    owner_of: Callable[[str], str] = no_owner
    path_of: Callable[[str], str] = with_slashes
    roots: Mapping[str, Iterable[str]] = made(factory=dict)
    _known: dict[str, Place] = made(factory=dict)

    def place_of(self, file: str) -> Place:
        """Where a file stands; empty if it belongs to every bundle."""
        place = self._known.get(file)
        if place is None:
            place = self._known[file] = self._find_place(file)
        return place

    def places_taking(self, file: str) -> list[Place]:
        """The places of the kustomizations that take in a file, such as one of a base, that belongs to every bundle."""
        if not self.roots or self.place_of(file):
            return []
        found = {self.place_of(posixpath.join(root, "_")) for root in self.roots.get(self.path_of(file), ())}
        return sorted(found - {()})[:_MOST_TAKERS]

    def _find_place(self, file: str) -> Place:
        owner = self.owner_of(file)
        if owner:
            return ((_SETTINGS, owner),)
        place: dict[str, str] = {}
        if self.alternatives:
            for folder in reversed(list(upwards(posixpath.dirname(self.path_of(file))))):
                if folder in self.alternatives:
                    group, name = self.alternatives[folder]
                    place.setdefault(group, name)
        return tuple(place.items())


# The name of the set of the settings' bundles: other sets are named for one of their folders, so none is called this.
_SETTINGS: Final = "//settings"


def parting(one: Place, other: Place) -> tuple[str, str] | None:
    """The names of the two alternatives that set the places apart, or None for files that are judged together."""
    if not one or not other:
        return None
    chosen = dict(one)
    return next(((chosen[group], name) for group, name in other if chosen.get(group, name) != name), None)


# The most objects that all bundles together may see: each bundle asks anew what is missing from all that it sees.
_MOST_SEEN: Final = 1_000_000


def judged_alone(places: Iterable[Place], objects: int) -> frozenset[Place]:
    """The places, one given for each file, that are judged without alternatives: as many as time allows.

    Places with the most files come first. `objects` is the number of objects in the run.
    """
    counts = Counter(place for place in places if place)
    order = sorted(counts, key=lambda place: (-counts[place], place))
    return frozenset(order[: _MOST_SEEN // max(objects, 1)])


class Bundle(Cluster):
    """The part of a run that the files of one place see: all but what stands in another alternative.

    It asks the indices of the whole run and filters what they return, so that no bundle needs an index of its own.
    """

    def __init__(self, objects: tuple[Object, ...], run: Cluster, place: Place, division: Division) -> None:
        super().__init__(objects, run.description, run.externals, run.version)
        self.run = run
        self.place = place
        self.division = division

    @property
    def whole(self) -> Cluster:
        """All objects of the run."""
        return self.run

    def parting(self, obj: Object) -> tuple[str, str] | None:
        """The name of this bundle and that of the object's, or None if this bundle sees the object."""
        return parting(self.place, self.division.place_of(obj.document.source.name))

    def of_kind(self, group_kind: str) -> tuple[Object, ...]:
        """Objects of `Kind` or `Kind.group`, the cluster description's included, in order of reading."""
        return self._there(self.run.of_kind(group_kind))

    def find(self, group_kind: str, namespace: str, name: str) -> tuple[Object, ...]:
        """Objects of that name that the namespace may mean: several if the files hold several."""
        return self._there(self.run.find(group_kind, namespace, name))

    def select(self, selector: LabelSelector, namespace: str) -> Iterator[Pod]:
        """The pods of `pods_selected`, worked out at every call."""
        return (pod for pod in self.run.pods_selected(selector, namespace) if self.parting(pod.obj) is None)

    def _there(self, objects: Iterable[Object]) -> tuple[Object, ...]:
        return tuple(obj for obj in objects if self.parting(obj) is None)


class Bundles:
    """The bundles of a run by place, each made when it is first asked for."""

    def __init__(self, run: Cluster, division: Division) -> None:
        self._run = run
        self._division = division
        places = [division.place_of(obj.document.source.name) for obj in run.objects]
        self._different = tuple(dict.fromkeys(places))
        # Of each object the number of its place: to look up a number is much faster than a place.
        self._numbers = list(map({place: number for number, place in enumerate(self._different)}.__getitem__, places))
        self._made: dict[Place, Cluster] = {(): run}

    def at(self, place: Place) -> Cluster:
        """What the files of a place see: the whole run if they belong to every bundle."""
        if place not in self._made:
            run, division = self._run, self._division
            is_there = [parting(place, other) is None for other in self._different]
            objects = tuple(compress(run.objects, map(is_there.__getitem__, self._numbers)))
            self._made[place] = Bundle(objects, run, place, division)
        return self._made[place]
