"""What each file is judged against: everything that was read, except what belongs to another alternative."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache

from k8slint.apiserver.schemas import Schemas
from k8slint.cluster.alternatives import divide
from k8slint.cluster.bundles import Bundles, Place, judged_alone, parting, with_slashes
from k8slint.cluster.unread import Unread, unread_texts
from k8slint.engine.stages import World
from k8slint.objects.object import Object
from k8slint.project import Material


def worlds(
    material: Material, schemas: Schemas, bundle_of: Callable[[str], str]
) -> tuple[Callable[[str], World], tuple[str, ...]]:
    """A function from the name of a file to what it is judged against; and the assumptions of that, as sentences.

    `bundle_of` returns the bundle that the settings put a file in, or an empty text.
    """
    names = [each.source.name for each in material.loaded]
    # Files of one folder may be named in different ways: make all the names absolute.
    is_mixed = any(os.path.isabs(name) or name.startswith("..") for name in names)
    path_of = os.path.abspath if is_mixed else with_slashes
    division = divide(material.cluster, bundle_of, path_of)
    bundles = Bundles(material.cluster, division)
    alone = judged_alone(map(division.place_of, names), len(material.cluster.objects))
    unreadable = unread_texts(material.loaded, material.readings)

    @cache
    def world_at(place: Place) -> World:
        def is_there(file: str) -> bool:
            return parting(place, division.place_of(file)) is None

        there = tuple(each for each in unreadable if is_there(each.file))
        amendments = tuple(each.text for each in material.amendments if is_there(each.name))

        def is_common(obj: Object) -> bool:
            return set(division.place_of(obj.document.source.name)).issubset(place)

        unread = Unread(material.is_whole, there, amendments)
        return World(bundles.at(place), schemas, unread, is_common=is_common)

    def world_for(file: str) -> World:
        place = division.place_of(file)
        world = world_at(place if place in alone else ())
        takers = tuple(world_at(each) for each in division.places_taking(file) if each in alone)
        return world._replace(bundles=takers) if takers else world

    together = len({place for place in map(division.place_of, names) if place} - alone)
    assumed = f"{together} folders that are alternatives of others, as dev and prod, are judged together with them"
    return world_for, (assumed,) if together else ()
